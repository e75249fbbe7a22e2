/* Contar primos en otro hilo: la misma función, y el bucle sigue. */
#include "primos.h"

/* [contar] */
/* Corre en otro hilo. */
static int contar(void *arg)
{
    int *primos = arg;

    for (int n = 2; n < HASTA; n++)
        *primos += es_primo(n);
    return 0;
}

/* Corre en el bucle. */
static int encargar(void *arg)
{
    return as_work(contar, arg);
}
/* [/contar] */

static int principal(void *arg)
{
    (void)arg;
    int primos = 0;

    int rc = medir(encargar, &primos);
    printf("%d primos\n", primos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
