/* Lo que comparten los programas del compás: contar pulsos, que son de 50 milisegundos. */
#ifndef COMPAS_H
#define COMPAS_H

#include <stdio.h>
#include <time.h>

enum { PULSO = 50 }; /* milisegundos */

/* Milisegundos de un reloj que no retrocede. */
static inline double ahora(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Escribe un golpe y en qué pulso ha sonado, contado desde `inicio`. */
static inline void sonar(double inicio, const char *golpe)
{
    /* Dos milisegundos de margen: libuv cuenta milisegundos enteros. */
    printf("pulso %2d: %s\n", (int)((ahora() - inicio + 2) / PULSO),
           golpe);
}

#endif
