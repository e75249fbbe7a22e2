/*
 * Limitar la velocidad: no hacer algo más de tantas veces por segundo.
 *
 * La ventana es deslizante: no pasan más de N en ningún intervalo de W milisegundos. Se pasa
 * en orden de llegada, y cancelar a quien espera no gasta su turno.
 *
 * Solo suspende as_rate_wait. asyncio no trae nada parecido; sí bibliotecas como aiolimiter.
 */
#ifndef ASINC_RATE_H
#define ASINC_RATE_H

#include <asinc/sync.h>
#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* Un límite; vive en una variable tuya. */
typedef struct as_rate {
    as_lock turn;
    uint64_t *passed_ns; /* cuándo pasó cada una de las últimas `max` */
    size_t max, next, count;
    uint64_t window_ns;
} as_rate;

/*
 * Prepara un límite de `max` pasos en cualquier ventana de `window_ms` milisegundos. 0,
 * UV_EINVAL si alguno no es positivo, o UV_ENOMEM. Acaba con as_rate_destroy. Equivale a
 * AsyncLimiter(max, ventana), de aiolimiter.
 */
int as_rate_init(as_rate *rate, size_t max, int64_t window_ms) AS_MUST_CHECK;

/* Libera su memoria. Nadie debe estar esperando en él. */
void as_rate_destroy(as_rate *rate);

/*
 * Suspende hasta que se pueda pasar. 0 o UV_ECANCELED. Equivale a await
 * limiter.acquire(), de aiolimiter.
 */
int as_rate_wait(as_rate *rate) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
