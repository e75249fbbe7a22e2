/* Dormir treinta segundos después de cada ronda no es una ronda cada
 * treinta segundos. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CADA_MS = 30000 };

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    int rc = 0;

    /* [bucle] */
    for (int ronda = 1; ronda <= 11 && rc == 0; ronda++) {
        if (ronda % 5 == 1)
            printf("ronda %2d a los %5.1f s\n", ronda,
                   (double)(as_now() - inicio) / 1000);
        rc = as_sleep(700); /* la ronda */
        if (rc == 0)
            rc = as_sleep(CADA_MS);
    }
    /* [/bucle] */
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
