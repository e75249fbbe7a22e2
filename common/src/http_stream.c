#include <stdlib.h>
#include <string.h>

#include "http_internal.h"

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
    size_t start, end; /* lo recibido y no leído: data[start..end) */
    bool paused;
    char data[CAPACITY];
};

static size_t fill(struct as__transfer *t, const char *data, size_t size)
{
    as_http_stream *s = t->sink_arg;

    if (s->end - s->start + size > CAPACITY) {
        s->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (s->end + size > CAPACITY) {
        memmove(s->data, s->data + s->start, s->end - s->start);
        s->end -= s->start;
        s->start = 0;
    }
    memcpy(s->data + s->end, data, size);
    s->end += size;
    as__transfer_notify(t);
    return size;
}

int as_http_open(as_http *http, const as_http_request *request, as_http_stream **stream)
{
    as__task_required("as_http_open");

    *stream = NULL;
    as_http_stream *s = malloc(sizeof *s);
    if (!s)
        return UV_ENOMEM;
    s->start = s->end = 0;
    s->paused = false;
    int rc = as__exchange_run(&s->exchange, http, request, fill, s, true);
    if (rc < 0) {
        free(s);
        return rc;
    }
    *stream = s;
    return 0;
}

int as_http_stream_status(const as_http_stream *stream)
{
    return stream->exchange.transfer->status;
}

const char *as_http_stream_header(const as_http_stream *stream, const char *name)
{
    return as__transfer_header(stream->exchange.transfer, name);
}

/* Reanudar puede llamar a `fill` aquí mismo, con lo que libcurl había retenido. */
static void resume(as_http_stream *s)
{
    struct as__transfer *t = s->exchange.transfer;

    s->paused = false;
    CURLcode rc = curl_easy_pause(t->easy, CURLPAUSE_CONT);
    if (rc != CURLE_OK && !t->done)
        as__transfer_finished(t, rc);
    as__http_kick(t->http);
}

ssize_t as_http_read(as_http_stream *s, void *buffer, size_t size)
{
    struct as__transfer *t = s->exchange.transfer;

    as__task_required("as_http_read");
    if (as_cancelled())
        return UV_ECANCELED;
    if (!as__list_empty(&t->waiter))
        return as_error_set(UV_EBUSY, "otra tarea está leyendo este flujo");
    while (s->start == s->end && !t->done) {
        int rc = as__transfer_wait(t);
        if (rc < 0)
            return rc;
    }
    size_t ready = s->end - s->start;
    if (ready == 0)
        return as__transfer_result(t);
    if (size > ready)
        size = ready;
    memcpy(buffer, s->data + s->start, size);
    s->start += size;
    if (s->paused && s->end - s->start <= LOW_WATER)
        resume(s);
    return (ssize_t)size;
}

void as_http_stream_close(as_http_stream *s)
{
    if (!s)
        return;
    struct as__transfer *t = s->exchange.transfer;
    if (!as__list_empty(&t->waiter))
        as__misuse("as_http_stream_close", "otra tarea está leyendo este flujo");
    as__exchange_end(&s->exchange, t->done && t->result == CURLE_OK);
    free(s);
}
