#include "web/internal.h"

#include <signal.h>

/*
 * Quien manda parar un servicio (systemd, Docker, kill) envía SIGTERM: es la misma despedida que
 * as_web_stop. Se recoge en los mismos casos que Ctrl+C, ver as_run, y también como él, la segunda
 * mata el programa.
 */

/* En el manejador. */
static void on_sigterm(struct as__caught *caught)
{
    as_web *server = as__container_of(caught, as_web, terminated);

    signal(SIGTERM, SIG_DFL);
    uv_async_send(&server->termination);
}

static void on_termination(uv_async_t *async)
{
    as_web_stop(async->data);
}

void as__termination_watch(as_web *server)
{
    struct as__loop *loop = as__loop;

    if (!loop->ctrl_c.caught.arrived ||
        uv_async_init(&loop->uv, &server->termination, on_termination) < 0)
        return;
    uv_unref((uv_handle_t *)&server->termination);
    server->termination.data = server;
    server->handles++;
    server->terminated.arrived = on_sigterm;
    server->terminated.for_the_loop = true;
    (void)as__caught_take(&server->terminated, SIGTERM); /* si es de otro, suya es */
}

static void on_closed(uv_handle_t *handle)
{
    as__listen_handle_closed(handle->data);
}

void as__termination_forget(as_web *server)
{
    as__caught_give_back(&server->terminated);
    if (server->termination.data)
        uv_close((uv_handle_t *)&server->termination, on_closed);
}
