#include "core/task_internal.h"

/* ---- La hora ------------------------------------------------------------------------ */

uint64_t as_now_ns(void)
{
    struct as__loop *loop = as__loop;

    return loop && loop->is_virtual ? loop->virtual_now : uv_hrtime();
}

uint64_t as_now(void)
{
    return as_now_ns() / 1000000;
}

uint64_t as__deadline_after(int64_t ms)
{
    uint64_t now = as_now_ns(), wait_ns = 0;

    if (ms > INT64_MAX / 1000000)
        wait_ns = INT64_MAX;
    else if (ms > 0)
        wait_ns = (uint64_t)ms * 1000000;
    return wait_ns < UINT64_MAX - now ? now + wait_ns : UINT64_MAX;
}

/* ---- Los plazos --------------------------------------------------------------------- */

void as__timer_start(struct as__timer *timer, uint64_t deadline_ns,
                     void (*fire)(struct as__timer *))
{
    timer->deadline_ns = deadline_ns;
    timer->sequence = as__loop->timer_sequence++;
    timer->fire = fire;
    as__heap_insert(&as__loop->timers, timer);
}

void as__timer_stop(struct as__timer *timer)
{
    if (!as__timer_pending(timer))
        return;
    timer->fire = NULL;
    as__heap_remove(&as__loop->timers, timer);
}

/* Los que alguien apunte mientras tanto esperan a la próxima vez, aunque ya hayan vencido: así
 * una llamada que se apunta a sí misma no se queda con el bucle. */
void as__timers_fire(struct as__loop *loop)
{
    if (!loop->timers.root)
        return;
    uint64_t now = as_now_ns(), newest = loop->timer_sequence;

    while (loop->timers.root && loop->timers.root->deadline_ns <= now &&
           loop->timers.root->sequence < newest) {
        struct as__timer *timer = loop->timers.root;
        void (*fire)(struct as__timer *) = timer->fire;
        as__timer_stop(timer);
        fire(timer);
    }
}

/* ---- Dormir ------------------------------------------------------------------------- */

struct nap {
    struct as__wait wait;
    struct as__timer timer;
};

static void nap_detach(struct as__wait *wait)
{
    as__timer_stop(&as__container_of(wait, struct nap, wait)->timer);
}

static void nap_over(struct as__timer *timer)
{
    as__wake(&as__container_of(timer, struct nap, timer)->wait, 0);
}

int as_sleep(int64_t ms)
{
    as__task_required("as_sleep");

    if (ms <= 0)
        return as_yield();
    struct nap nap = {0};
    as__wait_init(&nap.wait, "que pase un plazo", nap_detach);
    as__timer_start(&nap.timer, as__deadline_after(ms), nap_over);
    return as__suspend_one(&nap.wait);
}

/* ---- Llamar más tarde --------------------------------------------------------------- */

static void call(struct as__timer *timer)
{
    as_timer *later = as__container_of(timer, as_timer, timer);

    if (!as__loop->ending)
        later->fn(later->arg);
}

void as_call_later(as_timer *timer, int64_t ms, as_callback_fn *fn, void *arg)
{
    as__loop_required("as_call_later");
    timer->fn = fn;
    timer->arg = arg;
    as__timer_start(&timer->timer, as__deadline_after(ms), call);
}

bool as_timer_cancel(as_timer *timer)
{
    as__loop_required("as_timer_cancel");
    bool pending = as__timer_pending(&timer->timer);
    as__timer_stop(&timer->timer);
    return pending;
}
