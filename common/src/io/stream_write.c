#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/stream_internal.h"

/*
 * Lo escrito va derecho al núcleo; solo lo que no cabe se copia y queda en la cola de
 * libuv. Antes de escribir, y no después, se espera a que esa cola baje: así una escritura
 * cancelada no escribió nada, y una aceptada lo fue entera.
 */

enum { HIGH_WATER = 64 * 1024, LOW_WATER = HIGH_WATER / 4 };

/* Lo que no cupo en el núcleo. */
struct rest {
    uv_write_t request;
    char data[];
};

/* Una tarea que espera a que queden como mucho `level` bytes por entregar. */
struct drainer {
    struct as__wait wait;
    size_t level;
};

size_t as__stream_unsent(const as_stream *s)
{
    return s->has_handle ? uv_stream_get_write_queue_size(&s->uv.stream) : 0;
}

int as__stream_wait_level(as_stream *s, size_t level)
{
    while (s->write_status == 0 && as__stream_unsent(s) > level) {
        struct drainer drainer = {.level = level};
        as__wait_init(&drainer.wait, "que el otro extremo de un flujo lea", NULL);
        int rc = as__stream_wait(s, &s->drainers, &drainer.wait);
        if (rc < 0)
            return rc;
    }
    return as__error(s->write_status);
}

static void wake_drainers(as_stream *s)
{
    size_t unsent = as__stream_unsent(s);
    struct as__link *link = s->drainers.next;

    while (link != &s->drainers) {
        struct drainer *d = as__container_of(link, struct drainer, wait.link);
        link = link->next; /* despertarla la saca de la lista */
        if (s->write_status < 0 || unsent <= d->level)
            as__wake(&d->wait, 0);
    }
}

static void on_written(uv_write_t *request, int status)
{
    as_stream *s = request->data;

    free(as__container_of(request, struct rest, request));
    if (status < 0 && s->write_status == 0)
        s->write_status = status;
    wake_drainers(s);
}

/* Lo que no se puede escribir, roto queda: si llegó un trozo, lo siguiente no tendría
 * sentido para quien lee. */
static int broken(as_stream *s, int status)
{
    s->write_status = status;
    return as__error(status);
}

static int write_later(as_stream *s, const char *data, size_t size)
{
    struct rest *rest = malloc(sizeof *rest + size);
    if (!rest)
        return broken(s, UV_ENOMEM);
    memcpy(rest->data, data, size);
    rest->request.data = s;
    uv_buf_t buffer = {.base = rest->data, .len = size};
    int rc = uv_write(&rest->request, &s->uv.stream, &buffer, 1, on_written);
    if (rc < 0) {
        free(rest);
        return broken(s, rc);
    }
    return 0;
}

static int write_file(as_stream *s, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(s->fd, data, size);
        if (n < 0 && errno != EINTR)
            return broken(s, -errno);
        if (n > 0) {
            data += n;
            size -= (size_t)n;
        }
    }
    return 0;
}

static int push(as_stream *s, const char *data, size_t size)
{
    if (s->kind == AS__FILE)
        return write_file(s, data, size);
    uv_buf_t buffer = {.base = (char *)data, .len = size};
    int n = uv_try_write(&s->uv.stream, &buffer, 1);
    if (n == UV_EAGAIN)
        n = 0;
    if (n == UV_EPIPE && !uv_is_writable(&s->uv.stream))
        return as_error_set(n, "este flujo es solo de lectura");
    if (n < 0)
        return broken(s, n);
    int rc = (size_t)n < size ? write_later(s, data + n, size - (size_t)n) : 0;
    if (rc < 0)
        return rc;
    s->sent += size;
    if (s->peer)
        as__peer_recount(s->peer);
    return 0;
}

/* ---- La interfaz -------------------------------------------------------------------- */

/* Toma el turno de escribir y deja el flujo listo para ello. */
static int begin(as_stream *s, const char *function)
{
    as__task_required(function);

    int rc = as__stream_enter(s);
    if (rc < 0)
        return rc;
    rc = as_lock_acquire(&s->writing);
    if (rc < 0)
        as__stream_leave(s);
    return rc;
}

static void end(as_stream *s)
{
    as_lock_release(&s->writing);
    as__stream_leave(s);
}

static int check(as_stream *s)
{
    int rc = as__stream_check(s);

    if (rc < 0)
        return rc;
    if (s->shut)
        return as_error_set(UV_EPIPE,
                            "ya dijiste con as_shutdown que no escribirías más");
    return as__error(s->write_status);
}

int as_write(as_stream *s, const void *data, size_t size)
{
    int rc = begin(s, "as_write");
    if (rc < 0)
        return rc;
    rc = check(s);
    if (rc == 0 && as__stream_unsent(s) > HIGH_WATER)
        rc = as__stream_wait_level(s, LOW_WATER);
    if (rc == 0 && size > 0)
        rc = push(s, data, size);
    end(s);
    return rc;
}

int as_writef(as_stream *s, const char *format, ...)
{
    char small[512], *text = small;
    va_list args;

    va_start(args, format);
    int size = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (size < 0)
        return as_error_set(UV_EINVAL, "el formato «%s» no se entiende", format);
    if ((size_t)size >= sizeof small) {
        text = malloc((size_t)size + 1);
        if (!text)
            return as__error(UV_ENOMEM);
        va_start(args, format);
        vsnprintf(text, (size_t)size + 1, format, args);
        va_end(args);
    }
    int rc = as_write(s, text, (size_t)size);
    if (text != small)
        free(text);
    return rc;
}

int as_drain(as_stream *s)
{
    as__task_required("as_drain");

    int rc = as__stream_enter(s);
    if (rc < 0)
        return rc;
    rc = as__stream_wait_level(s, 0);
    as__stream_leave(s);
    return rc;
}

/* Con la cola de libuv vacía basta la llamada al sistema: uv_shutdown solo añade esperar. */
static int shut_down(as_stream *s)
{
    uv_os_fd_t fd = s->fd;

    if (s->has_handle)
        uv_fileno(&s->uv.handle, &fd);
    if (shutdown(fd, SHUT_WR) != 0) {
        int rc = as__error(-errno);
        if (rc == UV_ENOTSOCK)
            as_error_set(rc, "esto no es un socket: para acabarlo, ciérralo");
        return rc;
    }
    s->shut = true;
    if (s->peer)
        as__peer_recount(s->peer);
    return 0;
}

int as_shutdown(as_stream *s)
{
    int rc = begin(s, "as_shutdown");
    if (rc < 0)
        return rc;
    if (!s->shut || s->cut) {
        rc = check(s);
        if (rc == 0)
            rc = as__stream_wait_level(s, 0);
        if (rc == 0)
            rc = shut_down(s);
    }
    end(s);
    return rc;
}
