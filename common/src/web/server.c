#include "web/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/stream_address.h"

enum {
    DEFAULT_CONNECTIONS = 1000,
    DEFAULT_HEAD = 32 << 10,
    DEFAULT_BODY = 1 << 20,
    DEFAULT_REQUEST_MS = 30000,
    DEFAULT_CLIENT_MS = 60000,
    DEFAULT_GRACE_MS = 5000,
    FAREWELL_MS = 1000, /* para entregar las respuestas a lo que se canceló */
    BACKLOG = 512
};

/* ---- Nacer -------------------------------------------------------------------------- */

static void set_options(as_web_options *o, const as_web_options *given)
{
    if (given)
        *o = *given;
    if (!o->host)
        o->host = "127.0.0.1";
    if (o->max_connections == 0)
        o->max_connections = DEFAULT_CONNECTIONS;
    if (o->max_head == 0)
        o->max_head = DEFAULT_HEAD;
    if (o->max_body == 0)
        o->max_body = DEFAULT_BODY;
    if (o->request_timeout_ms == 0)
        o->request_timeout_ms = DEFAULT_REQUEST_MS;
    if (o->client_timeout_ms == 0)
        o->client_timeout_ms = DEFAULT_CLIENT_MS;
    if (o->client_timeout_ms > INT64_MAX / 1000000)
        o->client_timeout_ms = INT64_MAX / 1000000; /* en nanosegundos no cabe más */
    if (o->grace_ms == 0)
        o->grace_ms = DEFAULT_GRACE_MS;
}

static int check_options(const as_web_options *o)
{
    if (o->max_connections > INT_MAX || o->max_body > SIZE_MAX / 4)
        return as_error_set(UV_EINVAL, "un límite del servidor no cabe en memoria");
    if (o->max_head < 1024)
        return as_error_set(UV_EINVAL, "max_head tiene que ser de 1024 bytes o más");
    if (o->client_timeout_ms < 0)
        return as_error_set(UV_EINVAL, "client_timeout_ms no puede ser negativo");
    return 0;
}

static int listen_on(const struct sockaddr *address, int *port)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    int yes = 1;

    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, address, as__address_size(address)) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &size) < 0) {
        int rc = uv_translate_sys_error(errno);
        close(fd);
        return rc;
    }
    *port = as__address_port((struct sockaddr *)&bound);
    return fd;
}

static int reserve_port(as_web *server)
{
    const as_web_options *o = &server->options;
    struct as__addresses addresses;

    int rc = as__address_find(o->host, o->port, &addresses);
    if (rc < 0)
        return rc;
    rc = listen_on(&addresses.list[0].any, &server->port);
    as__addresses_free(&addresses);
    if (rc < 0)
        return as_error_set(rc, "no se puede escuchar en el puerto %d de %s: %s", o->port,
                            o->host, as_strerror(rc));
    server->listen_fd = rc;
    return 0;
}

int as_web_new(const as_web_options *options, as_web **result)
{
    as__task_required("as_web_new");

    *result = NULL;
    as_web *server = calloc(1, sizeof *server);
    if (!server)
        return as__error(UV_ENOMEM);
    set_options(&server->options, options);
    int rc = check_options(&server->options);
    if (rc == 0)
        rc = reserve_port(server);
    if (rc < 0) {
        free(server);
        return rc;
    }
    server->options.host = NULL;
    as_event_init(&server->stopping);
    as__list_init(&server->quiet);
    as__list_init(&server->connections);
    as__list_init(&server->waiting);
    as__list_init(&server->parting);
    as__list_init(&server->closer);
    as__track(&server->tracked, "un servidor HTTP", __builtin_return_address(0));
    *result = server;
    return 0;
}

int as_web_port(const as_web *server)
{
    return server->port;
}

void as_web_close(as_web *server)
{
    if (!server)
        return;
    if (server->serving)
        as__misuse("as_web_close", "el servidor está sirviendo: llama antes a "
                                   "as_web_stop y espera a que "
                                   "as_web_run vuelva");
    as__untrack(&server->tracked);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    as__route_free_all(server);
    free(server);
}

/* ---- Servir ------------------------------------------------------------------------- */

/* Espera como mucho `ms` a que terminen las peticiones en marcha. */
static void wait_quiet(as_web *server, int64_t ms)
{
    as_scope patience;

    if (server->active == 0 || ms <= 0)
        return;
    as_scope_enter(&patience, ms);
    int rc = as__wait_on(&server->quiet, "que terminen las peticiones en marcha");
    as_scope_leave(&patience, rc);
}

static void say_goodbye(as_web *server)
{
    if (server->on_shutdown)
        server->on_shutdown(server->on_shutdown_arg);
    as__listen_stop(server);
    wait_quiet(server, server->options.grace_ms);
    as_group_cancel(&server->tasks);
}

/* La tarea del servidor. Va protegida para despedirse con calma aunque cancelen a quien la
 * creó: es quien la creó el que se entera y da la señal. */
static int keep(void *arg)
{
    as_web *server = arg;
    as_scope shield;

    as_shield_enter(&shield, AS_FOREVER);
    as_group_enter(&server->tasks);
    as_group_keep_going(&server->tasks);
    int rc = as__listen_open(server);
    bool open = rc == 0;
    if (open) {
        as__termination_watch(server);
        rc = as_event_wait(&server->stopping);
        say_goodbye(server);
    }
    rc = as_group_leave(&server->tasks, rc);
    if (open) {
        wait_quiet(server, FAREWELL_MS);
        as__termination_forget(server);
        as__listen_close(server);
    }
    return as_scope_leave(&shield, rc);
}

int as_web_run(as_web *server)
{
    as_group group;

    as__task_required("as_web_run");
    if (server->started)
        return as_error_set(UV_EALREADY, "este servidor ya sirvió: crea otro");
    server->started = server->serving = true;
    as_group_enter(&group);
    int rc = as_start_soon(&group, "servidor-http", keep, server);
    if (rc == 0)
        rc = as_event_wait(&server->stopping);
    as_event_set(&server->stopping);
    rc = as_group_leave(&group, rc);
    server->serving = false;
    return rc;
}

void as_web_on_shutdown(as_web *server, as_callback_fn *fn, void *arg)
{
    server->on_shutdown = fn;
    server->on_shutdown_arg = arg;
}

void as_web_on_response_prepare(as_web *server, as_web_prepare_fn *fn, void *arg)
{
    server->on_response = fn;
    server->on_response_arg = arg;
}

void as_web_stop(as_web *server)
{
    as_event_set(&server->stopping);
}
