#include "http_server_internal.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "stream_address.h"

/*
 * libmicrohttpd lleva sus sockets en un epoll. Ese epoll va dentro de otro, el nuestro, que
 * vigila además si el cliente de cada conexión se va: de las que tienen una tarea en marcha
 * ella no se ocupa. Y el nuestro, como un descriptor más, al bucle de libuv.
 */

enum { EVENTS_PER_TURN = 64 };

/* ---- El paso ------------------------------------------------------------------------ */

static void on_alarm(uv_timer_t *timer)
{
    as__engine_kick(timer->data);
}

static void cut_leaving(as_http_server *server);

static void step(as_http_server *server)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;

    MHD_run(server->daemon);
    uv_timer_stop(&server->alarm);
    bool wants = MHD_get_timeout(server->daemon, &timeout_ms) == MHD_YES;
    if (wants && timeout_ms == 0) {
        as__engine_kick(server);
        return;
    }
    if (wants) {
        uv_update_time(&as__loop->uv);
        uv_timer_start(&server->alarm, on_alarm, timeout_ms, 0);
    }
    cut_leaving(server);
}

void as__engine_step(struct as__job *job)
{
    as_http_server *server = as__container_of(job, as_http_server, step);

    server->step_queued = false;
    if (server->daemon)
        step(server);
}

void as__engine_kick(as_http_server *server)
{
    if (server->step_queued)
        return;
    server->step_queued = true;
    as__loop_push(as__loop, &server->step);
}

static void client_left(struct as__connection *connection);

static void on_ready(uv_poll_t *handle, int status, int uv_events)
{
    as_http_server *server = handle->data;
    struct epoll_event ready[EVENTS_PER_TURN];

    (void)status, (void)uv_events;
    int n = epoll_wait(server->epoll_fd, ready, EVENTS_PER_TURN, 0);
    bool work = n == EVENTS_PER_TURN; /* quizá estaba entre los que no cupieron */
    for (int i = 0; i < n; i++) {
        if (ready[i].data.ptr)
            client_left(ready[i].data.ptr);
        else
            work = true;
    }
    if (work) /* lo último: cierra conexiones, y hay sucesos que las nombran */
        step(server);
}

/* ---- Clientes lentos ---------------------------------------------------------------- */

/* Con los dos sentidos cerrados, libmicrohttpd la da por muerta. */
static void cut(struct as__connection *connection)
{
    as__connection_rest(connection);
    shutdown(connection->fd, SHUT_RDWR);
}

static struct as__connection *first_waiting(as_http_server *server)
{
    if (as__list_empty(&server->waiting))
        return NULL;
    return as__container_of(server->waiting.next, struct as__connection, waiting);
}

static void on_reap(uv_timer_t *timer)
{
    as_http_server *server = timer->data;
    struct as__connection *first;
    uint64_t now = uv_hrtime();

    while ((first = first_waiting(server)) && first->deadline_ns <= now)
        cut(first);
    if (first)
        uv_timer_start(timer, on_reap, (first->deadline_ns - now) / 1000000 + 1, 0);
}

static void leave_soon(struct as__connection *connection);

void as__connection_wait(struct as__connection *connection)
{
    as_http_server *server = connection->server;
    uint64_t timeout_ms = (uint64_t)server->options.client_timeout_ms;

    as__connection_rest(connection);
    if (connection->left && !connection->request) {
        leave_soon(connection);
        return;
    }
    connection->deadline_ns = uv_hrtime() + timeout_ms * 1000000;
    as__list_append(&server->waiting, &connection->waiting);
    /* Si ya está en marcha, es por otra que vence antes. */
    if (!uv_is_active((uv_handle_t *)&server->reaper)) {
        uv_update_time(&as__loop->uv);
        uv_timer_start(&server->reaper, on_reap, timeout_ms, 0);
    }
}

void as__connection_rest(struct as__connection *connection)
{
    as__list_remove(&connection->waiting);
}

/* ---- Clientes que se van ------------------------------------------------------------ */

/*
 * El cliente cerró su lado. De lo que enviara antes se ocupa libmicrohttpd; si con eso no
 * completa una petición, se le corta en cuanto ella no tenga nada que hacer: no siempre ve el
 * cierre, porque si llega junto a los datos da por leído el socket.
 */
static void leave_soon(struct as__connection *connection)
{
    as__connection_rest(connection);
    as__list_append(&connection->server->leaving, &connection->waiting);
    as__engine_kick(connection->server);
}

static void cut_leaving(as_http_server *server)
{
    while (!as__list_empty(&server->leaving))
        cut(as__container_of(server->leaving.next, struct as__connection, waiting));
}

static void client_left(struct as__connection *connection)
{
    connection->left = true;
    if (connection->request)
        as__request_left(connection->request);
    else
        leave_soon(connection);
}

/* ---- Conexiones --------------------------------------------------------------------- */

static bool is_local_end(int fd, const struct sockaddr *peer)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char a[AS__ADDRESS_SIZE], b[AS__ADDRESS_SIZE];

    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return false;
    as__address_text((struct sockaddr *)&address, size, a);
    return *a && strcmp(a, as__address_text(peer, as__address_size(peer), b)) == 0;
}

/*
 * ¿Es el cliente un socket de este mismo proceso? Solo importa con el reloj virtual: quien
 * espera la respuesta de un manejador de aquí no espera al mundo exterior, y el tiempo
 * puede saltar mientras el manejador duerme.
 */
static bool is_inner(const struct sockaddr *peer)
{
    bool found = false;
    struct dirent *entry;
    DIR *fds = as__loop->is_virtual ? opendir("/proc/self/fd") : NULL;

    if (!fds)
        return false;
    while (!found && (entry = readdir(fds)))
        found = is_local_end(atoi(entry->d_name), peer);
    closedir(fds);
    return found;
}

static void connection_opened(as_http_server *server, struct MHD_Connection *mhd,
                              void **context)
{
    int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    struct as__connection *connection = calloc(1, sizeof *connection);

    if (!connection) {
        shutdown(fd, SHUT_RDWR);
        return;
    }
    connection->server = server;
    connection->fd = fd;
    connection->inner = is_inner(
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    as__list_init(&connection->waiting);
    /* Si no se puede vigilar, sus tareas solo pierden la ocasión de acabar antes. */
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event);
    as__connection_wait(connection);
    *context = connection;
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct as__connection *connection = *context;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        connection_opened(arg, mhd, context);
    } else if (connection) {
        as__connection_rest(connection);
        /* Que se cierre no basta: si otro proceso lo heredó, epoll seguiría nombrándola. */
        epoll_ctl(connection->server->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
        free(connection);
    }
}

/* Lo decodificamos nosotros, cuando ya está troceado. */
static size_t leave_encoded(void *arg, struct MHD_Connection *mhd, char *text)
{
    (void)arg, (void)mhd;
    return strlen(text);
}

/* ---- Nacer y morir ------------------------------------------------------------------ */

static struct MHD_Daemon *start_daemon(as_http_server *server)
{
    const as_http_server_options *o = &server->options;

    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, as__request_access,
        server, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)server->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->max_connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, o->max_head, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_COMPLETED, as__request_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_UNESCAPE_CALLBACK,
        leave_encoded, NULL, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

int as__engine_open(as_http_server *server)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct as__loop *loop = as__loop;
    int rc;

    server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (server->epoll_fd < 0)
        return uv_translate_sys_error(errno);
    server->daemon = start_daemon(server);
    if (!server->daemon) {
        rc = as_error_set(UV_ENOMEM, "libmicrohttpd no ha podido empezar");
        goto fail_daemon;
    }
    server->listen_fd = -1;
    int fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    rc = UV_ENOMEM;
    if (epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        goto fail_start;
    rc = uv_poll_init(&loop->uv, &server->ready, server->epoll_fd);
    if (rc < 0)
        goto fail_start;
    uv_timer_init(&loop->uv, &server->alarm);
    uv_timer_init(&loop->uv, &server->reaper);
    server->handles = 3;
    server->ready.data = server->alarm.data = server->reaper.data = server;
    /* El servidor solo mantiene vivo el bucle por estar a la escucha. */
    uv_unref((uv_handle_t *)&server->alarm);
    uv_unref((uv_handle_t *)&server->reaper);
    uv_poll_start(&server->ready, UV_READABLE, on_ready);
    as__engine_kick(server); /* aún no vigila el socket en que escucha */
    return 0;

fail_start:
    MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
fail_daemon:
    close(server->epoll_fd);
    return rc;
}

void as__engine_quiesce(as_http_server *server)
{
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);

    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

static void on_handle_closed(uv_handle_t *handle)
{
    as_http_server *server = handle->data;

    if (--server->handles == 0)
        as__wake(as__container_of(server->closer.next, struct as__wait, link), 0);
}

void as__engine_close(as_http_server *server)
{
    struct as__wait wait;

    MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
    as__wait_init(&wait, "que se cierre el servidor HTTP", NULL);
    as__list_append(&server->closer, &wait.link);
    uv_close((uv_handle_t *)&server->ready, on_handle_closed);
    uv_close((uv_handle_t *)&server->alarm, on_handle_closed);
    uv_close((uv_handle_t *)&server->reaper, on_handle_closed);
    as__suspend_closing(&wait);
    close(server->epoll_fd);
}
