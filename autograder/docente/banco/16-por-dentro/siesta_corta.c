/* Una siesta que se mide en segundos: debe durar dos. */
#include "mini.h"

#include <stdio.h>

static int dormir_segundos(int segundos)
{
    return esperar_en(&dormidas, (uint64_t)segundos * 1000);
}

static int principal(void *arg)
{
    (void)arg;
    int rc = as_sleep(5000);
    uint64_t inicio = as_now();

    if (rc == 0)
        rc = dormir_segundos(2);
    printf("ha dormido %d ms\n", (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
