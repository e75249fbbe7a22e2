#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

/*
 * Entre libcurl y quien lee hay un búfer. Lleno, el callback responde «pausa»: libcurl
 * deja de leer del socket, el núcleo deja de aceptar y el servidor deja de enviar. Cuando
 * quien lee lo ha vaciado casi todo, se reanuda; reanudar por cada byte libre sería
 * pausar otra vez enseguida.
 */

enum {
    CHUNK = CURL_MAX_WRITE_SIZE, /* lo que libcurl retiene de más al pausarla */
    CAPACITY = 256 * 1024 - CHUNK,
    LOW_WATER = CAPACITY / 4
};

struct as_http_stream {
    struct as__exchange exchange;
    struct as__buffer received; /* y no leído */
};

static size_t fill(struct as__transfer *t, const char *data, size_t size)
{
    as_http_stream *s = t->sink_arg;

    if (as__buffer_size(&s->received) + size > CAPACITY) {
        t->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    t->error = as__buffer_append(&s->received, data, size);
    if (t->error)
        return 0;
    as__transfer_notify(t);
    return size;
}

int as_http_open(as_http *http, const as_http_request *request, as_http_stream **stream)
{
    as__task_required("as_http_open");

    *stream = NULL;
    as_http_stream *s = calloc(1, sizeof *s);
    if (!s)
        return as__error(UV_ENOMEM);
    int rc = as__exchange_run(&s->exchange, http, request, fill, s, true);
    if (rc < 0) {
        as__buffer_free(&s->received);
        free(s);
        return rc;
    }
    *stream = s;
    return 0;
}

int as_http_stream_status(const as_http_stream *stream)
{
    return stream->exchange.transfer.status;
}

const char *as_http_stream_header(const as_http_stream *stream, const char *name)
{
    return as__head_find(&stream->exchange.transfer.head, name);
}

/* Reanudar puede llamar a `fill` aquí mismo, con lo que libcurl había retenido. */
static void resume(as_http_stream *s)
{
    struct as__transfer *t = &s->exchange.transfer;

    t->paused = false;
    CURLcode rc = curl_easy_pause(t->easy, CURLPAUSE_CONT);
    if (rc != CURLE_OK && !t->done)
        as__transfer_finished(t, rc);
    as__http_kick(t->http);
}

ssize_t as_http_read(as_http_stream *s, void *buffer, size_t size)
{
    struct as__transfer *t = &s->exchange.transfer;

    as__task_required("as_http_read");
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    if (!as__list_empty(&t->waiter))
        return as_error_set(UV_EBUSY, "otra tarea está leyendo este flujo");
    while (as__buffer_size(&s->received) == 0 && !t->done) {
        rc = as__transfer_wait(t);
        if (rc < 0)
            return rc;
    }
    size_t ready = as__buffer_size(&s->received);
    if (ready == 0)
        return as__exchange_outcome(&s->exchange);
    if (size > ready)
        size = ready;
    memcpy(buffer, as__buffer_begin(&s->received), size);
    as__buffer_consume(&s->received, size);
    if (t->paused && as__buffer_size(&s->received) <= LOW_WATER)
        resume(s);
    return (ssize_t)size;
}

void as_http_stream_close(as_http_stream *s)
{
    if (!s)
        return;
    struct as__transfer *t = &s->exchange.transfer;
    if (!as__list_empty(&t->waiter))
        as__misuse("as_http_stream_close", "otra tarea está leyendo este flujo");
    as__exchange_end(&s->exchange);
    as__buffer_free(&s->received);
    free(s);
}
