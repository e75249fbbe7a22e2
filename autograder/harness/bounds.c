/*
 * bounds.c: cuánto puede mandar el programa a una prueba.
 *
 * El banco guarda lo que le llega (líneas, peticiones, cuerpos), y quien lo manda no es de
 * fiar. De cada cosa admite, entre todo lo que arranque la prueba, mucho más de lo que necesita
 * ningún programa correcto; lo que llegue después se tira, y la prueba acaba con «mal» en su
 * próxima espera, o al final.
 */
#include "harness/internal.h"
#include <stdlib.h>

#define MAX_MIB         32
#define MAX_LINES       400000
#define MAX_REQUESTS    4000
#define MAX_CONNECTIONS 4000

#define TEXT_(number) #number
#define TEXT(number)  TEXT_(number)

static const struct {
    size_t most;
    const char *words;
} bounds[] = {
    [HS__BYTES] = {(size_t)MAX_MIB << 20, "mandó más de " TEXT(MAX_MIB) " MiB"},
    [HS__LINES] = {MAX_LINES, "mandó más de " TEXT(MAX_LINES) " líneas"},
    [HS__REQUESTS] = {MAX_REQUESTS, "hizo más de " TEXT(MAX_REQUESTS) " peticiones"},
    [HS__CONNECTIONS] = {MAX_CONNECTIONS,
                         "abrió más de " TEXT(MAX_CONNECTIONS) " conexiones"},
};

/* Con el cerrojo tomado. */
static size_t taken[sizeof bounds / sizeof *bounds];
static char *excess; /* el primero, con palabras */

void hs__exceed(const char *format, ...)
{
    va_list args;
    if (excess)
        return;
    va_start(args, format);
    excess = ag_vformat(format, args);
    va_end(args);
    hs__notify();
}

bool hs__allow(enum hs__bound bound, size_t n)
{
    taken[bound] += n;
    if (taken[bound] > bounds[bound].most)
        hs__exceed("el programa %s; lo he parado", bounds[bound].words);
    return !excess;
}

void hs__check_bounds(void)
{
    if (!excess)
        return;
    hs__unlock();
    hs_fail("%s", excess);
}
