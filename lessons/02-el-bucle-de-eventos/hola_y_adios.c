/* El bucle, escondido: as_run lo crea, lo hace girar y lo cierra. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [principal] */
static int principal(void *arg)
{
    (void)arg; /* esta función no necesita datos */
    puts("¡Hola desde as_run!");
    int rc = as_sleep(1000);
    if (rc < 0)
        return rc;
    puts("¡Adiós desde as_run!");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
/* [/principal] */
