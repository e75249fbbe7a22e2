#include "http_server_internal.h"

#include <asinc/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CLOSE_MS = 5000 };

/* ---- Nacer y morir ------------------------------------------------------------------ */

static void free_request(as_http_server_request *r)
{
    as__reply_discard(r, true);
    for (size_t i = 0; i < r->query_count; i++) {
        free(r->query[i].name);
        free(r->query[i].value);
    }
    free(r->query);
    free(r->segments);
    free(r->body);
    free(r);
}

void as__request_completed(void *arg, struct MHD_Connection *mhd, void **context,
                           enum MHD_RequestTerminationCode code)
{
    as_http_server *server = arg;
    as_http_server_request *r = *context;

    (void)mhd, (void)code;
    if (!r)
        return;
    r->connection->request = NULL;
    as__connection_wait(r->connection); /* otra petición, o que se vaya */
    if (r->dispatched && --server->active == 0 && !as__list_empty(&server->quiet))
        as__wake(as__container_of(server->quiet.next, struct as__wait, link), 0);
    free_request(r);
    *context = NULL;
}

/* ---- Recibir ------------------------------------------------------------------------ */

static void refuse(as_http_server_request *r, int status)
{
    r->refused = status;
    free(r->body);
    r->body = NULL;
    r->body_size = r->body_capacity = 0;
}

static void receive(as_http_server_request *r, const char *data, size_t size)
{
    if (r->refused) /* se lee hasta el final: si no, no escucharía la respuesta */
        return;
    if (size > r->server->options.max_body - r->body_size) {
        refuse(r, MHD_HTTP_CONTENT_TOO_LARGE);
        return;
    }
    if (r->body_size + size >= r->body_capacity) {
        size_t capacity = (r->body_size + size) * 2 + 1;
        char *body = realloc(r->body, capacity);
        if (!body) {
            refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE);
            return;
        }
        r->body = body;
        r->body_capacity = capacity;
    }
    memcpy(r->body + r->body_size, data, size);
    r->body_size += size;
    r->body[r->body_size] = '\0';
}

/* Llegaron las cabeceras. */
static as_http_server_request *begin(as_http_server *server, struct MHD_Connection *mhd,
                                     const char *url, const char *method)
{
    struct as__connection *connection =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

    if (!connection) /* no hubo memoria para ella */
        return NULL;
    as_http_server_request *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->server = server;
    r->mhd = mhd;
    r->connection = connection;
    r->method = method;
    r->path = url;
    const char *length = as_http_request_header(r, "Content-Length");
    if (length && strtoull(length, NULL, 10) > server->options.max_body)
        refuse(r, MHD_HTTP_CONTENT_TOO_LARGE);
    return r;
}

/* Lo que el cliente sabe de un fallo nuestro: que lo hubo. */
static void fail_inside(as_http_server_request *r)
{
    as__reply_discard(r, true);
    as_http_fail(r, 500, "error interno del servidor");
}

/* ---- Dependencias ------------------------------------------------------------------- */

int as_http_depend(as_http_server_request *r, const as_http_dependency *what,
                   void **resource)
{
    as_task *self = as__task_required("as_http_depend");
    struct as__dependency *d;

    if (self != r->task || r->closing)
        return as_error_set(UV_EINVAL, "una dependencia se pide desde la tarea del "
                                       "manejador, mientras corre");
    for (d = r->dependencies; d; d = d->next) {
        if (d->what == what) {
            *resource = d->resource;
            return 0;
        }
    }
    d = calloc(1, sizeof *d);
    if (!d)
        return UV_ENOMEM;
    d->what = what;
    int rc = what->open(r, what->arg, &d->resource);
    if (rc < 0) {
        free(d);
        return rc;
    }
    d->next = r->dependencies;
    r->dependencies = d;
    *resource = d->resource;
    return 0;
}

static int close_one(const struct as__dependency *d, int rc)
{
    as_scope shield;

    if (!d->what->close)
        return 0;
    as_scope_enter(&shield, CLOSE_MS, AS_SHIELD);
    return as_scope_leave(&shield, d->what->close(d->resource, d->what->arg, rc));
}

static void log_failure(const as_http_server_request *r, const char *what, int rc)
{
    const char *detail = as_error_detail();

    as_log_error("%s de %s %s: %s%s%s", what, r->route->method, r->route->pattern,
                 as_strerror(rc), *detail ? ": " : "", detail);
}

/* `rc` es como terminó el manejador. */
static void close_dependencies(as_http_server_request *r, int rc)
{
    r->closing = true;
    while (r->dependencies) {
        struct as__dependency *d = r->dependencies;
        r->dependencies = d->next;
        int close_rc = close_one(d, rc);
        if (close_rc < 0) {
            log_failure(r, "cerrar una dependencia", close_rc);
            fail_inside(r);
            rc = rc < 0 ? rc : close_rc;
        }
        free(d);
    }
}

/* ---- La tarea ----------------------------------------------------------------------- */

/* El manejador terminó: lo que el cliente recibe es una respuesta, pase lo que pase. */
static void conclude(as_http_server_request *r, int rc, bool out_of_time)
{
    if (r->gone || (rc >= 0 && r->response) || (rc < 0 && r->failed))
        return;
    if (rc == UV_ECANCELED && as_cancelled()) {
        as__reply_discard(r, true);
        as_http_fail(r, 503, "el servidor se está parando");
    } else if (out_of_time) {
        log_failure(r, "el manejador", rc);
        as__reply_discard(r, true);
        as_http_fail(r, 503, "el servidor ha tardado demasiado");
    } else if (rc < 0) {
        log_failure(r, "el manejador", rc);
        fail_inside(r);
    } else {
        as_log_error("el manejador de %s %s terminó sin responder", r->route->method,
                     r->route->pattern);
        fail_inside(r);
    }
}

/* La petición deja de estar apartada: libmicrohttpd la llamará para que responda. */
static void give_back(as_http_server_request *r)
{
    if (r->connection->inner)
        as__loop->pending_io++;
    MHD_resume_connection(r->mhd);
    as__engine_kick(r->server);
}

static int handle(void *arg)
{
    as_http_server_request *r = arg;

    r->task = as_current_task();
    as_scope_enter(&r->scope, r->server->options.request_timeout_ms, 0);
    int rc = r->route->handler(r, r->route->arg);
    bool out_of_time = rc == UV_ECANCELED && r->scope.expired;
    rc = as_scope_leave(&r->scope, rc);
    conclude(r, rc, out_of_time && rc == UV_ETIMEDOUT);
    close_dependencies(r, rc);
    r->finished = true;
    if (r->settled)
        give_back(r);
    return 0;
}

static void settle(struct as__job *job)
{
    as_http_server_request *r = as__container_of(job, as_http_server_request, settle);

    r->settled = true;
    if (!r->task) { /* no llegó a correr: la cancelaron antes, o no había memoria */
        as_http_fail(r, 503, "el servidor no puede atender ahora la petición");
        r->finished = true;
    }
    if (r->finished)
        give_back(r);
    else if (r->connection->left)
        as__request_left(r);
}

void as__request_left(as_http_server_request *r)
{
    if (!r->settled || r->finished) /* se le puede contestar sin esperar a nada */
        return;
    r->gone = true;
    as_cancel(r->task);
}

static int start_task(as_http_server_request *r)
{
    char name[AS__NAME_SIZE];

    snprintf(name, sizeof name, "%s %s", r->method, r->path);
    for (char *p = name; *p; p++) { /* irá a registros y terminales: nada de códigos */
        if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
            *p = '?';
    }
    int rc = as__start_soon(&r->server->tasks, name, handle, r,
                            (const void *)r->route->handler);
    if (rc < 0)
        return rc;
    r->settle.run = settle;
    as__loop_push(as__loop, &r->settle);
    MHD_suspend_connection(r->mhd);
    if (r->connection->inner)
        as__loop->pending_io--;
    return 0;
}

/* ---- Despachar ---------------------------------------------------------------------- */

static int refuse_method(as_http_server_request *r)
{
    char *allowed = as__route_allowed(r);

    if (!allowed)
        return UV_ENOMEM;
    int rc = as_http_reply_header(r, "Allow", allowed);
    free(allowed);
    if (rc == 0)
        as_http_fail(r, 405, "esta ruta no admite el método %s", r->method);
    return rc;
}

/* La petición está entera: o se responde ya, o nace su tarea. */
static void dispatch(as_http_server_request *r)
{
    static const char no_memory[] = "el servidor no tiene memoria para la petición";
    int rc = r->refused ? 0 : as__request_parse(r);

    if (rc == UV_EINVAL) {
        as_http_fail(r, 400, "un %%00 no puede estar en una dirección");
    } else if (r->refused == MHD_HTTP_CONTENT_TOO_LARGE) {
        as_http_fail(r, 413, "el cuerpo pasa de %zu bytes", r->server->options.max_body);
    } else if (r->refused || rc < 0) {
        as_http_fail(r, 503, no_memory);
    } else if (as_event_is_set(&r->server->stopping)) {
        as_http_fail(r, 503, "el servidor se está parando");
    } else {
        enum as__match match = as__route_find(r);
        if (match == AS__NO_PATH)
            as_http_fail(r, 404, "no existe esta ruta");
        else if (match == AS__NO_METHOD ? refuse_method(r) < 0 : start_task(r) < 0)
            as_http_fail(r, 503, no_memory);
    }
}

/* ¿Espera el cliente nuestro permiso para enviar el cuerpo? */
static bool expects_permission(const as_http_server_request *r)
{
    const char *expect = as_http_request_header(r, "Expect");

    return expect && strcasecmp(expect, "100-continue") == 0;
}

enum MHD_Result as__request_access(void *arg, struct MHD_Connection *mhd, const char *url,
                                   const char *method, const char *version,
                                   const char *data, size_t *size, void **context)
{
    as_http_server_request *r = *context;
    bool new = !r;

    (void)version;
    if (new) {
        r = *context = begin(arg, mhd, url, method);
        if (!r)
            return MHD_NO;
        if (!r->refused || !expects_permission(r))
            return MHD_YES;
    }
    if (*size > 0) {
        receive(r, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (!r->dispatched) {
        r->dispatched = true;
        r->server->active++;
        r->connection->request = r;
        as__connection_rest(r->connection);
        dispatch(r);
        if (!r->response && r->route)
            return MHD_YES; /* la tarea responderá */
    }
    return as__reply_queue(r);
}
