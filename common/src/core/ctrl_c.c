#include "core/loop_internal.h"

#include <unistd.h>

/* Si el último as_run de este hilo se fue con un Ctrl+C. */
static _Thread_local bool last_run_interrupted;

/* En el manejador. Sin él, el segundo Ctrl+C tiene su efecto de siempre, matar el programa,
 * aunque una tarea acapare el hilo y el bucle no llegue a enterarse del primero. */
static void on_arrival(struct as__caught *caught)
{
    struct as__loop *loop = as__container_of(caught, struct as__loop, ctrl_c.caught);

    signal(SIGINT, SIG_DFL);
    atomic_store(&loop->ctrl_c.arrived, true);
    uv_async_send(&loop->outside.async);
}

void as__ctrl_c_watch(struct as__loop *loop)
{
    last_run_interrupted = false;
    if (getpid() != gettid())
        return; /* es del hilo principal, como en asyncio y trio */
    loop->ctrl_c.caught.arrived = on_arrival;
    loop->ctrl_c.caught.for_the_loop = true;
    /* Si el programa ya tenía su manejador, o la ignora (nohup, «&» en un guion), así se queda. */
    (void)as__caught_take(&loop->ctrl_c.caught, SIGINT);
}

void as__ctrl_c_attend(struct as__loop *loop)
{
    if (loop->ctrl_c.attended || !atomic_load(&loop->ctrl_c.arrived))
        return;
    loop->ctrl_c.attended = true;
    as_cancel(loop->main_task);
}

void as__ctrl_c_forget(struct as__loop *loop)
{
    as__caught_give_back(&loop->ctrl_c.caught);
    last_run_interrupted = atomic_load(&loop->ctrl_c.arrived);
}

bool as_interrupted(void)
{
    return as__loop ? as__loop->ctrl_c.attended : last_run_interrupted;
}
