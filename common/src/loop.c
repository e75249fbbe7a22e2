#include "loop_internal.h"

#include "observe.h"

/* Trabajos seguidos antes de mirar plazos y sucesos: bastantes para amortizar esa mirada,
 * pocos para que una tarea que solo cede el turno no deje a la red sin atender. */
enum { JOBS_PER_TURN = 256 };

_Thread_local struct as__loop *as__loop;

/* ---- La cola de trabajos ------------------------------------------------------------ */

void as__loop_push(struct as__loop *loop, struct as__job *job)
{
    job->next = NULL;
    *loop->ready_tail = job;
    loop->ready_tail = &job->next;
}

static void run_jobs(struct as__loop *loop)
{
    for (int i = 0; i < JOBS_PER_TURN && loop->ready_head; i++) {
        struct as__job *job = loop->ready_head;
        loop->ready_head = job->next;
        if (!loop->ready_head)
            loop->ready_tail = &loop->ready_head;
        job->run(job);
    }
}

/* ---- El tiempo ---------------------------------------------------------------------- */

uint64_t as_now_ns(void)
{
    struct as__loop *loop = as__loop;

    return loop && loop->is_virtual ? loop->virtual_now : uv_hrtime();
}

uint64_t as_now(void)
{
    return as_now_ns() / 1000000;
}

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

static void fire_due(struct as__loop *loop)
{
    if (!loop->timers.root)
        return;
    uint64_t now = as_now_ns();

    while (loop->timers.root && loop->timers.root->deadline_ns <= now) {
        struct as__timer *timer = loop->timers.root;
        void (*fire)(struct as__timer *) = timer->fire;
        as__timer_stop(timer);
        fire(timer);
    }
}

/* ---- Dormir hasta el próximo plazo o suceso ----------------------------------------- */

/* libuv 1.44 mira los temporizadores antes de dormir: si el plazo ya venció al llegar ahí,
 * sin uv_stop dormiría sin que nada la despertara. De los plazos se ocupa fire_due. */
static void on_wake_up(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static void sleep_until_event(struct as__loop *loop)
{
    uint64_t before = uv_hrtime();

    if (loop->timers.root) {
        uint64_t now = as_now_ns(), deadline = loop->timers.root->deadline_ns;
        uint64_t wait_ns = deadline > now ? deadline - now : 0;
        uv_update_time(&loop->uv);
        uv_timer_start(&loop->wake_up, on_wake_up, (wait_ns + 999999) / 1000000, 0);
    }
    uv_run(&loop->uv, UV_RUN_ONCE);
    uv_timer_stop(&loop->wake_up);

    if (loop->is_virtual && loop->timers.root) {
        /* Con el mundo exterior de por medio, el reloj virtual avanza como el real. */
        uint64_t limit = loop->timers.root->deadline_ns - loop->virtual_now;
        uint64_t elapsed = uv_hrtime() - before;
        loop->virtual_now += elapsed < limit ? elapsed : limit;
    }
}

/* Nadie puede despertar a nadie: se cuenta y se deshace la situación cancelando todo. */
static void break_deadlock(struct as__loop *loop)
{
    if (loop->deadlocked)
        as__misuse("as_run", "ni cancelándolas despiertan las tareas interbloqueadas");
    loop->deadlocked = true;
    as__explain_deadlock(loop, stderr);
    as__scope_spread_cancel(&loop->main_task->root, true);
}

/* Lo que una tarea envía a otra por un socket llega enseguida, y el reloj virtual espera
 * parado: así las dos ven siempre la misma hora. Si no llega, es que algo más tiene que
 * ocurrir antes, y puede necesitar que pase el tiempo. */
enum { INNER_GRACE_MS = 50 };

static bool wait_inner_io(struct as__loop *loop)
{
    uint64_t before = uv_hrtime();

    uv_update_time(&loop->uv);
    uv_timer_start(&loop->wake_up, on_wake_up, INNER_GRACE_MS, 0);
    uv_run(&loop->uv, UV_RUN_ONCE);
    uv_timer_stop(&loop->wake_up);
    return uv_hrtime() - before < (uint64_t)INNER_GRACE_MS * 1000000;
}

static void idle(struct as__loop *loop)
{
    if (!loop->timers.root && !uv_loop_alive(&loop->uv)) {
        break_deadlock(loop);
        return;
    }
    if (!loop->is_virtual || loop->pending_io > 0 || !loop->timers.root) {
        sleep_until_event(loop);
        return;
    }
    if (loop->inner_io > 0 && wait_inner_io(loop))
        return;
    uv_run(&loop->uv, UV_RUN_NOWAIT);
    if (!loop->ready_head && loop->timers.root)
        loop->virtual_now = loop->timers.root->deadline_ns;
}

/* Mira la red sin esperar. Si lo único abierto son las señales, que no mantienen vivo el
 * bucle, uv_run ni las miraría: una tarea que solo cede el turno no vería Ctrl+C. */
static void glance(struct as__loop *loop)
{
    uv_ref((uv_handle_t *)&loop->sigint);
    uv_run(&loop->uv, UV_RUN_NOWAIT);
    uv_unref((uv_handle_t *)&loop->sigint);
}

void as__loop_turn_until_done(struct as__loop *loop)
{
    while (!loop->main_task->done.done || loop->ready_head) {
        run_jobs(loop);
        fire_due(loop);
        if (loop->ready_head)
            glance(loop);
        else if (!loop->main_task->done.done)
            idle(loop);
    }
}

void as__io_begin(void)
{
    as__loop->pending_io++;
    as__loop->current->in_io = true;
}

void as__io_end(void)
{
    as__loop->pending_io--;
    as__loop->current->in_io = false;
}

/* ---- Dormir y ceder ----------------------------------------------------------------- */

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
    as__timer_start(&nap.timer, as_now_ns() + (uint64_t)ms * 1000000, nap_over);
    return as__suspend_one(&nap.wait);
}

int as_yield(void)
{
    as_task *self = as__task_required("as_yield");

    if (self->scope->cancelled)
        return UV_ECANCELED;
    self->streak = 0;
    as__loop_push(as__loop, &self->resume);
    as__coro_switch(&self->coro, &as__loop->coro);
    return 0;
}
