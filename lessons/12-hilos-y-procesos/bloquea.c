/* Contar primos en una tarea: nadie más avanza. */
#include "primos.h"

/* [contar] */
static int contar(void *arg)
{
    int *primos = arg;

    for (int n = 2; n < HASTA; n++)
        *primos += es_primo(n);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int primos = 0;

    int rc = medir(contar, &primos);
    printf("%d primos\n", primos);
    return rc;
}
/* [/contar] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
