/* Lo que comparten los programas del capítulo: mirar el reloj. */
#ifndef COMPAS_H
#define COMPAS_H

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Segundos de un reloj que no retrocede. */
static inline double ahora(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
