#include "web/internal.h"

#include <asinc/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLOSE_MS = 5000 };

/* ---- Morir -------------------------------------------------------------------------- */

void as__request_free(as_web_request *r)
{
    as_web *server = r->server;

    r->connection->request = NULL;
    if (r->dispatched && --server->active == 0)
        as__wake_first(&server->quiet, 0);
    as__reply_discard(r, true);
    as__buffer_free(&r->reply_head);
    free(r->query);
    free(r->segments);
    free(r->body);
    as__buffer_free(&r->received);
    free(r);
}

/* Lo que el cliente sabe de un fallo nuestro: que lo hubo. */
static void fail_inside(as_web_request *r)
{
    r->torn =
        r->torn ||
        r->streaming; /* a media respuesta, que se corte es lo único que puede ver */
    as__reply_discard(r, true);
    as_web_fail(r, 500, "error interno del servidor");
}

/* ---- Dependencias ------------------------------------------------------------------- */

int as_web_depend(as_web_request *r, const as_web_dependency *what, void **resource)
{
    as_task *self = as__task_required("as_web_depend");
    struct as__dependency *d;

    if (self != r->task)
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
        return as__error(UV_ENOMEM);
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
    as_shield_enter(&shield, CLOSE_MS);
    return as_scope_leave(&shield, d->what->close(d->resource, d->what->arg, rc));
}

static void log_failure(const as_web_request *r, const char *what, int rc)
{
    const char *detail = as__error_detail(rc);

    as_log_error("%s de %s %s: %s%s%s", what, r->route->method, r->route->pattern,
                 as_strerror(rc), *detail ? ": " : "", detail);
}

/* `rc` es como terminó el manejador. */
static void close_dependencies(as_web_request *r, int rc)
{
    while (r->dependencies) {
        struct as__dependency *d = r->dependencies;
        r->dependencies = d->next;
        int close_rc = close_one(d, rc);
        if (close_rc < 0 &&
            close_rc != rc) { /* si es el recibido, ya se respondió a él */
            log_failure(r, "cerrar una dependencia", close_rc);
            fail_inside(r);
            rc = rc < 0 ? rc : close_rc;
        }
        free(d);
    }
}

/* ---- La tarea ----------------------------------------------------------------------- */

/* El manejador terminó: lo que el cliente recibe es una respuesta, pase lo que pase. */
static void conclude(as_web_request *r, int rc, bool out_of_time)
{
    bool answered = r->streaming || r->status;
    bool gone = r->gone || (r->torn && r->connection->left);

    if (gone || (rc >= 0 && answered) || (rc < 0 && r->failed))
        return;
    if (rc == UV_ECANCELED && as_cancelled()) {
        r->torn = r->torn || r->streaming;
        as__reply_discard(r, true);
        as_web_fail(r, 503, "el servidor se está parando");
    } else if (out_of_time) {
        log_failure(r, "el manejador", rc);
        as__reply_discard(r, true);
        as_web_fail(r, 503, "el servidor ha tardado demasiado");
    } else if (rc < 0) {
        log_failure(r, "el manejador", rc);
        fail_inside(r);
    } else {
        as_log_error("el manejador de %s %s terminó sin responder", r->route->method,
                     r->route->pattern);
        fail_inside(r);
    }
}

static void finish(as_web_request *r)
{
    if (r->connection->inner)
        as__loop->answering--;
    if (r->streaming)
        as__stream_finish(r);
    as__reply_send(r);
}

static int handle(void *arg)
{
    as_web_request *r = arg;

    r->task = as_current_task();
    as_scope_enter(&r->scope, r->server->options.request_timeout_ms);
    int rc = r->route->handler(r, r->route->arg);
    bool out_of_time = rc == UV_ECANCELED && r->scope.expired;
    int ended = as_scope_leave(&r->scope, rc);
    r->task = NULL;
    conclude(r, ended, out_of_time && ended == UV_ETIMEDOUT);
    /* El de un HEAD acaba bien aunque quedara cortado, y lo suyo no se confirma. */
    close_dependencies(r, ended < 0 ? ended : rc);
    r->finished = true;
    if (r->settled)
        finish(r);
    return 0;
}

static void settle(struct as__job *job)
{
    as_web_request *r = as__container_of(job, as_web_request, settle);

    r->settled = true;
    if (r->finished)
        finish(r);
    else if (r->connection->left)
        as__request_left(r);
}

void as__request_left(as_web_request *r)
{
    /* O se le puede contestar sin esperar a nada, o espera una pila y nacerá cancelada. */
    if (!r->settled || !r->task)
        return;
    r->gone = true;
    as_cancel(r->task);
}

static int start_task(as_web_request *r)
{
    char name[AS__NAME_SIZE];

    snprintf(name, sizeof name, "%s %s", r->head.method, r->head.path);
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
    if (r->connection->inner)
        as__loop->answering++;
    return 0;
}

/* ---- Despachar ---------------------------------------------------------------------- */

/* La ruta existe, y este método no es de los suyos. */
static int answer_allowed(as_web_request *r)
{
    bool asked = strcmp(r->head.method, "OPTIONS") == 0;
    char *allowed = as__route_allowed(r);

    if (!allowed)
        return as__error(UV_ENOMEM);
    int rc = as_web_reply_header(r, "Allow", allowed);
    free(allowed);
    if (rc == 0 && asked)
        rc = as_web_reply(r, 204, NULL, NULL, 0);
    else if (rc == 0)
        as_web_fail(r, 405, "esta ruta no admite el método %s", r->head.method);
    return rc;
}

static const char no_memory[] = "el servidor no tiene memoria para la petición";

/* Pone en marcha la tarea; si no hace falta o no se puede, deja preparada la respuesta. */
static bool start(as_web_request *r)
{
    int rc = as__request_parse(r);

    if (rc == UV_EINVAL) {
        as_web_fail(r, 400, "un %%00 no puede estar en una dirección");
    } else if (rc < 0) {
        as_web_fail(r, 503, no_memory);
    } else if (as_event_is_set(&r->server->stopping)) {
        as_web_fail(r, 503, "el servidor se está parando");
    } else if (*r->head.path == '*') { /* OPTIONS *: ¿estás ahí? */
        if (as_web_reply(r, 204, NULL, NULL, 0) < 0)
            as_web_fail(r, 503, no_memory);
    } else {
        enum as__match match = as__route_find(r);
        if (match == AS__MATCH && start_task(r) == 0)
            return true;
        if (match == AS__NO_PATH)
            as_web_fail(r, 404, "no existe esta ruta");
        else if (match == AS__MATCH || answer_allowed(r) < 0)
            as_web_fail(r, 503, no_memory);
    }
    return false;
}

void as__request_dispatch(as_web_request *r)
{
    struct as__connection *c = r->connection;

    c->phase = AS__HANDLER;
    r->dispatched = true;
    r->server->active++;
    as__connection_rest(c);
    if (!start(r))
        as__reply_send(r);
}
