/*
 * Limitar la velocidad: no hacer algo más de tantas veces por segundo.
 *
 * Dos formas. La ventana deslizante no deja pasar más de N en ningún intervalo de W
 * milisegundos: es la del ejercicio 5. El cubo de fichas (token bucket) deja pasar una
 * ráfaga y luego un goteo constante. En las dos se pasa en orden de llegada, y cancelar a
 * quien espera no gasta su turno.
 */
#ifndef ASINC_RATE_H
#define ASINC_RATE_H

#include <asinc/sync.h>
#include <asinc/types.h>

/* ---- Ventana deslizante ------------------------------------------------------------- */

typedef struct as_rate {
    as_lock turn;
    uint64_t *passed_ns; /* cuándo pasó cada una de las últimas `max` */
    size_t max, next, count;
    uint64_t window_ns;
} as_rate;

/* Prepara un límite de `max` pasos en cualquier ventana de `window_ms`. 0, UV_EINVAL si
 * alguno es 0, o UV_ENOMEM. Acaba con as_rate_destroy. No suspende. */
int as_rate_init(as_rate *rate, size_t max, int64_t window_ms) AS_MUST_CHECK;
void as_rate_destroy(as_rate *rate);

/* Suspende hasta que se pueda pasar. 0 o UV_ECANCELED. */
int as_rate_wait(as_rate *rate) AS_MUST_CHECK;

/* ---- Cubo de fichas ----------------------------------------------------------------- */

typedef struct as_bucket {
    as_lock turn;
    double per_ns, burst, tokens;
    uint64_t filled_ns;
} as_bucket;

/*
 * Prepara un cubo lleno de `burst` fichas que se rellena a `per_second` fichas por segundo
 * (se calcula al pedir: nada late de fondo). UV_EINVAL si alguno no es positivo. No pide
 * memoria. No suspende. Es el algoritmo de aiolimiter visto del revés: fichas en vez de
 * gotas.
 */
int as_bucket_init(as_bucket *bucket, double per_second, double burst) AS_MUST_CHECK;

/* Gasta `tokens` fichas, suspendiendo hasta que las haya. 0, UV_ECANCELED (no gasta nada)
 * o UV_EINVAL si pide más de las que caben. */
int as_bucket_take(as_bucket *bucket, double tokens) AS_MUST_CHECK;

#endif
