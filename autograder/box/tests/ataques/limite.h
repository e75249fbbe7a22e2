/* Freno de los ataques: ninguno pasa de estos topes aunque la caja no lo contenga, para que
 * probarlos sea inofensivo. */
#ifndef LIMITE_H
#define LIMITE_H

#include <time.h>

#define TOPE_SEGUNDOS 20
#define TOPE_MIB      768
#define TOPE_PROCESOS 200

static inline double segundos(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Espera sin gastar CPU, aunque lleguen señales. */
static inline void dormir(double cuanto)
{
    for (double fin = segundos() + cuanto; segundos() < fin;)
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

static inline void quemar(double cuanto)
{
    for (double fin = segundos() + cuanto; segundos() < fin;)
        ;
}

#endif
