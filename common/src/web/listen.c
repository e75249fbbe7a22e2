#include "web/internal.h"

#include <poll.h>
#include <unistd.h>

#include <netinet/tcp.h>

enum { RETRY_MS = 100, ACCEPTS_PER_TURN = 64 };

/* ---- Dejar sitio -------------------------------------------------------------------- */

static bool nothing_unread(const struct as__connection *c)
{
    char byte;

    return as__buffer_size(&c->in) == 0 && recv(c->fd, &byte, 1, MSG_PEEK) < 0;
}

/* Una que no tiene nada que decir: se está despidiendo, o es la que más tiempo lleva sin pedir
 * nada. La que está en medio de una petición se queda. */
static struct as__connection *least_needed(as_web *server)
{
    if (!as__list_empty(&server->parting))
        return as__container_of(server->parting.next, struct as__connection, waiting);
    for (struct as__link *l = server->waiting.next; l != &server->waiting; l = l->next) {
        struct as__connection *c = as__container_of(l, struct as__connection, waiting);
        if (c->phase == AS__HEAD && nothing_unread(c))
            return c;
    }
    return NULL;
}

static bool make_room(as_web *server)
{
    struct as__connection *c = least_needed(server);

    if (c)
        as__connection_close(c);
    return c != NULL;
}

/* ---- Aceptar ------------------------------------------------------------------------ */

static void on_retry(uv_timer_t *timer)
{
    as__listen_room(timer->data);
}

/* Las que lleguen esperan en el núcleo. */
static void pause_accepting(as_web *server)
{
    server->full = true;
    uv_poll_stop(&server->listening);
}

/* Sin descriptores, accept falla igual aunque no espere nadie. */
static bool somebody_waits(const as_web *server)
{
    return poll(&(struct pollfd){.fd = server->listen_fd, .events = POLLIN}, 1, 0) > 0;
}

/* Qué hacer tras un accept fallido; true es volver a probar. */
static bool after_failure(as_web *server, int error)
{
    switch (error) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        if (!somebody_waits(server))
            return false;
        if (make_room(server))
            return true;
        pause_accepting(server);
        uv_update_time(&as__loop->uv);
        uv_timer_start(&server->retry, on_retry, RETRY_MS, 0);
        return false;
    default:
        return true; /* un fallo de la conexión que llegaba, ver accept(2) */
    }
}

static bool accept_one(as_web *server)
{
    struct sockaddr_in6 peer; /* también cabe una IPv4 */
    socklen_t size = sizeof peer;

    int fd = accept4(server->listen_fd, (struct sockaddr *)&peer, &size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return after_failure(server, errno);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (as__connection_open(server, fd, (struct sockaddr *)&peer) < 0)
        close(fd); /* esa se pierde; las demás, no */
    return true;
}

/* Al límite, se deja sitio solo para una: no se sabe si detrás hay más. */
static void on_connection(uv_poll_t *poll, int status, int events)
{
    as_web *server = poll->data;

    (void)status, (void)events;
    for (int i = 0; i < ACCEPTS_PER_TURN && server->accepting; i++) {
        if (server->connection_count >= server->options.max_connections) {
            if (i > 0)
                return;
            if (!make_room(server)) {
                pause_accepting(server);
                return;
            }
        }
        if (!accept_one(server))
            return;
    }
}

void as__listen_room(as_web *server)
{
    if (!server->full || !server->accepting)
        return;
    server->full = false;
    uv_poll_start(&server->listening, UV_READABLE, on_connection);
}

/* ---- Nacer y morir ------------------------------------------------------------------ */

int as__listen_open(as_web *server)
{
    struct as__loop *loop = as__loop;
    int rc = uv_poll_init(&loop->uv, &server->listening, server->listen_fd);

    if (rc < 0)
        return rc;
    uv_timer_init(&loop->uv, &server->reaper);
    uv_timer_init(&loop->uv, &server->retry);
    server->handles = 3;
    server->listening.data = server->reaper.data = server->retry.data = server;
    uv_poll_start(&server->listening, UV_READABLE, on_connection);
    server->accepting = true;
    return 0;
}

void as__listen_handle_closed(as_web *server)
{
    if (--server->handles == 0)
        as__wake_first(&server->closer, 0);
}

static void on_handle_closed(uv_handle_t *handle)
{
    as__listen_handle_closed(handle->data);
}

void as__listen_stop(as_web *server)
{
    server->accepting = false;
    uv_close((uv_handle_t *)&server->listening, on_handle_closed);
    close(server->listen_fd);
    server->listen_fd = -1;
}

void as__listen_close(as_web *server)
{
    while (!as__list_empty(&server->connections))
        as__connection_close(
            as__container_of(server->connections.next, struct as__connection, in_server));
    as__buffer_free(&server->spare);
    uv_close((uv_handle_t *)&server->reaper, on_handle_closed);
    uv_close((uv_handle_t *)&server->retry, on_handle_closed);
    as__wait_on_shielded(&server->closer, "que se cierre el servidor HTTP");
}
