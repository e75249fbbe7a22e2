#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/stream_internal.h"

/*
 * No se usa uv_listen: acepta las conexiones antes de que nadie las pida y, cuando se
 * acaban los descriptores, las corta. Aquí esperan en el núcleo a que una tarea las acepte.
 */

enum { DEFAULT_BACKLOG = 128, RETRY_MS = 100 };

/* ---- Escuchar ----------------------------------------------------------------------- */

static int listener_new(enum as__stream_kind kind, int fd, const void *site,
                        as_listener **listener)
{
    as_listener *l = calloc(1, sizeof *l);
    socklen_t size = sizeof l->address;

    if (!l)
        return as__error(UV_ENOMEM);
    int rc = uv_poll_init(&as__loop->uv, &l->poll, fd);
    if (rc < 0) {
        free(l);
        return rc;
    }
    uv_unref((uv_handle_t *)&l->poll);
    l->kind = kind;
    l->fd = fd;
    as__list_init(&l->acceptors);
    as__list_init(&l->closer);
    getsockname(fd, (struct sockaddr *)&l->address, &size);
    as__address_text((struct sockaddr *)&l->address, size, l->name);
    as__list_append(&as__loop->listeners, &l->in_loop);
    as__track(&l->tracked, "un servidor", site);
    *listener = l;
    return 0;
}

static int open_socket(int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd < 0 ? -errno : fd;
}

static int start_listening(int fd, const struct sockaddr *address, socklen_t size,
                           int backlog)
{
    if (bind(fd, address, size) != 0 ||
        listen(fd, backlog > 0 ? backlog : DEFAULT_BACKLOG) != 0)
        return -errno;
    return 0;
}

static int explain(int rc, const struct sockaddr *address, socklen_t size)
{
    char text[AS__ADDRESS_SIZE];

    return as_error_set(rc, "no se pudo escuchar en %s: %s",
                        as__address_text(address, size, text), as_strerror(rc));
}

int as_listen(const char *host, int port, int backlog, as_listener **listener)
{
    struct as__addresses addresses;

    as__task_required("as_listen");

    *listener = NULL;
    int rc = as__address_find(host ? host : "0.0.0.0", port, &addresses);
    if (rc < 0)
        return rc;
    const union as__address first = addresses.list[0];
    as__addresses_free(&addresses);
    const struct sockaddr *address = &first.any;
    socklen_t size = as__address_size(address);
    int fd = open_socket(address->sa_family);
    if (fd < 0)
        return explain(fd, address, size);
    /* Sin esto, un servidor reiniciado tendría que esperar a que el núcleo olvide las
     * conexiones de antes. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    rc = start_listening(fd, address, size, backlog);
    if (rc == 0)
        rc = listener_new(AS__TCP, fd, __builtin_return_address(0), listener);
    if (rc == 0)
        return 0;
    close(fd);
    return explain(rc, address, size);
}

/* Un socket Unix sobrevive en el disco al programa que lo creó. Borra el de la ruta si
 * nadie escucha ya en él. */
static bool remove_stale(const struct sockaddr_un *address)
{
    struct stat info;
    int fd = open_socket(AF_UNIX);

    if (fd < 0)
        return false;
    bool stale = stat(address->sun_path, &info) == 0 && S_ISSOCK(info.st_mode) &&
                 connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                 errno == ECONNREFUSED;
    close(fd);
    return stale && unlink(address->sun_path) == 0;
}

int as_listen_unix(const char *path, int backlog, as_listener **listener)
{
    struct sockaddr_un address;
    struct stat info;

    as__task_required("as_listen_unix");

    *listener = NULL;
    int rc = as__address_unix(path, &address);
    if (rc < 0)
        return rc;
    const struct sockaddr *generic = (const struct sockaddr *)&address;
    int fd = open_socket(AF_UNIX);
    if (fd < 0)
        return explain(fd, generic, sizeof address);
    rc = start_listening(fd, generic, sizeof address, backlog);
    if (rc == UV_EADDRINUSE && remove_stale(&address))
        rc = start_listening(fd, generic, sizeof address, backlog);
    if (rc < 0)
        goto fail;
    rc = listener_new(AS__PIPE, fd, __builtin_return_address(0), listener);
    if (rc < 0) {
        unlink(path);
        goto fail;
    }
    if (stat(path, &info) == 0) {
        (*listener)->path_dev = info.st_dev;
        (*listener)->path_ino = info.st_ino;
    }
    return 0;

fail:
    close(fd);
    return explain(rc, generic, sizeof address);
}

int as_listener_port(const as_listener *l)
{
    return as__address_port((const struct sockaddr *)&l->address);
}

const char *as_listener_name(const as_listener *l)
{
    return l->name;
}

/* ---- Aceptar ------------------------------------------------------------------------ */

static void on_connection(uv_poll_t *poll, int status, int events)
{
    as_listener *l = as__container_of(poll, as_listener, poll);

    (void)status; /* si algo va mal, lo dirá accept */
    (void)events;
    if (as__wake_first(&l->acceptors, 0))
        return;
    uv_poll_stop(poll); /* aquí y no antes: quien acepta en un bucle vuelve enseguida */
    l->polling = false;
}

/* No cuenta como espera al mundo exterior: un servidor ocioso no debe frenar el reloj
 * virtual. Pero, mientras alguien acepte, no hay interbloqueo. */
static int wait_connection(as_listener *l)
{
    struct as__wait wait;

    if (!l->polling) {
        int rc = uv_poll_start(&l->poll, UV_READABLE, on_connection);
        if (rc < 0)
            return rc;
        l->polling = true;
    }
    uv_ref((uv_handle_t *)&l->poll);
    as__wait_init(&wait, "que se conecte un cliente", NULL);
    as__list_append(&l->acceptors, &wait.link);
    as__peer_accepting(l);
    wait.task->in_io = true;
    int rc = as__suspend_one(&wait);
    wait.task->in_io = false;
    as__peer_accepting(l);
    if (as__list_empty(&l->acceptors))
        uv_unref((uv_handle_t *)&l->poll);
    return rc;
}

/* Qué hacer tras un accept fallido; 0 es volver a probar. */
static int after_failure(as_listener *l, int error)
{
    switch (error) {
    case EAGAIN:
        return wait_connection(l);
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return as_sleep(RETRY_MS); /* la conexión espera; ya se cerrará alguna otra */
    case EBADF:
    case EINVAL:
        return as__error(-error);
    default:
        return 0; /* un fallo de la conexión que llegaba, ver accept(2) */
    }
}

static int accept_one(as_listener *l, const void *site, as_stream **stream)
{
    for (;;) {
        if (l->closing)
            return as__error(UV_EOF);
        int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            int rc = after_failure(l, errno);
            if (rc < 0)
                return rc;
            continue;
        }
        int rc = as__stream_open(l->kind, fd, site, stream);
        if (rc < 0)
            close(fd);
        else
            as__peer_accepted(*stream);
        return rc;
    }
}

static void wake_closer(as_listener *l)
{
    if (l->closed && l->users == 0)
        as__wake_first(&l->closer, 0);
}

int as__accept(as_listener *l, const void *site, as_stream **stream)
{
    *stream = NULL;
    l->users++;
    int rc = as__checkpoint();
    if (rc == 0)
        rc = accept_one(l, site, stream);
    l->users--;
    wake_closer(l);
    return rc;
}

int as_accept(as_listener *l, as_stream **stream)
{
    as__task_required("as_accept");
    return as__accept(l, __builtin_return_address(0), stream);
}

/* ---- Cerrar ------------------------------------------------------------------------- */

static void on_close(uv_handle_t *handle)
{
    as_listener *l = as__container_of(handle, as_listener, poll);

    l->closed = true;
    wake_closer(l);
}

static void remove_path(const as_listener *l)
{
    const struct sockaddr_un *address = (const struct sockaddr_un *)&l->address;
    struct stat info;

    if (l->kind == AS__PIPE && stat(address->sun_path, &info) == 0 &&
        info.st_dev == l->path_dev && info.st_ino == l->path_ino)
        unlink(address->sun_path);
}

void as_listener_close(as_listener *l)
{
    if (!l)
        return;
    as__task_required("as_listener_close");
    if (l->closing)
        as__misuse("as_listener_close", "este servidor ya se está cerrando");

    l->closing = true;
    as__untrack(&l->tracked);
    as__list_remove(&l->in_loop);
    as__peer_unlisten(l);
    remove_path(l);
    uv_close((uv_handle_t *)&l->poll, on_close);
    close(l->fd);
    as__wake_all(&l->acceptors, 0);
    while (!l->closed || l->users > 0)
        as__wait_on_shielded(&l->closer, "que se cierre un servidor");
    free(l);
}
