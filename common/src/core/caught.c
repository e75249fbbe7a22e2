#include "core/caught.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <asinc/error.h>

/* El último que se apuntó a cada señal, y cuántos manejadores hay dentro: pueden correr en otro
 * hilo mientras uno se borra. El cerrojo es para apuntarse y borrarse; el manejador no lo toma. */
static _Atomic(struct as__caught *) top[NSIG];
static atomic_int inside;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void on_signal(int signum);

static bool is_ours(int signum, struct sigaction *now)
{
    return sigaction(signum, NULL, now) == 0 && now->sa_handler == on_signal;
}

/* Ya no la recoge nadie, pero el manejador sigue puesto o llegó tarde: tiene el efecto que le
 * corresponda ahora, en cuanto el manejador vuelva. */
static void pass_on(int signum)
{
    struct sigaction now;

    if (is_ours(signum, &now))
        signal(signum, SIG_DFL);
    raise(signum);
}

static void on_signal(int signum)
{
    int saved = errno;

    atomic_fetch_add(&inside, 1);
    struct as__caught *caught = atomic_load(&top[signum]);
    if (!caught)
        pass_on(signum);
    while (caught) {
        caught->arrived(caught);
        caught = caught->for_the_loop ? atomic_load(&caught->below) : NULL;
    }
    atomic_fetch_sub(&inside, 1);
    errno = saved;
}

static int take(struct as__caught *caught, int signum)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct as__caught *below = atomic_load(&top[signum]);
    struct sigaction now;

    if (below && !below->for_the_loop)
        return UV_EBUSY;
    if (caught->for_the_loop && !is_ours(signum, &now) && now.sa_handler != SIG_DFL)
        return UV_EBUSY;
    sigfillset(&action.sa_mask);
    atomic_store(&caught->below, below);
    atomic_store(&top[signum], caught);
    if (sigaction(signum, &action, &caught->before) == 0) {
        caught->signum = signum;
        return 0;
    }
    int rc = uv_translate_sys_error(errno);
    atomic_store(&top[signum], below);
    return rc;
}

int as__caught_take(struct as__caught *caught, int signum)
{
    caught->signum = 0;
    if (signum <= 0 || signum >= NSIG)
        return UV_EINVAL;
    pthread_mutex_lock(&lock);
    int rc = take(caught, signum);
    pthread_mutex_unlock(&lock);
    return rc;
}

/* Se salta a `caught`: quien se apuntó después devolverá el efecto que él iba a devolver. */
static void unlink_from_middle(struct as__caught *caught)
{
    struct as__caught *above = atomic_load(&top[caught->signum]);

    while (atomic_load(&above->below) != caught)
        above = atomic_load(&above->below);
    above->before = caught->before;
    atomic_store(&above->below, atomic_load(&caught->below));
}

void as__caught_give_back(struct as__caught *caught)
{
    int signum = caught->signum;
    struct sigaction now;

    if (signum == 0)
        return;
    pthread_mutex_lock(&lock);
    if (atomic_load(&top[signum]) == caught) {
        if (is_ours(signum, &now))
            sigaction(signum, &caught->before, NULL);
        atomic_store(&top[signum], atomic_load(&caught->below));
    } else {
        unlink_from_middle(caught);
    }
    caught->signum = 0;
    pthread_mutex_unlock(&lock);
    while (atomic_load(&inside) > 0)
        sched_yield();
}
