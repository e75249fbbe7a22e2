#include <asinc/work.h>

#include <stdlib.h>

#include "core/task_internal.h"
#include "io/offload.h"

struct work {
    struct as__offload offload;
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
    return atomic_load(&running->offload.cancelled);
}

static int run_work(struct as__offload *offload)
{
    struct work *work = as__container_of(offload, struct work, offload);

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

static void dispose_work(struct as__offload *offload)
{
    struct work *work = as__container_of(offload, struct work, offload);

    free_slot();
    work->cleanup(work->arg);
    free(work);
}

/* El trabajo ya tiene su sitio entre los hilos. */
static int run_in_slot(struct work *work, bool *abandoned)
{
    int rc = work->cleanup ? as__offload_run(&work->offload, waiting, abandoned)
                           : as__offload_complete(&work->offload, waiting);

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
            as__offload_init(&work->offload, run_work, dispose_work);
            rc = run_in_slot(work, &abandoned);
        } else {
            free_slot();
            rc = as__error(UV_ENOMEM);
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
