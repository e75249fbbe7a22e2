/* Cuántas rondas caben en una hora y diez segundos. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CADA_MS = 30000 };

struct vigilancia {
    int ronda_ms, rondas;
};

static int vigilar(struct vigilancia *v)
{
    uint64_t inicio = as_now();

    for (;;) {
        v->rondas++;
        int rc = as_sleep(v->ronda_ms);
        if (rc < 0)
            return rc;
        uint64_t proxima = inicio + (uint64_t)v->rondas * CADA_MS;
        rc = as_sleep((int64_t)(proxima - as_now()));
        if (rc < 0)
            return rc;
    }
}

static int probar(void *arg)
{
    struct vigilancia *v = arg;
    as_scope plazo;

    as_scope_enter(&plazo, 3610 * 1000);
    int rc = as_scope_leave(&plazo, vigilar(v));
    printf("rondas de %d ms: %d\n", v->ronda_ms, v->rondas);
    return rc == UV_ETIMEDOUT ? 0 : rc;
}

int main(void)
{
    as_options opciones = {.clock = AS_CLOCK_VIRTUAL};
    struct vigilancia corta = {.ronda_ms = 700},
                      larga = {.ronda_ms = 40000};

    int rc = as_run_options(probar, &corta, &opciones);
    if (rc == 0)
        rc = as_run_options(probar, &larga, &opciones);
    return rc < 0;
}
