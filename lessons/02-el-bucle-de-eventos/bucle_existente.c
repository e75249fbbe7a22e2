/* Arrancar un bucle dentro de otro, y lo que se hace en su lugar. */
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
    int rc = as_run(saludar, arg);

    if (rc == UV_EBUSY)
        puts("as_run: UV_EBUSY");
    return saludar(arg);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
