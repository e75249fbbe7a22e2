#include "core/loop_internal.h"

#include <poll.h>
#include <time.h>

#include "core/debug_internal.h"
#include "core/sanitizer.h"
#include "core/task_internal.h"

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

/* El reloj grueso cambia cada pocos milisegundos (10 como mucho) y mirarlo cuesta 6 ns: se
 * puede mirar tras cada trabajo. Con el reloj virtual el tiempo de verdad no cuenta: lo que ve un
 * programa no puede depender de cuánto tardó la máquina. */
static uint64_t coarse_time(const struct as__loop *loop)
{
    struct timespec now;

    if (loop->is_virtual)
        return 0;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool as__loop_turn_is_long(const struct as__loop *loop)
{
    return coarse_time(loop) != loop->turn_start;
}

static void run_jobs(struct as__loop *loop)
{
    loop->turn_start = coarse_time(loop);
    for (int i = 0; i < JOBS_PER_TURN && loop->ready_head; i++) {
        struct as__job *job = loop->ready_head;
        loop->ready_head = job->next;
        if (!loop->ready_head)
            loop->ready_tail = &loop->ready_head;
        job->run(job);
        if (as__loop_turn_is_long(loop))
            break;
    }
}

/* ---- Dormir hasta el próximo plazo o suceso ----------------------------------------- */

/* libuv 1.44 mira los temporizadores antes de dormir: si el plazo ya venció al llegar ahí,
 * sin uv_stop dormiría sin que nada la despertara. De los plazos se ocupa as__timers_fire. */
static void on_wake_up(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Espera dentro de libuv a que pase algo. */
static void wait_for_event(struct as__loop *loop)
{
#ifdef AS_TSAN
    /* TSan guarda las señales que llegan mientras corre el programa hasta la próxima espera que
     * vigila, y las de dentro de libuv no las vigila: SIGCHLD se perdería. Se espera aquí. */
    struct pollfd events = {.fd = uv_backend_fd(&loop->uv), .events = POLLIN};
    uv_handle_t *wake_up = (uv_handle_t *)&loop->wake_up;
    int has_deadline = uv_is_active(wake_up);
    uv_run(&loop->uv, UV_RUN_NOWAIT);
    if (!loop->ready_head && uv_is_active(wake_up) == has_deadline)
        poll(&events, 1, uv_backend_timeout(&loop->uv));
    uv_run(&loop->uv, UV_RUN_NOWAIT);
#else
    uv_run(&loop->uv, UV_RUN_ONCE);
#endif
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
    wait_for_event(loop);
    uv_timer_stop(&loop->wake_up);

    if (loop->is_virtual && loop->timers.root) {
        /* Con el mundo exterior de por medio, el reloj virtual avanza como el real. */
        uint64_t limit = loop->timers.root->deadline_ns - loop->virtual_now;
        uint64_t elapsed = uv_hrtime() - before;
        loop->virtual_now += elapsed < limit ? elapsed : limit;
    }
}

/* Lo último ante quienes no se enteran de nada más: cancelarlas, y también lo protegido. */
static void cancel_everything(struct as__loop *loop)
{
    for (struct as__link *l = loop->tasks.next; l != &loop->tasks; l = l->next) {
        as_task *task = as__container_of(l, as_task, in_loop);
        if (!task->group) /* las demás están debajo */
            as__scope_spread_cancel(&task->root, true);
    }
}

/* Nadie puede despertar a nadie: se cuenta y se deshace la situación cancelando todo. */
static void break_deadlock(struct as__loop *loop)
{
    if (loop->deadlocked)
        as__misuse("as_run", "ni cancelándolas despiertan las tareas interbloqueadas");
    loop->deadlocked = true;
    as__explain_deadlock(loop, stderr);
    cancel_everything(loop);
}

/* Mira la red sin esperar. Si no hay nada abierto que mantenga vivo el bucle, uv_run ni la
 * miraría, y una tarea que solo cede el turno no vería Ctrl+C: se mantiene con `outside`. */
static void look_at_network(struct as__loop *loop)
{
    uv_handle_t *outside = (uv_handle_t *)&loop->outside.async;

    uv_ref(outside);
    uv_run(&loop->uv, UV_RUN_NOWAIT);
    if (!loop->outside.expected)
        uv_unref(outside);
}

static void idle(struct as__loop *loop)
{
    if (!loop->timers.root && !uv_loop_alive(&loop->uv)) {
        break_deadlock(loop);
        return;
    }
    if (!loop->is_virtual || loop->pending_io > loop->answering || !loop->timers.root) {
        sleep_until_event(loop);
        return;
    }
    /* Lo que una tarea envía a otra por un socket llega seguro, y el reloj virtual lo espera
     * parado: así las dos ven siempre la misma hora. */
    if (loop->inner_io > 0) {
        wait_for_event(loop);
        return;
    }
    look_at_network(loop);
    if (!loop->ready_head && loop->timers.root)
        loop->virtual_now = loop->timers.root->deadline_ns;
}

/* ---- Las vueltas -------------------------------------------------------------------- */

/* Nadie puede correr: si tampoco la red trae nada, es lo que esperaban estas. */
static void wake_if_all_blocked(struct as__loop *loop)
{
    look_at_network(loop);
    if (!loop->ready_head)
        as__wake_all(&loop->idle_waiters, 0);
}

/* La principal terminó: nadie pide ya nada desde fuera, y lo que se pidió se cancela. */
static void begin_ending(struct as__loop *loop)
{
    loop->ending = true;
    as__ctrl_c_forget(loop);
    as__outside_close(loop);
    for (struct as__link *l = loop->tasks.next; l != &loop->tasks; l = l->next)
        as_cancel(as__container_of(l, as_task, in_loop));
}

void as__loop_run(struct as__loop *loop)
{
    while (!as__list_empty(&loop->tasks) || loop->ready_head) {
        run_jobs(loop);
        as__timers_fire(loop);
        if (loop->main_task->done.done && !loop->ending)
            begin_ending(loop);
        if (loop->ready_head)
            look_at_network(loop);
        else if (!as__list_empty(&loop->idle_waiters))
            wake_if_all_blocked(loop);
        else if (!as__list_empty(&loop->tasks))
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

/* ---- Ceder el turno ----------------------------------------------------------------- */

void as__pass_turn(as_task *self)
{
    self->streak = 0;
    as__loop_push(as__loop, &self->resume);
    as__coro_switch(&self->coro, &as__loop->coro);
}

int as_yield(void)
{
    as_task *self = as__task_required("as_yield");

    as__pass_turn(self);
    return self->scope->cancelled ? as__error(UV_ECANCELED) : 0;
}

int as_wait_all_blocked(void)
{
    as__task_required("as_wait_all_blocked");
    return as__wait_on(&as__loop->idle_waiters, "que todas las demás esperen algo");
}
