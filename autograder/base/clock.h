/* El reloj con el que se mide todo: el que nadie pone en hora. */
#ifndef AG_CLOCK_H
#define AG_CLOCK_H

#include <time.h>

/* Milisegundos desde un instante cualquiera. */
static inline double ag_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#endif
