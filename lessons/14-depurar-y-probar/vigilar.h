/* El código que se prueba: una ronda cada 30 segundos justos. */
#ifndef VIGILAR_H
#define VIGILAR_H

#include <asinc/asinc.h>

/* [vigilar] */
enum { CADA_MS = 30000 };

struct panel {
    int ronda_ms; /* lo que tarda una ronda */
    int rondas;   /* las que se han empezado */
    uint64_t inicio, ultima;
};

static inline int vigilar(void *arg)
{
    struct panel *p = arg;

    p->inicio = as_now();
    for (;;) {
        p->ultima = as_now() - p->inicio;
        p->rondas++;
        int rc = as_sleep(p->ronda_ms); /* la ronda */
        if (rc < 0)
            return rc;
        uint64_t proxima = p->inicio + (uint64_t)p->rondas * CADA_MS;
        rc = as_sleep((int64_t)(proxima - as_now()));
        if (rc < 0)
            return rc;
    }
}
/* [/vigilar] */

#endif
