#include "http_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/*
 * libcurl no espera por sí misma: dice qué sockets mirar (on_socket) y cuándo quiere que
 * la llamen (on_timer), y nosotros la llamamos (curl_multi_socket_action). Los sockets
 * van a un epoll propio, y ese epoll, como un descriptor más, al bucle de libuv. Con un
 * uv_poll_t por socket, libcurl obligaría a crearlo y cerrarlo en cada petición, porque
 * suelta el socket al acabar aunque la conexión siga abierta; aquí uno ocioso se queda
 * apuntado y volver a usarlo no cuesta ninguna llamada al sistema.
 */

enum {
    DEFAULT_CONNECTIONS = 100,
    DEFAULT_BODY = 64 << 20,
    DEFAULT_REDIRECTS = 10,
    EVENTS_PER_TURN = 64
};

/* ---- Plazas ------------------------------------------------------------------------- */

int as__http_acquire(as_http *http)
{
    if (as_cancelled())
        return UV_ECANCELED;
    if (http->in_flight < http->max_connections) {
        http->in_flight++;
        return 0;
    }
    struct as__wait wait;
    as__wait_init(&wait, "una plaza en el cliente HTTP", NULL);
    as__list_append(&http->queue, &wait.link);
    return as__suspend_one(&wait); /* quien la despierta le cede su plaza */
}

void as__http_release(as_http *http)
{
    if (as__list_empty(&http->queue))
        http->in_flight--;
    else
        as__wake(as__container_of(http->queue.next, struct as__wait, link), 0);
}

/* ---- Lo que hay que hacer tras cada llamada a libcurl ------------------------------- */

/* libcurl se quedó sin memoria o en un estado imposible: no se la puede llamar más. */
static void break_client(as_http *http, CURLMcode code)
{
    http->broken = code == CURLM_OUT_OF_MEMORY ? UV_ENOMEM : UV_EIO;
    for (struct as__link *l = http->active.next; l != &http->active; l = l->next) {
        struct as__transfer *t = as__container_of(l, struct as__transfer, active);
        if (!t->done) {
            t->error = http->broken;
            as__transfer_finished(t, CURLE_FAILED_INIT);
        }
    }
}

/* Una transferencia puede acabar en cualquier llamada, también en la de otro socket o en
 * la del reloj. */
static void step(as_http *http, curl_socket_t fd, int events)
{
    int running, left;
    CURLMsg *message;

    if (http->broken)
        return;
    CURLMcode code = curl_multi_socket_action(http->multi, fd, events, &running);
    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct as__transfer *transfer;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        as__transfer_finished(transfer, message->data.result);
    }
    if (code != CURLM_OK)
        break_client(http, code);
}

/* ---- El reloj de libcurl ------------------------------------------------------------
 *
 * Va en un temporizador de libuv y no en los plazos del bucle, que pueden ser virtuales:
 * libcurl mide el tiempo real por su cuenta. */

static void run_kick(struct as__job *job)
{
    as_http *http = as__container_of(job, as_http, kick);

    http->kick_queued = false;
    if (!http->closing)
        step(http, CURL_SOCKET_TIMEOUT, 0);
}

void as__http_kick(as_http *http)
{
    if (http->kick_queued)
        return;
    http->kick_queued = true;
    as__loop_push(as__loop, &http->kick);
}

static void on_time(uv_timer_t *timer)
{
    step(timer->data, CURL_SOCKET_TIMEOUT, 0);
    uv_stop(timer->loop); /* quizá despertó a alguien: que libuv no se duerma antes */
}

static int on_timer(CURLM *multi, long timeout_ms, void *arg)
{
    as_http *http = arg;

    (void)multi;
    uv_timer_stop(&http->timer);
    if (timeout_ms == 0) {
        as__http_kick(http); /* «ya», pero nunca desde dentro de libcurl */
    } else if (timeout_ms > 0) {
        uv_update_time(&as__loop->uv);
        uv_timer_start(&http->timer, on_time, (uint64_t)timeout_ms, 0);
    }
    return 0;
}

/* ---- Los sockets de libcurl --------------------------------------------------------- */

static int watch(as_http *http, curl_socket_t fd, uint8_t events)
{
    struct as__socket *s = &http->sockets[fd];
    struct epoll_event event = {.events = events, .data.fd = fd};
    int op = !events ? EPOLL_CTL_DEL : s->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    if (epoll_ctl(http->epoll_fd, op, fd, &event) < 0)
        return -1;
    s->watched = events;
    return 0;
}

static int make_room_for(as_http *http, curl_socket_t fd)
{
    if ((size_t)fd < http->socket_count)
        return 0;
    size_t count = (size_t)fd * 2 + 64;
    struct as__socket *sockets = realloc(http->sockets, count * sizeof *sockets);
    if (!sockets)
        return UV_ENOMEM;
    memset(sockets + http->socket_count, 0,
           (count - http->socket_count) * sizeof *sockets);
    http->sockets = sockets;
    http->socket_count = count;
    return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    static const uint8_t events[] = {
        [CURL_POLL_NONE] = 0,       [CURL_POLL_IN] = EPOLLIN,
        [CURL_POLL_OUT] = EPOLLOUT, [CURL_POLL_INOUT] = EPOLLIN | EPOLLOUT,
        [CURL_POLL_REMOVE] = 0,
    };
    as_http *http = arg;

    (void)easy, (void)socket_arg;
    if (make_room_for(http, fd) < 0)
        return -1;
    struct as__socket *s = &http->sockets[fd];
    s->wanted = events[what];
    /* Lo que sobra se quita cuando moleste (on_ready): quizá la próxima petición lo
     * vuelva a querer. */
    if (s->wanted && s->wanted != s->watched)
        return watch(http, fd, s->wanted);
    return 0;
}

int as__http_open_socket(as_http *http, const struct curl_sockaddr *address)
{
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    if (fd < 0)
        return -errno;
    if (make_room_for(http, fd) < 0) {
        close(fd);
        return UV_ENOMEM;
    }
    http->sockets[fd] = (struct as__socket){0};
    return fd;
}

/* El único momento en que se sabe que `fd` va a morir: después, el número puede ser de
 * otro. */
int as__http_close_socket(as_http *http, curl_socket_t fd)
{
    if ((size_t)fd < http->socket_count) {
        if (http->sockets[fd].watched)
            watch(http, fd, 0);
        http->sockets[fd] = (struct as__socket){0};
    }
    return close(fd);
}

static int curl_events(uint32_t events)
{
    int result = 0;

    /* Con un error, leer es lo que le dice a libcurl cuál. */
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        result |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        result |= CURL_CSELECT_OUT;
    if (events & EPOLLERR)
        result |= CURL_CSELECT_ERR;
    return result;
}

static void on_ready(uv_poll_t *handle, int status, int uv_events)
{
    as_http *http = handle->data;
    struct epoll_event ready[EVENTS_PER_TURN];

    (void)status, (void)uv_events;
    int n = epoll_wait(http->epoll_fd, ready, EVENTS_PER_TURN, 0);
    for (int i = 0; i < n; i++) {
        int fd = ready[i].data.fd;
        /* El servidor cerró una conexión ociosa: libcurl lo verá si va a usarla. */
        if (!http->sockets[fd].wanted)
            watch(http, fd, 0);
        else
            step(http, fd, curl_events(ready[i].events));
    }
}

int as__http_suspend(as_http *http, struct as__wait *wait)
{
    /* Solo mientras alguien la espera mantiene la red vivo el bucle: así, si todas las
     * tareas esperan otra cosa, el interbloqueo se ve. */
    if (http->waiting++ == 0)
        uv_ref((uv_handle_t *)&http->ready);
    as__io_begin();
    int rc = as__suspend_one(wait);
    as__io_end();
    if (--http->waiting == 0)
        uv_unref((uv_handle_t *)&http->ready);
    return rc;
}

/* ---- Nacer y morir ------------------------------------------------------------------ */

static CURLcode global_result;

static void global_init(void)
{
    global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool curl_is_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, global_init);
    return global_result == CURLE_OK;
}

static void set_options(as_http *http, const as_http_options *options)
{
    http->max_connections = options->max_connections ? options->max_connections
                                                     : DEFAULT_CONNECTIONS;
    http->max_body = options->max_body ? options->max_body : DEFAULT_BODY;
    http->max_redirects = options->max_redirects ? options->max_redirects
                                                 : DEFAULT_REDIRECTS;

    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)http->max_connections);
}

as_http *as_http_new(const as_http_options *options)
{
    static const as_http_options defaults;
    struct as__loop *loop = as__loop_required("as_http_new");

    if (!options)
        options = &defaults;
    if (!curl_is_ready())
        return NULL;
    as_http *http = calloc(1, sizeof *http);
    if (!http)
        return NULL;
    http->user_agent = strdup(options->user_agent ? options->user_agent : "asinc");
    if (!http->user_agent)
        goto fail_user_agent;
    http->multi = curl_multi_init();
    if (!http->multi)
        goto fail_multi;
    http->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (http->epoll_fd < 0)
        goto fail_epoll;
    if (uv_poll_init(&loop->uv, &http->ready, http->epoll_fd) < 0)
        goto fail_poll;
    uv_timer_init(&loop->uv, &http->timer);
    http->handles = 2;
    http->ready.data = http->timer.data = http;
    uv_poll_start(&http->ready, UV_READABLE, on_ready);
    uv_unref((uv_handle_t *)&http->ready);
    uv_unref((uv_handle_t *)&http->timer);

    http->kick.run = run_kick;
    as__list_init(&http->queue);
    as__list_init(&http->active);
    as__list_init(&http->closer);
    as__resolver_init(&http->resolver);
    set_options(http, options);
    as__track(&http->tracked, "un cliente HTTP", __builtin_return_address(0));
    return http;

fail_poll:
    close(http->epoll_fd);
fail_epoll:
    curl_multi_cleanup(http->multi);
fail_multi:
    free(http->user_agent);
fail_user_agent:
    free(http);
    return NULL;
}

static void on_handle_closed(uv_handle_t *handle)
{
    as_http *http = handle->data;

    if (--http->handles == 0)
        as__wake(as__container_of(http->closer.next, struct as__wait, link), 0);
}

void as_http_close(as_http *http)
{
    if (!http)
        return;
    as__task_required("as_http_close");
    if (http->in_flight > 0)
        as__misuse("as_http_close", "quedan peticiones en marcha o flujos sin cerrar");

    as__untrack(&http->tracked);
    http->closing = true;
    while (http->spare) {
        struct as__transfer *transfer = http->spare;
        http->spare = transfer->next_spare;
        as__transfer_free(transfer);
    }
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, NULL);
    curl_multi_cleanup(http->multi);
    as__resolver_close(&http->resolver);

    struct as__wait wait;
    as__wait_init(&wait, "que se cierre el cliente HTTP", NULL);
    as__list_append(&http->closer, &wait.link);
    uv_close((uv_handle_t *)&http->ready, on_handle_closed);
    uv_close((uv_handle_t *)&http->timer, on_handle_closed);
    as__suspend_closing(&wait);

    close(http->epoll_fd);
    free(http->sockets);
    free(http->user_agent);
    free(http);
}
