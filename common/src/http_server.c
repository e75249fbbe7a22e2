#include "http_server_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream_address.h"

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

static void set_options(as_http_server_options *o, const as_http_server_options *given)
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
    if (o->grace_ms == 0)
        o->grace_ms = DEFAULT_GRACE_MS;
}

static int check_options(const as_http_server_options *o)
{
    if (o->max_connections > INT_MAX || o->max_body > SIZE_MAX / 4)
        return as_error_set(UV_EINVAL, "un límite del servidor no cabe en memoria");
    if (o->max_head < 1024)
        return as_error_set(UV_EINVAL, "max_head tiene que ser de 1024 bytes o más");
    if (o->client_timeout_ms < 0 || o->client_timeout_ms > INT32_MAX)
        return as_error_set(UV_EINVAL, "client_timeout_ms no puede faltar ni pasar de 24 "
                                       "días");
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

static int reserve_port(as_http_server *server)
{
    const as_http_server_options *o = &server->options;
    struct as__addresses addresses;

    int rc = as__address_find(o->host, o->port, &addresses);
    if (rc < 0)
        return rc;
    rc = listen_on(&addresses.list[0].any, &server->port);
    if (rc < 0)
        return as_error_set(rc, "no se puede escuchar en el puerto %d de %s: %s", o->port,
                            o->host, as_strerror(rc));
    server->listen_fd = rc;
    return 0;
}

int as_http_server_new(const as_http_server_options *options, as_http_server **result)
{
    as__task_required("as_http_server_new");

    *result = NULL;
    as_http_server *server = calloc(1, sizeof *server);
    if (!server)
        return UV_ENOMEM;
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
    as__list_init(&server->waiting);
    as__list_init(&server->leaving);
    as__list_init(&server->closer);
    server->step.run = as__engine_step;
    as__track(&server->tracked, "un servidor HTTP", __builtin_return_address(0));
    *result = server;
    return 0;
}

int as_http_server_port(const as_http_server *server)
{
    return server->port;
}

void as_http_server_close(as_http_server *server)
{
    if (!server)
        return;
    if (server->serving)
        as__misuse("as_http_server_close", "el servidor está sirviendo: llama antes a "
                                           "as_http_server_stop y espera a que "
                                           "as_http_server_run vuelva");
    as__untrack(&server->tracked);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    as__route_free_all(server);
    free(server);
}

/* ---- Servir ------------------------------------------------------------------------- */

/* Espera como mucho `ms` a que terminen las peticiones en marcha. */
static void wait_quiet(as_http_server *server, int64_t ms)
{
    as_scope patience;

    if (server->active == 0 || ms <= 0)
        return;
    as_scope_enter(&patience, ms, 0);
    struct as__wait wait;
    as__wait_init(&wait, "que terminen las peticiones en marcha", NULL);
    as__list_append(&server->quiet, &wait.link);
    as_scope_leave(&patience, as__suspend_one(&wait));
}

static void say_goodbye(as_http_server *server)
{
    as__engine_quiesce(server);
    wait_quiet(server, server->options.grace_ms);
    as_group_cancel(&server->tasks);
}

/* La tarea del servidor. Va protegida para despedirse con calma aunque cancelen a quien la
 * creó: es quien la creó el que se entera y da la señal. */
static int keep(void *arg)
{
    as_http_server *server = arg;
    as_scope shield;

    as_scope_enter(&shield, AS_FOREVER, AS_SHIELD);
    as_group_enter(&server->tasks, AS_KEEP_GOING);
    int rc = as__engine_open(server);
    bool open = rc == 0;
    if (open) {
        rc = as_event_wait(&server->stopping);
        say_goodbye(server);
    }
    rc = as_group_leave(&server->tasks, rc);
    if (open) {
        wait_quiet(server, FAREWELL_MS);
        as__engine_close(server);
    }
    return as_scope_leave(&shield, rc);
}

int as_http_server_run(as_http_server *server)
{
    as_group group;

    as__task_required("as_http_server_run");
    if (server->started)
        return as_error_set(UV_EALREADY, "este servidor ya sirvió: crea otro");
    server->started = server->serving = true;
    as_group_enter(&group, 0);
    int rc = as_start_soon(&group, "servidor-http", keep, server);
    if (rc == 0)
        rc = as_event_wait(&server->stopping);
    as_event_set(&server->stopping);
    rc = as_group_leave(&group, rc);
    server->serving = false;
    return rc;
}

void as_http_server_stop(as_http_server *server)
{
    as_event_set(&server->stopping);
}
