#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/stream_internal.h"

/* ---- Nacer -------------------------------------------------------------------------- */

/* Un flujo al que nadie espera no debe mantener vivo el bucle: taparía los interbloqueos.
 * Ver as__peer_recount. */
static void has_handle(as_stream *s)
{
    uv_unref(&s->uv.handle);
    s->has_handle = true;
}

as_stream *as__stream_new(enum as__stream_kind kind, const void *site)
{
    as_stream *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->kind = kind;
    s->fd = s->fd_flags = -1;
    as__list_init(&s->closer);
    as__list_init(&s->reader_wait);
    as__list_init(&s->drainers);
    as__list_init(&s->dial.link);
    s->dial.stream = s;
    as_lock_init(&s->writing);
    if (kind == AS__TCP)
        uv_tcp_init(&as__loop->uv, &s->uv.tcp);
    else if (kind == AS__PIPE)
        uv_pipe_init(&as__loop->uv, &s->uv.pipe, 0);
    if (kind == AS__TCP || kind == AS__PIPE)
        has_handle(s);
    as__track(&s->tracked, "un flujo", site);
    return s;
}

/* De una terminal libuv abre otro descriptor, el que usa y cierra, y deja el que le dieron. */
static void close_reopened(as_stream *s, int fd)
{
    uv_os_fd_t own;

    if (fd > STDERR_FILENO && uv_fileno(&s->uv.handle, &own) == 0 && own != fd)
        close(fd);
}

int as__stream_adopt(as_stream *s, int fd)
{
    int rc = 0;

    if (fd <= STDERR_FILENO)
        s->fd_flags = fcntl(fd, F_GETFL);
    if (s->kind == AS__TCP) {
        rc = uv_tcp_open(&s->uv.tcp, fd);
        if (rc == 0)
            uv_tcp_nodelay(&s->uv.tcp, 1);
    } else if (s->kind == AS__PIPE) {
        rc = uv_pipe_open(&s->uv.pipe, fd);
    } else if (s->kind == AS__TTY) {
        rc = uv_tty_init(&as__loop->uv, &s->uv.tty, fd, 0);
        if (rc == 0) {
            has_handle(s);
            close_reopened(s, fd);
        }
    }
    if (rc == 0)
        s->fd = fd;
    return rc;
}

int as__stream_open(enum as__stream_kind kind, int fd, const void *site,
                    as_stream **stream)
{
    as_stream *s = as__stream_new(kind, site);

    *stream = NULL;
    if (!s)
        return as__error(UV_ENOMEM);
    int rc = as__stream_adopt(s, fd);
    if (rc < 0) {
        as_stream_close(s);
        return as__error(rc);
    }
    *stream = s;
    return 0;
}

int as_stream_open_fd(int fd, as_stream **stream)
{
    static const struct {
        uv_handle_type type;
        enum as__stream_kind kind;
    } kinds[] = {{UV_TCP, AS__TCP},
                 {UV_NAMED_PIPE, AS__PIPE},
                 {UV_TTY, AS__TTY},
                 {UV_FILE, AS__FILE}};

    as__task_required("as_stream_open_fd");

    *stream = NULL;
    if (fcntl(fd, F_GETFD) < 0)
        return as_error_set(UV_EBADF, "el descriptor %d no está abierto", fd);
    uv_handle_type type = uv_guess_handle(fd);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].type == type)
            return as__stream_open(kinds[i].kind, fd, __builtin_return_address(0),
                                   stream);
    }
    return as_error_set(UV_EINVAL,
                        "el descriptor %d no es una tubería, ni un socket, ni una "
                        "terminal, ni un archivo",
                        fd);
}

int as_stream_pipe(as_stream **reader, as_stream **writer)
{
    const void *site = __builtin_return_address(0);
    uv_file fds[2];

    as__task_required("as_stream_pipe");

    *reader = *writer = NULL;
    int rc = uv_pipe(fds, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE);
    if (rc < 0)
        return as__error(rc);
    rc = as__stream_open(AS__PIPE, fds[0], site, reader);
    if (rc < 0)
        goto fail_reader;
    rc = as__stream_open(AS__PIPE, fds[1], site, writer);
    if (rc < 0)
        goto fail_writer;
    as__peer_join(*reader, *writer);
    return 0;

fail_writer:
    as_stream_close(*reader);
    *reader = NULL;
    close(fds[1]);
    return rc;
fail_reader:
    close(fds[0]);
    close(fds[1]);
    return rc;
}

/* ---- Usar --------------------------------------------------------------------------- */

static void wake_closer(as_stream *s)
{
    if (s->closed && s->users == 0)
        as__wake_first(&s->closer, 0);
}

int as__stream_check(const as_stream *s)
{
    if (s->closing)
        return as_error_set(UV_EBADF, "otra tarea cerró este flujo");
    if (s->cut)
        return as_error_set(UV_ECONNABORTED, "este flujo se cortó con as_stream_abort");
    return 0;
}

int as__stream_enter(as_stream *s)
{
    s->users++;
    int rc = as__checkpoint();
    if (rc == 0)
        rc = as__stream_check(s);
    if (rc < 0)
        as__stream_leave(s);
    return rc;
}

void as__stream_leave(as_stream *s)
{
    s->users--;
    wake_closer(s);
}

int as__stream_wait(as_stream *s, struct as__link *list, struct as__wait *wait)
{
    as__list_append(list, &wait->link);
    as__peer_recount(s);
    wait->task->in_io = true;
    int rc = as__suspend_one(wait);
    wait->task->in_io = false;
    as__peer_recount(s);
    return rc == 0 ? as__stream_check(s) : rc;
}

/* ---- Morir -------------------------------------------------------------------------- */

static void stream_free(as_stream *s)
{
    as__buffer_free(&s->unread);
    free(s->peername);
    free(s->sockname);
    free(s);
}

static void on_close(uv_handle_t *handle)
{
    as_stream *s = (as_stream *)handle; /* el asidero es su primer campo */

    s->closed = true;
    if (s->discarded)
        stream_free(s);
    else
        wake_closer(s);
}

static void close_handle(as_stream *s)
{
    if (s->has_handle)
        uv_close(&s->uv.handle, on_close);
    else
        s->closed = true;
    if (s->kind == AS__FILE && s->fd > STDERR_FILENO)
        close(s->fd);
    if (s->fd >= 0 && s->fd_flags >= 0)
        fcntl(s->fd, F_SETFL, s->fd_flags);
}

/* Lo que quede por entregar se pierde. */
static void cut(as_stream *s)
{
    s->cut = true;
    as__peer_leave(s);
    close_handle(s);
    as__wake_all(&s->reader_wait, 0);
    as__wake_all(&s->drainers, 0);
}

void as_stream_abort(as_stream *s)
{
    if (!s)
        return;
    as__task_required("as_stream_abort");
    if (s->cut)
        return;
    (void)as_stream_peername(s); /* cerrado ya no se pueden preguntar */
    (void)as_stream_sockname(s);
    cut(s);
}

void as_stream_close(as_stream *s)
{
    if (!s)
        return;
    as__task_required("as_stream_close");
    if (s->closing)
        as__misuse("as_stream_close", "este flujo ya se está cerrando");

    if (!s->cut && s->write_status == 0 && as__stream_unsent(s) > 0) {
        s->users++;
        (void)as__stream_wait_level(s, 0); /* si no llega a entregarse, se pierde */
        s->users--;
        if (s->closing)
            as__misuse("as_stream_close", "dos tareas cierran el mismo flujo");
    }
    s->closing = true;
    as__untrack(&s->tracked);
    if (!s->cut)
        cut(s);
    while (!s->closed || s->users > 0)
        as__wait_on_shielded(&s->closer, "que se cierre un flujo");
    stream_free(s);
}

void as__stream_discard(as_stream *s)
{
    as__untrack(&s->tracked);
    s->discarded = true;
    cut(s);
}

/* ---- Nombres ------------------------------------------------------------------------ */

typedef int name_fn(int fd, struct sockaddr *address, socklen_t *size);

static const char *name_of(as_stream *s, name_fn *ask, char **cache)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char text[AS__ADDRESS_SIZE];
    uv_os_fd_t fd;

    if (*cache)
        return *cache;
    if (!s->has_handle || uv_fileno(&s->uv.handle, &fd) < 0 ||
        ask(fd, (struct sockaddr *)&address, &size) != 0)
        return "";
    *cache = strdup(as__address_text((struct sockaddr *)&address, size, text));
    return *cache ? *cache : "";
}

const char *as_stream_peername(as_stream *s)
{
    return name_of(s, getpeername, &s->peername);
}

const char *as_stream_sockname(as_stream *s)
{
    return name_of(s, getsockname, &s->sockname);
}
