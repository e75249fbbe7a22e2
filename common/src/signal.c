#include <asinc/signal.h>

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "signal_internal.h"
#include "task_internal.h"
#include "track.h"

/*
 * El manejador es nuestro y no un uv_signal_t: el de libuv apunta cada señal en una tubería
 * que, con el bucle ocupado, se llena y pierde las siguientes. Aquí hay un hueco por señal,
 * que no puede llenarse, y uv_async_send, que sí puede llamarse desde un manejador.
 */

/* Una de las señales de un receptor. */
struct watch {
    int signum;
    struct sigaction before; /* el efecto que tenía */
    _Atomic uint64_t order;  /* 0: no ha llegado; si no, en qué lugar */
};

struct as_signals {
    struct as__tracked tracked;
    struct as__loop *loop;
    uv_async_t async;
    struct as__wait *waiter; /* la tarea que espera, o NULL */
    _Atomic uint64_t arrivals;
    size_t count;
    struct watch watches[];
};

/* De quién es cada señal, y cuántos manejadores hay dentro: pueden correr en otro hilo
 * mientras el del bucle cierra su receptor. */
static _Atomic(as_signals *) owners[NSIG];
static atomic_int inside;

static void on_signal(int signum)
{
    int saved = errno;

    atomic_fetch_add(&inside, 1);
    as_signals *s = atomic_load(&owners[signum]);
    for (size_t i = 0; s && i < s->count; i++) {
        uint64_t none = 0;
        if (s->watches[i].signum == signum)
            atomic_compare_exchange_strong(&s->watches[i].order, &none,
                                           atomic_fetch_add(&s->arrivals, 1) + 1);
    }
    if (s)
        uv_async_send(&s->async);
    atomic_fetch_sub(&inside, 1);
    errno = saved;
}

/* ---- Abrir -------------------------------------------------------------------------- */

static bool can_be_received(int signum)
{
    /* Los fallos del programa no pueden esperar, y SIGCHLD es de libuv, ver process.h. */
    static const int no[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGCHLD};

    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (signum == no[i])
            return false;
    }
    return signum > 0 && signum < NSIG;
}

static int claim(as_signals *s, struct watch *watch, int signum)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    as_signals *nobody = NULL;

    if (!can_be_received(signum))
        return as_error_set(UV_EINVAL, "la señal %d no se puede recoger", signum);
    if (!atomic_compare_exchange_strong(&owners[signum], &nobody, s))
        return as_error_set(UV_EBUSY, "otro receptor recoge ya la señal %d", signum);
    watch->signum = signum;
    sigfillset(&action.sa_mask);
    if (sigaction(signum, &action, &watch->before) == 0)
        return 0;
    int rc = uv_translate_sys_error(errno);
    atomic_store(&owners[signum], NULL);
    return as_error_set(rc, "la señal %d no se puede recoger: %s", signum,
                        as_strerror(rc));
}

/* Devuelve las señales; después, ningún manejador mira ya este receptor. */
static void give_back(as_signals *s)
{
    for (size_t i = 0; i < s->count; i++) {
        sigaction(s->watches[i].signum, &s->watches[i].before, NULL);
        atomic_store(&owners[s->watches[i].signum], NULL);
    }
    while (atomic_load(&inside) > 0)
        sched_yield();
}

static void on_arrival(uv_async_t *async)
{
    as_signals *s = as__container_of(async, as_signals, async);

    if (s->waiter)
        as__wake(s->waiter, 0);
}

static void on_closed(uv_handle_t *handle)
{
    free(as__container_of((uv_async_t *)handle, as_signals, async));
}

int as_signals_open(const int *signums, size_t count, as_signals **out)
{
    struct as__loop *loop = as__loop_required("as_signals_open");

    *out = NULL;
    if (count == 0)
        return as_error_set(UV_EINVAL, "as_signals_open necesita al menos una señal");
    as_signals *s = calloc(1, sizeof *s + count * sizeof *s->watches);
    if (!s)
        return UV_ENOMEM;
    s->loop = loop;
    int rc = uv_async_init(&loop->uv, &s->async, on_arrival);
    if (rc < 0) {
        free(s);
        return rc;
    }
    uv_unref((uv_handle_t *)&s->async); /* nadie espera todavía */
    for (; rc == 0 && s->count < count; s->count += rc == 0)
        rc = claim(s, &s->watches[s->count], signums[s->count]);
    if (rc < 0) {
        give_back(s);
        uv_close((uv_handle_t *)&s->async, on_closed);
        return rc;
    }
    as__track(&s->tracked, "un receptor de señales", __builtin_return_address(0));
    *out = s;
    return 0;
}

void as_signals_close(as_signals *s)
{
    if (!s)
        return;
    as__loop_required("as_signals_close");
    if (s->waiter)
        as__misuse("as_signals_close", "una tarea está esperando sus señales");
    as__untrack(&s->tracked);
    give_back(s);
    uv_close((uv_handle_t *)&s->async, on_closed);
}

void as__signals_forget(struct as__loop *loop)
{
    for (int signum = 1; signum < NSIG; signum++) {
        as_signals *s = atomic_load(&owners[signum]);
        if (!s || s->loop != loop)
            continue;
        give_back(s);
        uv_close((uv_handle_t *)&s->async, on_closed);
    }
}

/* ---- Esperar ------------------------------------------------------------------------ */

/* La que llegó antes; 0 si no hay ninguna. */
static int take_oldest(as_signals *s)
{
    struct watch *oldest = NULL;
    uint64_t least = 0;

    for (size_t i = 0; i < s->count; i++) {
        uint64_t order = atomic_load(&s->watches[i].order);
        if (order > 0 && (!oldest || order < least)) {
            oldest = &s->watches[i];
            least = order;
        }
    }
    if (!oldest)
        return 0;
    atomic_store(&oldest->order, 0);
    return oldest->signum;
}

static int wait_arrival(as_signals *s)
{
    struct as__wait wait;

    as__wait_init(&wait, "una señal", NULL);
    s->waiter = &wait;
    uv_ref((uv_handle_t *)&s->async);
    as__io_begin();
    int rc = as__suspend_one(&wait);
    as__io_end();
    uv_unref((uv_handle_t *)&s->async);
    s->waiter = NULL;
    return rc;
}

int as_signals_wait(as_signals *s)
{
    as__task_required("as_signals_wait");

    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (s->waiter)
        return as_error_set(UV_EBUSY, "otra tarea ya espera en este receptor de señales");
    int signum;
    while ((signum = take_oldest(s)) == 0) {
        rc = wait_arrival(s); /* puede ser el aviso de una que ya se recogió */
        if (rc < 0)
            return rc;
    }
    return signum;
}
