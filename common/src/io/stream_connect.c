#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/connect.h"
#include "io/stream_internal.h"

/* ---- TCP ---------------------------------------------------------------------------- */

struct question {
    struct as__resolver resolver;
    const char *host;
};

static int ask_whole(void *arg, struct as__addresses *addresses)
{
    struct question *question = arg;

    return as__resolve_whole(&question->resolver, question->host, addresses);
}

int as_connect(const char *host, int port, as_stream **stream)
{
    struct question question = {.host = host};
    struct as__addresses addresses = {0};
    const struct as__connect to = {.ask_whole = ask_whole,
                                   .arg = &question,
                                   .port = port,
                                   .site = __builtin_return_address(0)};

    as__task_required("as_connect");

    *stream = NULL;
    int rc = as__checkpoint();
    if (rc == 0)
        rc = as__address_check(host, port);
    if (rc == 0 && port == 0) /* pide uno cualquiera, y eso es para escuchar */
        rc = as_error_set(UV_EINVAL, "el puerto de quien escucha va de 1 a 65535");
    if (rc < 0)
        return rc;
    as__resolver_init(&question.resolver);
    rc = as__resolve(&question.resolver, host, &addresses);
    if (rc == 0) {
        rc = as__connect_any(&to, &addresses, stream);
        if (rc < 0 && rc != UV_ECANCELED)
            as_error_set(rc, "no se pudo conectar con %s, puerto %d: %s", host, port,
                         as_strerror(rc));
    }
    as__addresses_free(&addresses);
    as__resolver_close(&question.resolver);
    if (rc == 0)
        uv_tcp_nodelay(&(*stream)->uv.tcp, 1);
    return rc;
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
