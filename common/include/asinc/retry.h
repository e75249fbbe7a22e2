/*
 * Reintentar lo que falla por un momento, esperando cada vez más.
 *
 *     as_retry retry;
 *     int rc;
 *     as_retry_init(&retry, &(as_retry_options){.attempts = 5});
 *     do
 *         rc = as_http_get(http, url, &response);
 *     while (as_retry_again(&retry, &rc));
 *
 * El plazo total lo pone el ámbito en que esté el bucle, como en todo asinc.
 */
#ifndef ASINC_RETRY_H
#define ASINC_RETRY_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* Cómo se reparte al azar la espera, para que mil clientes no vuelvan todos a la vez. */
enum as_jitter {
    AS_JITTER_FULL,  /* entre 0 y la espera que toca */
    AS_JITTER_ADDED, /* la que toca y hasta un 10 % más */
    AS_JITTER_NONE
};

/* Decide si merece la pena reintentar tras `error`. */
typedef bool as_retry_fn(int error, void *arg);

/* Los ceros son los valores por omisión. */
typedef struct {
    int attempts;    /* intentos en total; 0 = 3 */
    int64_t base_ms; /* la primera espera; cada una dobla la anterior. 0 = 1000 */
    int64_t cap_ms;  /* la espera más larga; 0 = 60000 */
    enum as_jitter jitter;
    uint64_t seed;      /* del azar; 0 = una distinta en cada ejecución */
    as_retry_fn *retry; /* NULL = todo menos lo que no se arregla esperando: UV_ECANCELED,
                           UV_EINVAL, UV_EPROTO, UV_ELOOP, AS_EKEYREJECTED y AS_EOVERFLOW */
    void *retry_arg;
} as_retry_options;

/* Una serie de intentos; vive en una variable tuya. Léelo, pero no lo cambies. */
typedef struct as_retry {
    as_retry_options options;
    int attempt;     /* el intento en curso: 1, 2, 3... */
    int64_t wait_ms; /* la última espera, para contarla */
    int64_t at_least_ms;
    uint64_t random;
} as_retry;

/*
 * Prepara una serie de intentos. `options` puede ser NULL y se copia. No suspende.
 * Equivale a AsyncRetrying(...), de tenacity.
 */
void as_retry_init(as_retry *retry, const as_retry_options *options);

/*
 * Tras un intento que acabó con `*rc`: si salió bien (>= 0), no merece la pena o no quedan
 * intentos, devuelve false y no toca `*rc`. Si no, suspende lo que toca y devuelve true;
 * si la cancelan mientras, false y deja UV_ECANCELED en `*rc`.
 *
 * La espera n es el azar de min(cap, base · 2^(n-1)): «full jitter», de M. Brooker,
 * «Exponential Backoff And Jitter», AWS Architecture Blog, 2015. Equivale a una vuelta
 * de async for intento in AsyncRetrying(...), de tenacity.
 */
bool as_retry_again(as_retry *retry, int *rc);

/*
 * La próxima espera será al menos de `ms`: lo que pidió el servidor, por ejemplo con la cabecera
 * que lee as_http_retry_after. Si es más que cap_ms, o más de lo que le queda al ámbito, no merece
 * la pena: as_retry_again devuelve false en el acto. No suspende. Sin pareja en asyncio.
 */
void as_retry_at_least(as_retry *retry, int64_t ms);

AS_DECLARATIONS_END

#endif
