/* Lo que dos programas tienen en común.
 *
 * Las huellas son las de Schleimer, Wilkerson y Aiken, «Winnowing: Local Algorithms for Document
 * Fingerprinting» (SIGMOD 2003), que es lo que hace MOSS: de cada SM_GRAM elementos seguidos se calcula una
 * suma, y de cada ventana de sumas seguidas se guarda la menor. Dos programas con SM_RUN elementos seguidos
 * iguales comparten siempre una huella. Donde la comparten se miran los elementos, hacia atrás y hacia
 * delante, y los trozos iguales se reparten de mayor a menor sin que ninguno se cuente dos veces (Wise,
 * «String similarity via greedy string tiling», 1993). */
#ifndef SM_COMPARE_H
#define SM_COMPARE_H

#include "similarity/tokens.h"

/* Menos de SM_RUN elementos seguidos los comparte cualquiera; y de lo que se dio, menos de SM_GIVEN no se
 * reconocen. */
enum { SM_RUN = 30, SM_GRAM = 16, SM_GIVEN = 12 };

struct sm_print {
    uint64_t sum;
    uint32_t at; /* el primero de sus elementos */
};

struct sm_program {
    struct sm_tokens tokens;
    size_t size;             /* sus elementos, sin contar los SM_BREAK */
    struct sm_print *prints; /* ordenadas; se libera con free */
    size_t n_prints;
};

/* `length` elementos iguales: en un programa desde `a` y en el otro desde `b`. */
struct sm_run {
    uint32_t a, b, length;
};

/* Quita de `tokens` lo que también está en `given`. */
void sm_subtract(struct sm_tokens *tokens, const struct sm_tokens *given);

/* Cuenta sus elementos y le saca las huellas. */
void sm_prepare(struct sm_program *program);

/* Los trozos que tienen en común, en el orden de `a` y sin elementos repetidos. En memoria nueva. */
size_t sm_compare(const struct sm_program *a, const struct sm_program *b,
                  struct sm_run **runs);

#endif
