#include <asinc/rate.h>

#include <asinc/error.h>
#include <asinc/loop.h>
#include <math.h>
#include <stdlib.h>

/* Quien tiene `turn` es el primero de la fila: duerme lo que falte, apunta su paso y deja
 * que se acerque el siguiente. Cancelado mientras duerme, no apunta nada. */

int as_rate_init(as_rate *rate, size_t max, int64_t window_ms)
{
    *rate = (as_rate){.max = max, .window_ns = (uint64_t)window_ms * 1000000};
    as_lock_init(&rate->turn);
    if (max == 0 || window_ms <= 0)
        return as_error_set(UV_EINVAL, "el límite y la ventana deben ser positivos");
    rate->passed_ns = calloc(max, sizeof *rate->passed_ns);
    return rate->passed_ns ? 0 : UV_ENOMEM;
}

void as_rate_destroy(as_rate *rate)
{
    free(rate->passed_ns);
    rate->passed_ns = NULL;
}

/* Redondea hacia arriba: pasar un instante antes sería saltarse el límite. */
static int sleep_ns(uint64_t ns)
{
    return as_sleep((int64_t)((ns + 999999) / 1000000));
}

int as_rate_wait(as_rate *rate)
{
    int rc = as_lock_acquire(&rate->turn);

    if (rc < 0)
        return rc;
    /* En `next` está la más antigua de las últimas `max`: al salir de la ventana deja un
     * hueco. */
    uint64_t free_at = rate->passed_ns[rate->next] + rate->window_ns;
    while (rc == 0 && rate->count >= rate->max && as_now_ns() < free_at)
        rc = sleep_ns(free_at - as_now_ns());
    if (rc == 0) {
        rate->passed_ns[rate->next] = as_now_ns();
        rate->next = (rate->next + 1) % rate->max;
        rate->count++;
    }
    as_lock_release(&rate->turn);
    return rc;
}

int as_bucket_init(as_bucket *bucket, double per_second, double burst)
{
    if (!(per_second > 0) || !(burst > 0))
        return as_error_set(UV_EINVAL, "la velocidad y la ráfaga deben ser positivas");
    *bucket = (as_bucket){.per_ns = per_second / 1e9,
                          .burst = burst,
                          .tokens = burst,
                          .filled_ns = as_now_ns()};
    as_lock_init(&bucket->turn);
    return 0;
}

static void refill(as_bucket *bucket)
{
    uint64_t now = as_now_ns();

    bucket->tokens += (double)(now - bucket->filled_ns) * bucket->per_ns;
    if (bucket->tokens > bucket->burst)
        bucket->tokens = bucket->burst;
    bucket->filled_ns = now;
}

int as_bucket_take(as_bucket *bucket, double tokens)
{
    if (!(tokens >= 0) || tokens > bucket->burst)
        return as_error_set(UV_EINVAL, "no caben %g fichas en un cubo de %g", tokens,
                            bucket->burst);
    int rc = as_lock_acquire(&bucket->turn);
    if (rc < 0)
        return rc;
    refill(bucket);
    /* Los redondeos de coma flotante no deben costar una vuelta más. */
    while (rc == 0 && bucket->tokens < tokens - 1e-9) {
        rc = sleep_ns((uint64_t)ceil((tokens - bucket->tokens) / bucket->per_ns));
        refill(bucket);
    }
    if (rc == 0)
        bucket->tokens -= tokens;
    as_lock_release(&bucket->turn);
    return rc;
}
