#include <asinc/work.h>

#include <pthread.h>
#include <stdlib.h>

#include "task_internal.h"
#include "work_internal.h"

/* ---- Cuántos hilos ------------------------------------------------------------------ */

enum { MAX_THREADS = 64, LIBUV_THREADS = 4, LIBUV_MAX_THREADS = 1024 };

static int thread_count;

static void choose_thread_count(void)
{
    const char *text = getenv("UV_THREADPOOL_SIZE");
    char chosen[16];

    if (text) { /* lo que libuv entenderá de ella */
        thread_count = atoi(text);
        thread_count = thread_count > LIBUV_MAX_THREADS ? LIBUV_MAX_THREADS
                                                        : thread_count;
        thread_count = thread_count < 1 ? 1 : thread_count;
        return;
    }
    thread_count = 2 * ((int)uv_available_parallelism() + 5);
    thread_count = thread_count > MAX_THREADS ? MAX_THREADS : thread_count;
    snprintf(chosen, sizeof chosen, "%d", thread_count);
    if (setenv("UV_THREADPOOL_SIZE", chosen, 0) != 0)
        thread_count = LIBUV_THREADS;
}

void as__work_init(struct as__loop *loop)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, choose_thread_count);
    /* libuv deja a los nombres hasta la mitad: así queda uno siempre para los archivos. */
    int slots = thread_count / 2 - 1;
    as_semaphore_init(&loop->work_slots, slots > 0 ? (size_t)slots : 1);
}

/* ---- Viajes ------------------------------------------------------------------------- */

void as__trip_init(struct as__trip *trip, int (*run)(struct as__trip *),
                   void (*dispose)(struct as__trip *))
{
    trip->run = run;
    trip->dispose = dispose;
    as__list_init(&trip->waiters);
    trip->busy = trip->abandoned = false;
}

/* Quien lee uno de los dos atómicos ve todo lo que el otro hilo escribió antes de él. */
static void in_thread(uv_work_t *request)
{
    struct as__trip *trip = as__container_of(request, struct as__trip, request);

    bool late = atomic_load(&trip->cancelled);
    atomic_store(&trip->result, late ? UV_ECANCELED : trip->run(trip));
}

/* Al final de as_run puede no haber ya bucle ni tareas: solo viajes abandonados. */
static void on_return(uv_work_t *request, int status)
{
    struct as__trip *trip = as__container_of(request, struct as__trip, request);

    trip->busy = false;
    if (status < 0)
        atomic_store(&trip->result, status);
    else
        (void)atomic_load(&trip->result);
    if (trip->abandoned) {
        trip->dispose(trip);
        return;
    }
    while (!as__list_empty(&trip->waiters))
        as__wake(as__container_of(trip->waiters.next, struct as__wait, link), 0);
}

void as__trip_start(struct as__trip *trip)
{
    trip->busy = true;
    atomic_store(&trip->cancelled, false);
    uv_queue_work(&as__loop->uv, &trip->request, in_thread, on_return);
}

int as__trip_wait(struct as__trip *trip, const char *what)
{
    struct as__wait wait;

    as__wait_init(&wait, what, NULL);
    as__list_append(&trip->waiters, &wait.link);
    as__io_begin();
    int rc = as__suspend_one(&wait);
    as__io_end();
    return trip->busy ? rc : 0; /* pudo volver entre la cancelación y ahora: gana */
}

void as__trip_wait_closing(struct as__trip *trip, const char *what)
{
    struct as__wait wait;

    as__wait_init(&wait, what, NULL);
    as__list_append(&trip->waiters, &wait.link);
    as__io_begin();
    as__suspend_closing(&wait);
    as__io_end();
}

void as__trip_cancel(struct as__trip *trip)
{
    atomic_store(&trip->cancelled, true);
    uv_cancel((uv_req_t *)&trip->request); /* solo evita los que aún hacían cola */
}

void as__trip_abandon(struct as__trip *trip)
{
    as__trip_cancel(trip);
    trip->abandoned = true;
}

int as__trip_ride(struct as__trip *trip, const char *what, bool *abandoned)
{
    as__trip_start(trip);
    int rc = as__trip_wait(trip, what);
    *abandoned = rc < 0;
    if (rc < 0) {
        as__trip_abandon(trip);
        return rc;
    }
    return atomic_load(&trip->result);
}

/* ---- Trabajos ----------------------------------------------------------------------- */

struct work {
    struct as__trip trip;
    as_work_fn *fn;
    void *arg;
    void (*cleanup)(void *arg); /* NULL: hay que esperarlo */
};

static const char waiting[] = "un trabajo en otro hilo";

/* El trabajo que corre en este hilo. */
static _Thread_local struct work *running;

bool as_work_cancelled(void)
{
    if (!running)
        as__misuse("as_work_cancelled", "solo puede llamarla la función de un as_work");
    return atomic_load(&running->trip.cancelled);
}

static int run_work(struct as__trip *trip)
{
    struct work *work = as__container_of(trip, struct work, trip);

    running = work;
    int rc = work->fn(work->arg);
    running = NULL;
    return rc;
}

static void free_slot(void)
{
    if (as__loop)
        as_semaphore_release(&as__loop->work_slots);
}

static void dispose_work(struct as__trip *trip)
{
    struct work *work = as__container_of(trip, struct work, trip);

    free_slot();
    work->cleanup(work->arg);
    free(work);
}

/* El trabajo ya tiene su sitio entre los hilos. */
static int run_in_slot(struct work *work, bool *abandoned)
{
    struct as__trip *trip = &work->trip;
    int rc;

    if (work->cleanup) {
        rc = as__trip_ride(trip, waiting, abandoned);
    } else {
        as__trip_start(trip);
        if (as__trip_wait(trip, waiting) < 0) {
            as__trip_cancel(trip);
            as__trip_wait_closing(trip, waiting);
        }
        rc = atomic_load(&trip->result);
    }
    if (!*abandoned)
        free_slot();
    return rc;
}

static int do_work(as_work_fn *fn, void *arg, void (*cleanup)(void *))
{
    struct work *work = NULL;
    bool abandoned = false;

    as__io_begin(); /* los hilos ocupados no siguen el reloj virtual */
    int rc = as_semaphore_acquire(&as__loop->work_slots);
    as__io_end();
    if (rc == 0) {
        work = calloc(1, sizeof *work);
        if (work) {
            *work = (struct work){.fn = fn, .arg = arg, .cleanup = cleanup};
            as__trip_init(&work->trip, run_work, dispose_work);
            rc = run_in_slot(work, &abandoned);
        } else {
            free_slot();
            rc = UV_ENOMEM;
        }
    }
    if (abandoned)
        return rc;
    free(work);
    if (rc == UV_ECANCELED && cleanup)
        cleanup(arg);
    return rc;
}

int as_work(as_work_fn *fn, void *arg)
{
    as__task_required("as_work");
    return do_work(fn, arg, NULL);
}

int as_work_detachable(as_work_fn *fn, void *arg, void (*cleanup)(void *arg))
{
    as__task_required("as_work_detachable");
    if (!cleanup)
        as__misuse("as_work_detachable", "falta `cleanup`; si nadie debe liberar `arg`, "
                                         "usa as_work");
    return do_work(fn, arg, cleanup);
}
