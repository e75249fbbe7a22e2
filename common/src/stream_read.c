#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stream_internal.h"

/*
 * libuv lee en cuanto hay algo, también cuando nadie lo espera, y lo deja en el búfer del
 * flujo: parar y reanudar la lectura en cada espera costaría dos llamadas al sistema por
 * mensaje. Con HIGH_WATER bytes sin leer se para hasta que alguien vuelva a necesitar
 * datos; entonces el núcleo deja de aceptar y el otro extremo, de enviar.
 */

enum {
    FIRST_CAPACITY = 4096,
    MIN_SPACE = 1024, /* leer menos de una vez no compensa */
    HIGH_WATER = 64 * 1024
};

/* ---- El búfer ----------------------------------------------------------------------- */

static size_t unread(const as_stream *s)
{
    return s->end - s->start;
}

/* Antes del primer dato no hay búfer, y a NULL no se le suma ni cero. */
static const char *first_unread(const as_stream *s)
{
    return s->data ? s->data + s->start : "";
}

/* Hace sitio detrás de lo recibido: mueve si hay medio búfer libre y, si no, lo dobla. */
static int make_space(as_stream *s)
{
    if (s->start == s->end)
        s->start = s->end = 0;
    if (s->capacity - s->end >= MIN_SPACE)
        return 0;
    if (unread(s) <= s->capacity / 2 && s->capacity > 0) {
        memmove(s->data, s->data + s->start, unread(s));
        s->end -= s->start;
        s->start = 0;
        return 0;
    }
    size_t capacity = s->capacity ? s->capacity * 2 : FIRST_CAPACITY;
    char *data = realloc(s->data, capacity);
    if (!data)
        return UV_ENOMEM;
    s->data = data;
    s->capacity = capacity;
    return 0;
}

static void consume(as_stream *s, size_t n)
{
    s->start += n;
}

/* Tira lo que falta de una línea que no cupo. */
static void skip_line(as_stream *s)
{
    char *newline = memchr(s->data + s->start, '\n', unread(s));

    s->skip_line = !newline;
    consume(s, newline ? (size_t)(newline + 1 - (s->data + s->start)) : unread(s));
}

/* ---- Lo que llega ------------------------------------------------------------------- */

static void stop(as_stream *s)
{
    if (s->reading)
        uv_read_stop(&s->uv.stream);
    s->reading = false;
}

static void wake_reader(as_stream *s, int status)
{
    if (!as__list_empty(&s->reader_wait))
        as__wake(as__container_of(s->reader_wait.next, struct as__wait, link), status);
}

static void arrived(as_stream *s, size_t n)
{
    s->end += n;
    s->received += n;
    if (s->skip_line)
        skip_line(s);
    if (unread(s) >= s->enough)
        wake_reader(s, 0);
    if (unread(s) >= HIGH_WATER && as__list_empty(&s->reader_wait))
        stop(s);
}

static void ended(as_stream *s, int status)
{
    if (s->kind == AS__TTY && status == UV_EIO)
        status = UV_EOF; /* así dice el núcleo que la terminal ya no está */
    s->read_status = status;
    stop(s);
    wake_reader(s, 0);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    as_stream *s = (as_stream *)handle;

    (void)suggested;
    *buffer = uv_buf_init(NULL, 0);
    if (make_space(s) == 0) {
        buffer->base = s->data + s->end;
        buffer->len = s->capacity - s->end;
    }
}

static void on_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buffer)
{
    as_stream *s = (as_stream *)handle;

    (void)buffer;
    if (n > 0) {
        arrived(s, (size_t)n);
    } else if (n == UV_ENOBUFS) { /* on_alloc no tuvo memoria: quizá luego sí */
        stop(s);
        wake_reader(s, UV_ENOMEM);
    } else if (n < 0) {
        ended(s, (int)n);
    }
}

/* Un archivo siempre está listo: se lee aquí mismo. */
static int read_file(as_stream *s)
{
    int rc = make_space(s);
    if (rc < 0)
        return rc;
    ssize_t n = read(s->fd, s->data + s->end, s->capacity - s->end);
    if (n > 0)
        arrived(s, (size_t)n);
    else if (n == 0)
        s->read_status = UV_EOF;
    else if (errno != EINTR)
        s->read_status = -errno;
    return 0;
}

/* ---- Quien espera ------------------------------------------------------------------- */

/* Espera a tener `enough` bytes sin leer: 0, UV_EOF u otro error. */
static int need(as_stream *s, size_t enough)
{
    while (unread(s) < enough) {
        int rc = s->read_status;
        if (rc == 0 && s->kind == AS__FILE) {
            rc = read_file(s);
            if (rc < 0)
                return rc;
            continue;
        }
        if (rc == 0 && !s->reading) {
            rc = uv_read_start(&s->uv.stream, on_alloc, on_read);
            if (rc == UV_ENOTCONN)
                return as_error_set(rc, "este flujo es solo de escritura");
            s->reading = rc == 0;
        }
        if (rc < 0)
            return rc;
        struct as__wait wait;
        as__wait_init(&wait, "datos de un flujo", NULL);
        s->enough = enough;
        rc = as__stream_wait(s, &s->reader_wait, &wait);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int begin(as_stream *s, const char *function)
{
    as_task *self = as__task_required(function);

    int rc = as__stream_enter(s);
    if (rc < 0)
        return rc;
    if (s->reader) {
        rc = as_error_set(
            UV_EBUSY,
            "la tarea «%s» ya está leyendo de este flujo; que lea una sola y "
            "reparta, o que se turnen con un as_lock",
            as_task_name(s->reader));
        as__stream_leave(s);
        return rc;
    }
    s->reader = self;
    return 0;
}

static void end(as_stream *s)
{
    s->reader = NULL;
    as__stream_leave(s);
}

/* ---- Las cuatro lecturas ------------------------------------------------------------ */

ssize_t as_read(as_stream *s, void *buffer, size_t size)
{
    ssize_t rc = begin(s, "as_read");
    if (rc < 0)
        return rc;
    rc = size > 0 ? need(s, 1) : UV_EINVAL;
    if (rc == 0) {
        if (size > unread(s))
            size = unread(s);
        memcpy(buffer, s->data + s->start, size);
        consume(s, size);
        rc = (ssize_t)size;
    } else if (rc == UV_EOF) {
        rc = 0;
    }
    end(s);
    return rc;
}

int as_readexactly(as_stream *s, void *buffer, size_t size)
{
    int rc = begin(s, "as_readexactly");
    if (rc < 0)
        return rc;
    rc = need(s, size);
    if (rc == 0 && size > 0) {
        memcpy(buffer, s->data + s->start, size);
        consume(s, size);
    } else if (rc == UV_EOF) {
        as_error_set(rc, "se acabó el flujo: llegaron %zu de %zu bytes", unread(s), size);
    }
    end(s);
    return rc;
}

/* Entrega los `length` primeros bytes como texto y consume `whole`. */
static ssize_t deliver(as_stream *s, char *text, size_t length, size_t whole)
{
    memcpy(text, s->data + s->start, length);
    text[length] = '\0';
    consume(s, whole);
    return (ssize_t)length;
}

/* La línea está entera en los `whole` primeros bytes, de los que `length` son texto. */
static ssize_t take_line(as_stream *s, char *line, size_t size, size_t length,
                         size_t whole)
{
    if (length < size)
        return deliver(s, line, length, whole);
    consume(s, whole);
    return UV_EMSGSIZE;
}

static ssize_t find_line(as_stream *s, char *line, size_t size)
{
    size_t seen = 0;

    for (;;) {
        const char *text = first_unread(s);
        const char *newline = unread(s) > seen
                                  ? memchr(text + seen, '\n', unread(s) - seen)
                                  : NULL;
        if (newline) {
            size_t length = (size_t)(newline - text);
            bool cr = length > 0 && newline[-1] == '\r';
            return take_line(s, line, size, length - cr, length + 1);
        }
        seen = unread(s);
        if (seen > size) { /* ni aunque lo último fuera un «\r» */
            skip_line(s);
            return UV_EMSGSIZE;
        }
        int rc = need(s, seen + 1);
        if (rc == UV_EOF && seen > 0)
            return take_line(s, line, size, seen, seen);
        if (rc < 0)
            return rc;
    }
}

ssize_t as_readline(as_stream *s, char *line, size_t size)
{
    ssize_t rc = begin(s, "as_readline");
    if (rc < 0)
        return rc;
    rc = size > 0 ? find_line(s, line, size) : UV_EINVAL;
    if (rc == UV_EMSGSIZE)
        as_error_set(UV_EMSGSIZE, "la línea no cabe en %zu bytes; se descartó", size);
    end(s);
    return rc;
}

static ssize_t find_mark(as_stream *s, const void *mark, size_t length, char *buffer,
                         size_t size)
{
    size_t seen = 0; /* hasta aquí no empieza ninguna marca */

    for (;;) {
        const char *text = first_unread(s);
        const char *found = unread(s) >= seen + length
                                ? memmem(text + seen, unread(s) - seen, mark, length)
                                : NULL;
        if (found) {
            size_t whole = (size_t)(found - text) + length;
            return whole < size ? deliver(s, buffer, whole, whole) : UV_EMSGSIZE;
        }
        if (unread(s) + 1 >= size) /* al menos falta otro byte, y el '\0' */
            return UV_EMSGSIZE;
        if (unread(s) >= length)
            seen = unread(s) - length + 1; /* la marca puede llegar partida */
        int rc = need(s, unread(s) + 1);
        if (rc < 0)
            return rc;
    }
}

ssize_t as_readuntil(as_stream *s, const void *delimiter, size_t length, char *buffer,
                     size_t size)
{
    ssize_t rc = begin(s, "as_readuntil");
    if (rc < 0)
        return rc;
    rc = length > 0 && size > 0 ? find_mark(s, delimiter, length, buffer, size)
                                : UV_EINVAL;
    if (rc == UV_EMSGSIZE)
        as_error_set(UV_EMSGSIZE, "lo que hay hasta la marca no cabe en %zu bytes", size);
    end(s);
    return rc;
}
