/*
 * 4 · Arreglar · 8 minutos
 * Cuatro corredoras y un solo dorsal.
 *
 * Cada corredora debe llevar su número. ¿A qué apunta el puntero de cada una?
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CORREDORAS = 4 };

static int correr(void *arg)
{
    const int *dorsal = arg;

    int rc = as_sleep(1000);
    if (rc == 0)
        printf("llega la número %d\n", *dorsal);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int dorsal, rc = 0;
    as_group carrera;

    as_group_enter(&carrera);
    for (dorsal = 1; dorsal <= CORREDORAS && rc == 0; dorsal++) {
        if (!as_spawn(&carrera, NULL, correr, &dorsal))
            rc = UV_ENOMEM;
    }
    return as_group_leave(&carrera, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
