#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/stream_internal.h"

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

static size_t unread(const as_stream *s)
{
    return as__buffer_size(&s->unread);
}

static int make_space(as_stream *s)
{
    return as__buffer_reserve(&s->unread,
                              s->unread.capacity ? MIN_SPACE : FIRST_CAPACITY);
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
    as__wake_first(&s->reader_wait, status);
}

static void arrived(as_stream *s, size_t n)
{
    s->unread.end += n;
    s->received += n;
    as__buffer_skip_line(&s->unread, &s->line);
    if (unread(s) >= s->enough)
        wake_reader(s, 0);
    else if (s->inner)
        as__peer_recount(s); /* quizá ya no le falta nada por llegar */
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
        buffer->base = s->unread.data + s->unread.end;
        buffer->len = s->unread.capacity - s->unread.end;
    }
}

/*
 * Con el otro extremo cerrado del todo, libuv da por final una lectura corta, sin mirar si detrás hay
 * un corte u otros datos (los que siguen a un descriptor enviado, o a un byte urgente). 0 si quedan
 * datos; si no, UV_EOF o el error.
 */
static int how_it_ended(const as_stream *s)
{
    uv_os_fd_t fd;
    char byte;
    int left = 0;

    if (s->kind == AS__TTY || uv_fileno(&s->uv.handle, &fd) < 0)
        return UV_EOF;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && errno == ENOTSOCK)
        n = ioctl(fd, FIONREAD, &left) == 0 ? left : 0;
    if (n > 0)
        return 0;
    return n == 0 || errno == EAGAIN || errno == EINTR ? UV_EOF : -errno;
}

static void on_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buffer);

static void on_end(as_stream *s)
{
    int status = how_it_ended(s);

    if (status == 0)
        status = uv_read_start(&s->uv.stream, on_alloc, on_read);
    if (status < 0)
        ended(s, status);
}

static void on_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buffer)
{
    as_stream *s = (as_stream *)handle;

    (void)buffer;
    if (n > 0) {
        arrived(s, (size_t)n);
    } else if (n == UV_EOF) {
        on_end(s);
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
    struct as__buffer *b = &s->unread;
    ssize_t n = read(s->fd, b->data + b->end, b->capacity - b->end);
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
            rc = as__checkpoint(); /* /dev/zero no se acaba, y nunca hay que esperarlo */
            if (rc == 0)
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
            return rc == UV_EOF ? rc : as__error(rc);
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

static void take(as_stream *s, void *buffer, size_t size)
{
    memcpy(buffer, as__buffer_begin(&s->unread), size);
    as__buffer_consume(&s->unread, size);
}

/* ---- Las cuatro lecturas ------------------------------------------------------------ */

ssize_t as_read(as_stream *s, void *buffer, size_t size)
{
    ssize_t rc = begin(s, "as_read");
    if (rc < 0)
        return rc;
    rc = size > 0 ? need(s, 1) : as__error(UV_EINVAL);
    if (rc == 0) {
        if (size > unread(s))
            size = unread(s);
        take(s, buffer, size);
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
        take(s, buffer, size);
    } else if (rc == UV_EOF) {
        as_error_set(rc, "se acabó el flujo: llegaron %zu de %zu bytes", unread(s), size);
    }
    end(s);
    return rc;
}

static ssize_t find_line(as_stream *s, char *line, size_t size)
{
    bool last = false;

    s->line.seen = 0;
    for (;;) {
        ssize_t n = as__buffer_take_line(&s->unread, &s->line, last, line, size);
        if (n != UV_EAGAIN)
            return n;
        int rc = need(s, unread(s) + 1);
        last = rc == UV_EOF;
        if (rc < 0 && !last)
            return rc;
    }
}

ssize_t as_readline(as_stream *s, char *line, size_t size)
{
    ssize_t rc = begin(s, "as_readline");
    if (rc < 0)
        return rc;
    rc = size > 0 ? find_line(s, line, size) : as__error(UV_EINVAL);
    if (rc == UV_EMSGSIZE)
        as_error_set(UV_EMSGSIZE, "la línea no cabe en %zu bytes; se descartó", size);
    else if (rc == UV_EOF)
        as__error(UV_EOF);
    end(s);
    return rc;
}

static ssize_t find_mark(as_stream *s, const void *mark, size_t length, char *buffer,
                         size_t size)
{
    size_t seen = 0; /* hasta aquí no empieza ninguna marca */

    for (;;) {
        const char *text = as__buffer_begin(&s->unread);
        const char *found = unread(s) >= seen + length
                                ? memmem(text + seen, unread(s) - seen, mark, length)
                                : NULL;
        if (found) {
            size_t whole = (size_t)(found - text) + length;
            if (whole >= size)
                return UV_EMSGSIZE;
            take(s, buffer, whole);
            buffer[whole] = '\0';
            return (ssize_t)whole;
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
                                : as__error(UV_EINVAL);
    if (rc == UV_EMSGSIZE)
        as_error_set(UV_EMSGSIZE, "lo que hay hasta la marca no cabe en %zu bytes", size);
    else if (rc == UV_EOF)
        as__error(UV_EOF);
    end(s);
    return rc;
}
