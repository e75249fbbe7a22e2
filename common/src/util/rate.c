#include <asinc/rate.h>

#include <asinc/error.h>
#include <asinc/loop.h>
#include <stdlib.h>

#include "core/task_internal.h"

/* Quien tiene `turn` es el primero de la fila: duerme lo que falte, apunta su paso y deja
 * que se acerque el siguiente. Cancelado mientras duerme, no apunta nada. */

int as_rate_init(as_rate *rate, size_t max, int64_t window_ms)
{
    uint64_t window_ns = window_ms > INT64_MAX / 1000000 ? INT64_MAX
                                                         : (uint64_t)window_ms * 1000000;

    *rate = (as_rate){.max = max, .window_ns = window_ns};
    as_lock_init(&rate->turn);
    if (max == 0 || window_ms <= 0)
        return as_error_set(UV_EINVAL, "el límite y la ventana deben ser positivos");
    rate->passed_ns = calloc(max, sizeof *rate->passed_ns);
    return rate->passed_ns ? 0 : as__error(UV_ENOMEM);
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
