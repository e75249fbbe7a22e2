#include "io/offload.h"

#include "core/task_internal.h"
#include "core/threads.h"

void as__offload_init(struct as__offload *offload, int (*run)(struct as__offload *),
                      void (*dispose)(struct as__offload *))
{
    offload->run = run;
    offload->dispose = dispose;
    as__list_init(&offload->waiters);
    offload->busy = offload->abandoned = false;
}

/* Quien lee uno de los dos atómicos ve todo lo que el otro hilo escribió antes de él. */
static void in_thread(uv_work_t *request)
{
    struct as__offload *offload = as__container_of(request, struct as__offload, request);

    bool late = atomic_load(&offload->cancelled);
    atomic_store(&offload->result, late ? UV_ECANCELED : offload->run(offload));
}

/* Al final de as_run puede no haber ya bucle ni tareas: solo encargos abandonados. */
static void on_finished(uv_work_t *request, int status)
{
    struct as__offload *offload = as__container_of(request, struct as__offload, request);

    /* Lo que el hilo pidió al bucle va antes que la noticia de que terminó. */
    if (as__loop)
        as__outside_take_calls(as__loop);
    offload->busy = false;
    if (status < 0)
        atomic_store(&offload->result, status);
    else
        (void)atomic_load(&offload->result);
    if (offload->abandoned) {
        offload->dispose(offload);
        return;
    }
    as__wake_all(&offload->waiters, 0);
}

void as__offload_start(struct as__offload *offload)
{
    offload->busy = true;
    atomic_store(&offload->cancelled, false);
    uv_queue_work(&as__loop->uv, &offload->request, in_thread, on_finished);
}

int as__offload_wait(struct as__offload *offload, const char *what)
{
    as__io_begin();
    int rc = as__wait_on(&offload->waiters, what);
    as__io_end();
    if (rc < 0 && !offload->busy) { /* terminó entre la cancelación y ahora: gana */
        as__pass_turn(as__loop->current); /* lo que el hilo pidió al bucle va antes */
        rc = 0;
    }
    return rc;
}

void as__offload_finish(struct as__offload *offload, const char *what)
{
    as__io_begin();
    as__wait_on_shielded(&offload->waiters, what);
    as__io_end();
}

void as__offload_cancel(struct as__offload *offload)
{
    atomic_store(&offload->cancelled, true);
    uv_cancel((uv_req_t *)&offload->request); /* solo evita los que aún hacían cola */
}

void as__offload_abandon(struct as__offload *offload)
{
    as__offload_cancel(offload);
    offload->abandoned = true;
}

int as__offload_run(struct as__offload *offload, const char *what, bool *abandoned)
{
    *abandoned = false;
    int rc = as__threads_available();
    if (rc < 0)
        return rc;
    as__offload_start(offload);
    rc = as__offload_wait(offload, what);
    *abandoned = rc < 0;
    if (rc < 0) {
        as__offload_abandon(offload);
        return rc;
    }
    return as__error(atomic_load(&offload->result));
}

int as__offload_complete(struct as__offload *offload, const char *what)
{
    int rc = as__threads_available();
    if (rc < 0)
        return rc;
    as__offload_start(offload);
    if (as__offload_wait(offload, what) < 0) {
        as__offload_cancel(offload);
        as__offload_finish(offload, what);
    }
    return as__error(atomic_load(&offload->result));
}
