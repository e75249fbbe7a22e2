#include "io/dns.h"

#include <ares.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/loop_internal.h"

/*
 * Un canal de c-ares por bucle, que vive mientras alguien espere alguna respuesta. Así las
 * consultas a la vez comparten un socket por servidor, la configuración se vuelve a leer, y
 * al acabar el bucle no queda nada: quien esperaba era una tarea suya. c-ares no sabe
 * cancelar una sola consulta; la abandonada se queda en el canal, sin coste, hasta que le
 * contesten o se cierre.
 */
struct as__dns {
    ares_channel channel;
    uv_timer_t timer;
    struct as__link sockets;
    size_t wanted;  /* consultas que alguien espera */
    bool asked;     /* c-ares abrió un socket para preguntar: hay un DNS */
    bool broken;    /* faltó memoria para vigilar un socket: no hay quien siga */
    size_t handles; /* de libuv, sin cerrar del todo */
};

/* Un socket de c-ares. */
struct socket {
    uv_poll_t poll;
    struct as__link link; /* en dns->sockets */
    struct as__dns *dns;
    int fd;
};

struct as__dns_query {
    struct as__dns *dns;
    as__dns_fn *done; /* NULL: abandonada */
    void *arg;
};

enum { TRIES = 3, FIRST_TIMEOUT_MS = 2000 };

/* ---- Lo que hay que hacer tras cada llamada a c-ares --------------------------------- */

static void on_closed(struct as__dns *dns)
{
    if (--dns->handles == 0)
        free(dns);
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_closed(handle->data);
}

static void destroy(struct as__dns *dns)
{
    as__loop->dns = NULL;
    ares_destroy(dns->channel);
    uv_close((uv_handle_t *)&dns->timer, on_timer_closed);
}

static void on_time(uv_timer_t *timer);

static void settle(struct as__dns *dns)
{
    struct timeval left;

    if (dns->wanted == 0 || dns->broken) {
        destroy(dns); /* a quien aún espere le dice ARES_EDESTRUCTION */
        return;
    }
    uv_timer_stop(&dns->timer);
    if (!ares_timeout(dns->channel, NULL, &left))
        return;
    uint64_t ms = (uint64_t)left.tv_sec * 1000 + (uint64_t)(left.tv_usec + 999) / 1000;
    uv_update_time(&as__loop->uv);
    uv_timer_start(&dns->timer, on_time, ms > 0 ? ms : 1, 0);
}

static void on_time(uv_timer_t *timer)
{
    struct as__dns *dns = timer->data;

    ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    settle(dns);
    uv_stop(timer->loop); /* quizá despertó a alguien: que libuv no se duerma antes */
}

/* ---- Los sockets de c-ares ----------------------------------------------------------- */

static void on_ready(uv_poll_t *poll, int status, int events)
{
    const struct socket *s = as__container_of(poll, struct socket, poll);
    struct as__dns *dns = s->dns;
    int fd = s->fd;

    if (status < 0)
        events = UV_READABLE; /* al leer verá cuál es el error */
    ares_process_fd(dns->channel, events & UV_READABLE ? fd : ARES_SOCKET_BAD,
                    events & UV_WRITABLE ? fd : ARES_SOCKET_BAD);
    settle(dns);
}

static struct socket *find_socket(struct as__dns *dns, int fd)
{
    for (struct as__link *l = dns->sockets.next; l != &dns->sockets; l = l->next) {
        struct socket *s = as__container_of(l, struct socket, link);
        if (s->fd == fd)
            return s;
    }
    return NULL;
}

static struct socket *watch(struct as__dns *dns, int fd)
{
    struct socket *s = malloc(sizeof *s);

    if (!s || uv_poll_init(&as__loop->uv, &s->poll, fd) < 0) {
        free(s);
        dns->broken = true;
        return NULL;
    }
    s->dns = dns;
    s->fd = fd;
    as__list_append(&dns->sockets, &s->link);
    dns->handles++;
    return s;
}

static void on_socket_closed(uv_handle_t *handle)
{
    struct socket *s = as__container_of((uv_poll_t *)handle, struct socket, poll);
    struct as__dns *dns = s->dns;

    free(s);
    on_closed(dns);
}

/* c-ares dice qué espera de un socket; nada, es que lo va a cerrar. */
static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct socket *s = find_socket(arg, fd);

    if (!readable && !writable) {
        if (!s)
            return;
        as__list_remove(&s->link);
        uv_close((uv_handle_t *)&s->poll, on_socket_closed);
        return;
    }
    if (!s)
        s = watch(arg, fd);
    if (s)
        uv_poll_start(&s->poll,
                      (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                      on_ready);
}

static int on_asking(ares_socket_t fd, int type, void *arg)
{
    struct as__dns *dns = arg;

    (void)fd, (void)type;
    dns->asked = true;
    return 0;
}

/* ---- Lo que c-ares hacía mal antes de la 1.34 ---------------------------------------- */

/*
 * Un UDP rechazado («aquí no escucha nadie») se sabe en la siguiente llamada sobre el socket, y si
 * esa es enviar otra pregunta, c-ares creería rechazada esta y se quedaría esperando por la primera:
 * aquí, enviar no se lleva el error, que queda para leer. Las demás llamadas son las de siempre, que
 * las pide todas.
 */
static ares_socket_t open_socket(int domain, int type, int protocol, void *arg)
{
    (void)arg;
    return socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int close_socket(ares_socket_t fd, void *arg)
{
    (void)arg;
    return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *address,
                          ares_socklen_t size, void *arg)
{
    (void)arg;
    return connect(fd, address, size);
}

static ares_ssize_t receive(ares_socket_t fd, void *data, size_t size, int flags,
                            struct sockaddr *from, ares_socklen_t *from_size, void *arg)
{
    (void)arg;
    return recvfrom(fd, data, size, flags, from, from_size);
}

static ares_ssize_t send_all(ares_socket_t fd, const struct iovec *parts, int count,
                             void *arg)
{
    (void)arg;
    ssize_t n = writev(fd, parts, count);
    return n < 0 && errno == ECONNREFUSED ? writev(fd, parts, count) : n;
}

static const struct ares_socket_functions socket_functions = {
    open_socket, close_socket, connect_socket, receive, send_all};

/* La versión es la que está en marcha: pudo compilarse con otra. Donde no hace falta, estorbaría:
 * la 1.34 da esta función por vieja, y con ella ya no ordena las direcciones. */
static void mend_sockets(ares_channel channel)
{
    int version;

    ares_version(&version);
    if (version >= 0x012200)
        return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    ares_set_socket_functions(channel, &socket_functions, NULL);
#pragma GCC diagnostic pop
}

/* ---- El canal ------------------------------------------------------------------------ */

static int library_status;

static void library_init(void)
{
    library_status = ares_library_init(ARES_LIB_INIT_ALL);
}

static int init_channel(struct as__dns *dns)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ares_options options = {
        .tries = TRIES,
        .timeout = FIRST_TIMEOUT_MS,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = dns,
    };

    pthread_once(&once, library_init);
    if (library_status != ARES_SUCCESS)
        return library_status;
    int status = ares_init_options(&dns->channel, &options,
                                   ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS |
                                       ARES_OPT_SOCK_STATE_CB);
    if (status == ARES_SUCCESS) {
        ares_set_socket_configure_callback(dns->channel, on_asking, dns);
        mend_sockets(dns->channel);
    }
    return status;
}

static int translate(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return 0;
    case ARES_ENODATA:
        return UV_EAI_NODATA;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
    case ARES_ENONAME:
        return UV_EAI_NONAME;
    case ARES_ESERVFAIL:
    case ARES_EREFUSED:
    case ARES_ECONNREFUSED:
    case ARES_ETIMEOUT:
    case ARES_EBADRESP: /* lo que contestaron no es DNS: unas versiones lo dicen así */
        return UV_EAI_AGAIN;
    case ARES_ENOMEM:
    case ARES_EDESTRUCTION: /* dns->broken */
        return UV_ENOMEM;
    default:
        return UV_EAI_FAIL;
    }
}

static int open_channel(struct as__dns **out)
{
    struct as__dns *dns = calloc(1, sizeof *dns);

    if (!dns)
        return UV_ENOMEM;
    int status = init_channel(dns);
    if (status != ARES_SUCCESS) {
        free(dns);
        return translate(status);
    }
    as__list_init(&dns->sockets);
    uv_timer_init(&as__loop->uv, &dns->timer);
    dns->timer.data = dns;
    dns->handles = 1;
    *out = dns;
    return 0;
}

/* ---- Preguntar ----------------------------------------------------------------------- */

static void copy(struct as__addresses *to, const struct ares_addrinfo *from)
{
    const struct ares_addrinfo_node *node = from->nodes;

    for (; node && to->count < AS__MAX_ADDRESSES; node = node->ai_next) {
        if (node->ai_family == AF_INET || node->ai_family == AF_INET6)
            memcpy(&to->list[to->count++], node->ai_addr, node->ai_addrlen);
    }
}

/*
 * c-ares también dice ARES_ECONNREFUSED sin haber preguntado a nadie: cuando no le dieron un socket,
 * y cuando el sistema quiere que se mire solo en /etc/hosts («hosts: files» en nsswitch.conf).
 */
static int nobody_asked(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return uv_translate_sys_error(errno);
    close(fd);
    return UV_EAI_NONAME;
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *answer)
{
    struct as__dns_query *query = arg;
    struct as__addresses addresses = {0};

    (void)timeouts;
    if (answer)
        copy(&addresses, answer);
    ares_freeaddrinfo(answer);
    if (status == ARES_SUCCESS && addresses.count == 0)
        status = ARES_ENODATA;
    if (query->done) {
        query->dns->wanted--;
        query->done(query->arg,
                    status == ARES_ECONNREFUSED && !query->dns->asked ? nobody_asked()
                                                                      : translate(status),
                    &addresses);
    }
    free(query);
}

int as__dns_ask(const char *name, as__dns_fn *done, void *arg,
                struct as__dns_query **query)
{
    const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC};
    struct as__dns *dns = as__loop->dns;
    int rc = 0;

    *query = malloc(sizeof **query);
    if (!*query)
        return UV_ENOMEM;
    if (!dns)
        rc = open_channel(&dns);
    if (rc < 0) {
        free(*query);
        return rc;
    }
    as__loop->dns = dns;
    dns->wanted++;
    **query = (struct as__dns_query){dns, done, arg};
    ares_getaddrinfo(dns->channel, name, NULL, &hints, on_answer, *query);
    settle(dns);
    return 0;
}

void as__dns_abandon(struct as__dns_query *query)
{
    struct as__dns *dns = query->dns;

    query->done = NULL;
    dns->wanted--;
    settle(dns);
}
