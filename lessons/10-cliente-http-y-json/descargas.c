#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARCHIVOS = 5 };

/* [descargar] */
static int descargar(void *arg)
{
    const int *numero = arg;

    printf("Empieza la descarga %d\n", *numero);
    /* Sin srandom, el azar es el mismo en cada ejecución. */
    int rc = as_sleep(1000 * (1 + random() % 3));
    if (rc == 0)
        printf("Termina la descarga %d\n", *numero);
    return rc;
}
/* [/descargar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int numeros[ARCHIVOS];

    for (int i = 0; i < ARCHIVOS; i++)
        numeros[i] = i;
    return as_gather_each(descargar, numeros, ARCHIVOS, sizeof(int),
                          NULL);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
