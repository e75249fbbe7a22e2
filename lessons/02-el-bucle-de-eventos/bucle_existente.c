#include <asinc/asinc.h>
#include <stdio.h>

/* [saludar] */
static int saludar(void *arg)
{
    (void)arg;
    puts("¡Hola desde el bucle que ya existía!");
    int rc = as_sleep(1000);
    if (rc == 0)
        puts("¡Adiós desde el bucle que ya existía!");
    return rc;
}
/* [/saludar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int rc = as_run(saludar, NULL); /* mal: aquí ya corre un bucle */
    printf("as_run: %s\n", as_error_detail());
    if (rc != UV_EBUSY)
        return rc;

    as_group grupo;
    as_group_enter(&grupo, 0);
    rc = as_start_soon(&grupo, "saludo", saludar, NULL); /* bien */
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
