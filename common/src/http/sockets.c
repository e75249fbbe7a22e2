#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/internal.h"
#include "io/stream_internal.h"

/*
 * libcurl no espera por sí misma: dice qué sockets mirar (on_socket) y cuándo quiere que
 * la llamen (on_timer), y nosotros la llamamos (curl_multi_socket_action). Los sockets
 * van a un epoll propio, y ese epoll, como un descriptor más, al bucle de libuv. Con un
 * uv_poll_t por socket, libcurl obligaría a crearlo y cerrarlo en cada petición, porque
 * suelta el socket al acabar aunque la conexión siga abierta; aquí uno ocioso se queda
 * apuntado y volver a usarlo no cuesta ninguna llamada al sistema.
 */

enum { EVENTS_PER_TURN = 256 };

static const uint64_t UNCHECKED_NS = 2000000000; /* con holgura */

/* ---- Lo que hay que hacer tras cada llamada a libcurl ------------------------------- */

/* libcurl se quedó sin memoria o en un estado imposible: no se la puede llamar más. */
static void break_client(as_http *http, int error)
{
    http->broken = error;
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
    unsigned long starved = as__libcurl_starved();
    http->unwatched = 0;
    http->talk = 0;
    CURLMcode code = curl_multi_socket_action(http->multi, fd, events, &running);
    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct as__transfer *transfer;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        as__transfer_finished(transfer, message->data.result);
    }
    /* Unas versiones dicen CURLM_OUT_OF_MEMORY; otras, cualquier cosa. */
    if (code == CURLM_OUT_OF_MEMORY || (code && as__libcurl_starved() != starved))
        break_client(http, UV_ENOMEM);
    else if (code != CURLM_OK)
        break_client(http, http->unwatched ? http->unwatched : UV_EIO);
}

/* ---- El reloj de libcurl ------------------------------------------------------------
 *
 * Va en un temporizador de libuv y no en los plazos del bucle, que pueden ser virtuales:
 * libcurl mide el tiempo real por su cuenta. */

static void look_at_idle(as_http *http);

/* Es cuando libcurl envía lo que se acaba de pedir, y elige por qué conexión. */
static void run_kick(struct as__job *job)
{
    as_http *http = as__container_of(job, as_http, kick);

    http->kick_queued = false;
    if (http->closing)
        return;
    look_at_idle(http);
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
        return uv_translate_sys_error(errno);
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

static int follow(as_http *http, curl_socket_t fd, int what)
{
    static const uint8_t events[] = {
        [CURL_POLL_NONE] = 0,       [CURL_POLL_IN] = EPOLLIN,
        [CURL_POLL_OUT] = EPOLLOUT, [CURL_POLL_INOUT] = EPOLLIN | EPOLLOUT,
        [CURL_POLL_REMOVE] = 0,
    };
    int rc = make_room_for(http, fd);

    if (rc < 0)
        return rc;
    struct as__socket *s = &http->sockets[fd];
    s->wanted = events[what];
    /* Lo que sobra se quita cuando moleste (on_ready): quizá la próxima petición lo
     * vuelva a querer. */
    if (s->wanted && s->wanted != s->watched)
        return watch(http, fd, s->wanted);
    return 0;
}

/* libcurl solo sabe que no se pudo, y se rinde: por qué, se apunta. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    as_http *http = arg;

    (void)easy, (void)socket_arg;
    int rc = follow(http, fd, what);
    if (rc < 0)
        http->unwatched = rc;
    return rc < 0 ? -1 : 0;
}

/* Si falta memoria, el tiempo virtual correrá como el real con esta conexión: nada más. */
static struct as__dial *announce(int fd)
{
    struct as__dial *dial = as__loop->is_virtual ? calloc(1, sizeof *dial) : NULL;

    if (dial)
        as__dial_add(dial, fd);
    return dial;
}

static void withdraw(struct as__socket *s)
{
    if (s->dial)
        as__dial_remove(s->dial);
    free(s->dial);
    s->dial = NULL;
}

/*
 * libcurl llamará a connect con este socket. Es la segunda vez, y Linux contesta entonces que ya
 * está conectado y no que lo estaba. Decírselo con CURL_SOCKOPT_ALREADY_CONNECTED no vale: la
 * 7.88.1 llama igual.
 */
int as__http_adopt(as_http *http, as_stream *stream)
{
    uv_os_fd_t theirs;

    int rc = uv_fileno(&stream->uv.handle, &theirs);
    if (rc < 0)
        return rc;
    int fd = fcntl(theirs, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    if (make_room_for(http, fd) < 0) {
        close(fd);
        return UV_ENOMEM;
    }
    http->sockets[fd] = (struct as__socket){.dial = announce(fd)};
    return fd;
}

/* Se vigila desde ahora: si la respuesta llega en la misma llamada en que se pide, libcurl no querrá
 * saber nada del socket, y ocioso también hay que verlo. */
void as__http_hand_over(as_http *http, curl_socket_t fd, uint16_t box)
{
    http->sockets[fd].box = box;
    http->open[box]++;
    (void)watch(http, fd, EPOLLIN); /* si falla, fallará on_socket */
}

/* El único momento en que se sabe que `fd` va a morir: después, el número puede ser de
 * otro. */
int as__http_close_socket(as_http *http, curl_socket_t fd)
{
    if ((size_t)fd < http->socket_count) {
        if (http->sockets[fd].watched)
            watch(http, fd, 0);
        withdraw(&http->sockets[fd]);
        if (http->sockets[fd].box)
            http->open[http->sockets[fd].box]--;
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

typedef int name_fn(int fd, struct sockaddr *address, socklen_t *size);

static bool is_at(int fd, name_fn *ask, const char *ip, int port)
{
    struct sockaddr_storage address;
    struct sockaddr *generic = (struct sockaddr *)&address;
    socklen_t size = sizeof address;
    char text[INET6_ADDRSTRLEN];

    /* Uno ya cortado no tiene con quién; basta con que el otro extremo sea el que es. */
    return ask(fd, generic, &size) < 0 ||
           (as__address_port(generic) == port &&
            uv_ip_name(generic, text, sizeof text) == 0 && strcmp(text, ip) == 0);
}

/* ¿Es el de un flujo que no lee? libcurl no dice qué socket usa cada asa. */
static bool is_paused(const as_http *http, curl_socket_t fd)
{
    for (const struct as__link *l = http->active.next; l != &http->active; l = l->next) {
        const struct as__transfer *t = as__container_of(l, struct as__transfer, active);
        const struct as__ends *ends = &t->ends;
        if (t->paused && is_at(fd, getsockname, ends->local, ends->local_port) &&
            is_at(fd, getpeername, ends->remote, ends->remote_port))
            return true;
    }
    return false;
}

static bool has_nothing(curl_socket_t fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/*
 * Un socket que libcurl no quiere tiene novedades. Puede ser el de un flujo pausado, o una
 * conexión sana: libcurl leyó la respuesta en la misma llamada en que envió la petición, y
 * quedó apuntado para escribir. Si no, es una conexión ociosa que el servidor cerró, o por la
 * que envió algo que nadie pidió y que la próxima petición tomaría por su respuesta. Vacía y
 * cerrada por aquí, libcurl la verá muerta cuando vaya a usarla.
 */
static void on_unwanted(as_http *http, curl_socket_t fd)
{
    char rest[4096];
    bool paused = is_paused(http, fd);

    if (!paused && has_nothing(fd)) {
        watch(http, fd, EPOLLIN);
        return;
    }
    watch(http, fd, 0);
    if (paused)
        return;
    http->lost_ns = uv_hrtime();
    shutdown(fd, SHUT_RDWR);
    while (recv(fd, rest, sizeof rest, MSG_DONTWAIT) > 0)
        ;
}

/* Qué sockets tienen novedades; de los que libcurl no quiere, ya se encarga. */
static int take_news(as_http *http, struct epoll_event news[EVENTS_PER_TURN])
{
    int n = epoll_wait(http->epoll_fd, news, EVENTS_PER_TURN, 0);

    for (int i = 0; i < n; i++) {
        if (!http->sockets[news[i].data.fd].wanted)
            on_unwanted(http, news[i].data.fd);
    }
    return n;
}

static void look_at_idle(as_http *http)
{
    struct epoll_event news[EVENTS_PER_TURN];

    take_news(http, news);
}

/* En cualquiera de estas llamadas puede libcurl enviar otra petición por una conexión ociosa: por
 * eso las ociosas se miraron antes. */
static void on_ready(uv_poll_t *handle, int status, int uv_events)
{
    as_http *http = handle->data;
    struct epoll_event news[EVENTS_PER_TURN];

    (void)status, (void)uv_events;
    int n = take_news(http, news);
    for (int i = 0; i < n; i++) {
        int fd = news[i].data.fd;
        if (http->sockets[fd].wanted)
            step(http, fd, curl_events(news[i].events));
    }
}

/* libcurl 8.22 mira si vive la conexión que va a usar, pero no más de una vez por segundo. */
bool as__http_lost_connection(as_http *http)
{
    look_at_idle(http);
    return http->lost_ns > 0 && uv_hrtime() - http->lost_ns < UNCHECKED_NS;
}

int as__http_wait_on(as_http *http, struct as__link *waiters, const char *what)
{
    /* Solo mientras alguien la espera mantiene la red vivo el bucle: así, si todas las
     * tareas esperan otra cosa, el interbloqueo se ve. */
    if (http->waiting++ == 0)
        uv_ref((uv_handle_t *)&http->ready);
    as__io_begin();
    int rc = as__wait_on(waiters, what);
    as__io_end();
    if (--http->waiting == 0)
        uv_unref((uv_handle_t *)&http->ready);
    return rc;
}

/* ---- Atarla y soltarla -------------------------------------------------------------- */

int as__http_attach(as_http *http)
{
    uv_loop_t *loop = &as__loop->uv;

    http->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (http->epoll_fd < 0)
        return uv_translate_sys_error(errno);
    int rc = uv_poll_init(loop, &http->ready, http->epoll_fd);
    if (rc < 0) {
        close(http->epoll_fd);
        return rc;
    }
    uv_timer_init(loop, &http->timer);
    http->handles = 2;
    http->ready.data = http->timer.data = http;
    uv_poll_start(&http->ready, UV_READABLE, on_ready);
    uv_unref((uv_handle_t *)&http->ready);
    uv_unref((uv_handle_t *)&http->timer);

    http->kick.run = run_kick;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
    as_http *http = handle->data;

    if (--http->handles == 0)
        as__wake_first(&http->closer, 0);
}

void as__http_detach(as_http *http)
{
    uv_close((uv_handle_t *)&http->ready, on_handle_closed);
    uv_close((uv_handle_t *)&http->timer, on_handle_closed);
    as__wait_on_shielded(&http->closer, "que se cierre el cliente HTTP");
    close(http->epoll_fd);
    for (size_t fd = 0; fd < http->socket_count; fd++)
        withdraw(&http->sockets[fd]);
    free(http->sockets);
}
