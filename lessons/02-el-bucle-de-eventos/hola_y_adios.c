#include <asinc/asinc.h>
#include <stdio.h>

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    puts("¡Hola desde as_run!");
    int rc = as_sleep(1000);
    if (rc < 0)
        return rc;
    puts("¡Adiós desde as_run!");
    return 0;
}
/* [/principal] */

/* [main] */
int main(void)
{
    /* Crea el bucle, ejecuta principal hasta el final y lo cierra. */
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "hola_y_adios: %s\n", as_strerror(rc));
    return rc < 0;
}
/* [/main] */
