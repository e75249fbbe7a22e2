#include "web/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Nada se copia ni se guarda: quien escribe un trozo se queda suspendido hasta que el núcleo
 * lo ha aceptado entero, y así no puede ir más deprisa que su cliente.
 */

/* Espera a que el cliente recoja; si no llega a salir entero, no hay quien lo siga. */
static int wait_collected(as_web_request *r)
{
    struct as__connection *c = r->connection;

    as__connection_wait(c);
    if (!c->inner)
        as__io_begin();
    int rc = as__wait_on(&c->writer, "que el cliente recoja la respuesta");
    if (!c->inner)
        as__io_end();
    as__connection_rest(c);
    if (rc < 0) {
        r->torn = true;
        c->out_first = c->out_count = 0;
    }
    return rc;
}

static int put_out(as_web_request *r)
{
    int rc = as__out_flush(r->connection);

    if (rc > 0)
        return 0;
    if (rc == 0)
        return wait_collected(r);
    as__connection_broken(r->connection);
    return as__error(UV_ECANCELED);
}

int as_web_reply_start(as_web_request *request, int status, const char *content_type)
{
    as__task_required("as_web_reply_start");

    int rc = as__checkpoint();
    if (rc == 0)
        rc = as__reply_prepare_stream(request, status, content_type);
    if (rc < 0)
        return rc;
    as__reply_announce(request);
    request->streaming = true;
    if (request->head.minor == 0)
        request->close = true; /* el final es que se cierre */
    rc = as__reply_write_head(request);
    if (rc < 0) {
        request->streaming = false;
        as__reply_discard(request, false);
        return rc;
    }
    as__timer_stop(&request->scope.timer);
    rc = put_out(request);
    if (rc == 0 && as__reply_has_no_body(request)) /* ya tiene todo lo que pidió */
        as_scope_cancel(&request->scope);
    return rc;
}

static int check_started(const as_web_request *r)
{
    if (!r->streaming)
        return as_error_set(UV_EINVAL, "una respuesta se empieza con as_web_reply_start "
                                       "antes de escribirla");
    if (!as__list_empty(&r->connection->writer))
        return as_error_set(UV_EBUSY, "otra tarea está escribiendo esta respuesta");
    return r->torn ? UV_ECANCELED : 0;
}

int as_web_reply_write(as_web_request *request, const void *data, size_t size)
{
    struct as__connection *c = request->connection;

    as__task_required("as_web_reply_write");

    int rc = as__checkpoint();
    if (rc == 0)
        rc = check_started(request);
    if (rc < 0 || size == 0 || as__reply_has_no_body(request))
        return rc;
    if (request->head.minor == 0) {
        as__out_add(c, data, size);
        return put_out(request);
    }
    int n = snprintf(request->chunk_line, sizeof request->chunk_line, "%zx\r\n", size);
    as__out_add(c, request->chunk_line, (size_t)n);
    as__out_add(c, data, size);
    as__out_add(c, "\r\n", 2);
    return put_out(request);
}

int as_web_reply_writef(as_web_request *request, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    int size = vasprintf(&text, format, args);
    va_end(args);
    if (size < 0)
        return as__error(UV_ENOMEM);
    int rc = as_web_reply_write(request, text, (size_t)size);
    free(text);
    return rc;
}

void as__stream_finish(as_web_request *r)
{
    static const char last[] = "0\r\n\r\n";

    if (!r->torn && r->head.minor > 0 && !as__reply_has_no_body(r))
        as__out_add(r->connection, last, sizeof last - 1);
}
