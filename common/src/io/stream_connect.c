#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/stream_internal.h"

/* ---- TCP ---------------------------------------------------------------------------- */

/* Un intento de conexión; dura lo que try_address. */
struct attempt {
    uv_connect_t request;
    struct as__link waiter;
};

static void on_connected(uv_connect_t *request, int status)
{
    struct attempt *attempt = as__container_of(request, struct attempt, request);

    /* A quien cancelaron no hay que despertarla: ya está cerrando el flujo. */
    as__wake_first(&attempt->waiter, status);
}

static int wait_connected(as_stream *s, struct attempt *attempt)
{
    struct as__wait wait;

    as__wait_init(&wait, "que se establezca una conexión", NULL);
    s->connecting = true;
    int rc = as__stream_wait(s, &attempt->waiter, &wait);
    s->connecting = false;
    as__peer_recount(s);
    return rc;
}

static int try_address(const struct sockaddr *address, const void *site,
                       as_stream **stream)
{
    struct attempt attempt;
    as_stream *s = as__stream_new(AS__TCP, site);

    if (!s)
        return as__error(UV_ENOMEM);
    as__list_init(&attempt.waiter);
    int rc = uv_tcp_connect(&attempt.request, &s->uv.tcp, address, on_connected);
    if (rc == 0) {
        as__peer_dial(s, address);
        rc = wait_connected(s, &attempt);
    }
    if (rc < 0) {
        as_stream_close(s); /* si aún no se había llamado a on_connected, es ahora */
        return rc;
    }
    uv_tcp_nodelay(&s->uv.tcp, 1);
    *stream = s;
    return 0;
}

int as_connect(const char *host, int port, as_stream **stream)
{
    struct as__addresses addresses;
    int first = 0;

    as__task_required("as_connect");

    *stream = NULL;
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    /* El 0 pide uno cualquiera, y eso solo tiene sentido al escuchar. */
    rc = as__address_find(host, port > 0 ? port : -1, &addresses);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < addresses.count; i++) {
        rc = try_address(&addresses.list[i].any, __builtin_return_address(0), stream);
        if (rc == 0 || rc == UV_ECANCELED)
            return rc;
        if (first == 0)
            first = rc;
    }
    return as_error_set(first, "no se pudo conectar con %s, puerto %d: %s", host, port,
                        as_strerror(first));
}

/* ---- Sockets Unix ------------------------------------------------------------------- */

enum { RETRY_MS = 5 };

/* Se conecta en el acto o falla; con EAGAIN, el servidor tiene llena su cola de espera. */
static int connect_unix(int fd, const struct sockaddr_un *address)
{
    for (;;) {
        if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
            return 0;
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        int rc = as_sleep(RETRY_MS);
        if (rc < 0)
            return rc;
    }
}

int as_connect_unix(const char *path, as_stream **stream)
{
    struct sockaddr_un address;

    as__task_required("as_connect_unix");

    *stream = NULL;
    int rc = as__checkpoint();
    if (rc == 0)
        rc = as__address_unix(path, &address);
    if (rc < 0)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return as__error(-errno);
    as__peer_name_unix(fd);
    rc = connect_unix(fd, &address);
    if (rc < 0)
        goto fail;
    rc = as__stream_open(AS__PIPE, fd, __builtin_return_address(0), stream);
    if (rc < 0)
        goto fail;
    as__peer_dial(*stream, (const struct sockaddr *)&address);
    return 0;

fail:
    close(fd);
    if (rc == UV_ECANCELED)
        return rc;
    return as_error_set(rc, "no se pudo conectar con «%s»: %s", path, as_strerror(rc));
}
