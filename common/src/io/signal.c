#include <asinc/signal.h>

#include <stdlib.h>

#include "core/task_internal.h"
#include "core/track.h"

/* Cada señal de un receptor tiene su hueco, que no puede llenarse, y el manejador avisa con
 * uv_async_send: aunque el bucle esté ocupado, ninguna se pierde. */
struct watch {
    struct as__caught caught;
    as_signals *signals;
    _Atomic uint64_t order; /* 0: no ha llegado; si no, en qué lugar */
};

struct as_signals {
    struct as__tracked tracked;
    struct as__at_exit at_exit;
    uv_async_t async;
    struct as__wait *waiter; /* la tarea que espera, o NULL */
    _Atomic uint64_t arrivals;
    size_t count;
    struct watch watches[];
};

/* En el manejador. */
static void on_signal(struct as__caught *caught)
{
    struct watch *watch = as__container_of(caught, struct watch, caught);
    uint64_t none = 0, order = atomic_fetch_add(&watch->signals->arrivals, 1) + 1;

    atomic_compare_exchange_strong(&watch->order, &none, order);
    uv_async_send(&watch->signals->async);
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
    return true;
}

static int claim(as_signals *s, struct watch *watch, int signum)
{
    watch->signals = s;
    watch->caught.arrived = on_signal;
    int rc = can_be_received(signum) ? as__caught_take(&watch->caught, signum)
                                     : UV_EINVAL;
    if (rc == UV_EBUSY)
        return as_error_set(rc, "otro receptor recoge ya la señal %d", signum);
    if (rc < 0)
        return as_error_set(rc, "la señal %d no se puede recoger", signum);
    return 0;
}

/* Devuelve las señales; después, ningún manejador mira ya este receptor. */
static void give_back(as_signals *s)
{
    for (size_t i = 0; i < s->count; i++)
        as__caught_give_back(&s->watches[i].caught);
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

static void dispose(as_signals *s)
{
    give_back(s);
    uv_close((uv_handle_t *)&s->async, on_closed);
}

/* Nadie lo cerró. */
static void on_exit_loop(struct as__at_exit *at_exit)
{
    dispose(as__container_of(at_exit, as_signals, at_exit));
}

int as_signals_open(const int *signums, size_t count, as_signals **out)
{
    struct as__loop *loop = as__loop_required("as_signals_open");

    *out = NULL;
    if (count == 0)
        return as_error_set(UV_EINVAL, "as_signals_open necesita al menos una señal");
    as_signals *s = calloc(1, sizeof *s + count * sizeof *s->watches);
    if (!s)
        return as__error(UV_ENOMEM);
    int rc = uv_async_init(&loop->uv, &s->async, on_arrival);
    if (rc < 0) {
        free(s);
        return as__error(rc);
    }
    uv_unref((uv_handle_t *)&s->async); /* nadie espera todavía */
    for (; rc == 0 && s->count < count; s->count += rc == 0)
        rc = claim(s, &s->watches[s->count], signums[s->count]);
    if (rc < 0) {
        dispose(s);
        return rc;
    }
    s->at_exit.run = on_exit_loop;
    as__list_append(&loop->at_exit, &s->at_exit.link);
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
    as__list_remove(&s->at_exit.link);
    dispose(s);
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
    return oldest->caught.signum;
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
