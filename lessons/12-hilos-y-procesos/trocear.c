/* Contar primos a trozos, cediendo el turno entre uno y otro. */
#include "primos.h"

/* [contar] */
static int contar(void *arg)
{
    int *primos = arg;

    for (int n = 2; n < HASTA; n++) {
        *primos += es_primo(n);
        if (n % 5000 == 0) {
            int rc = as_yield();
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}
/* [/contar] */

static int principal(void *arg)
{
    (void)arg;
    int primos = 0;

    int rc = medir(contar, &primos);
    printf("%d primos\n", primos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
