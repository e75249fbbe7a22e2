/*
 * 4 · Arreglar · 8 minutos
 * Un recordatorio cada 30 segundos que llega cada vez más tarde.
 *
 * Tomar el agua dura 2 segundos. Los avisos deben salir a los 0, 30, 60 y 90
 * segundos justos.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CADA_MS = 30000 };

static int beber(void)
{
    return as_sleep(2000);
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();

    for (int vez = 1; vez <= 4; vez++) {
        printf("%d s: agua número %d\n", (int)(as_now() - inicio) / 1000, vez);
        int rc = beber();
        uint64_t proxima = inicio + (uint64_t)vez * CADA_MS;
        if (rc == 0)
            rc = as_sleep((int64_t)(proxima - as_now()));
        if (rc < 0)
            return rc;
    }
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
