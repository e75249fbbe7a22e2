#include "io/dns.h"

#include <ares.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

/* Lo que se pregunta por una clase de direcciones. */
struct half {
    struct as__dns_query *query;
    int family;
    int status;   /* de c-ares */
    char *domain; /* el nombre entero con que se encontró */
    struct as__addresses addresses;
};

struct as__dns_query {
    struct as__dns *dns;
    as__dns_fn *done; /* NULL: abandonada, o ya contestada */
    void *arg;
    bool whole;
    int pending; /* mitades sin respuesta */
    struct half v4, v6;
    struct as__timer delay; /* con una respuesta, lo que se espera a la otra */
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

static int take(struct as__addresses *to, const struct ares_addrinfo *from)
{
    size_t count = 0;

    for (const struct ares_addrinfo_node *n = from->nodes; n; n = n->ai_next)
        count++;
    to->list = calloc(count + 1, sizeof *to->list);
    if (!to->list)
        return ARES_ENOMEM;
    for (const struct ares_addrinfo_node *n = from->nodes; n; n = n->ai_next) {
        if (n->ai_family == AF_INET || n->ai_family == AF_INET6)
            memcpy(&to->list[to->count++], n->ai_addr, n->ai_addrlen);
    }
    return to->count > 0 ? ARES_SUCCESS : ARES_ENODATA;
}

/* ---- Juntar las dos mitades ---------------------------------------------------------- */

/* Un nombre corto se busca en varios dominios: si las dos clases aparecen en dos distintos, son de
 * dos máquinas, y vale la de IPv4. */
static int join(struct as__dns_query *query, struct as__addresses *to)
{
    static const struct as__addresses none;
    const struct half *v4 = &query->v4, *v6 = &query->v6;

    if (v6->family == AF_UNSPEC && v6->addresses.count > 0) /* las trae todas */
        return as__addresses_copy(to, &v6->addresses);
    bool apart = v4->domain && v6->domain && strcasecmp(v4->domain, v6->domain) != 0;
    return as__addresses_join(to, &v4->addresses, apart ? &none : &v6->addresses);
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

/* El fallo que más dice: el de la clase que sí se supo, antes que el de la que calla. */
static int failure(const struct as__dns_query *query)
{
    int v4 = query->v4.status, v6 = query->v6.status;
    int status = v4 == ARES_ENODATA || v6 == ARES_ENODATA ? ARES_ENODATA
                 : v4 != ARES_SUCCESS                     ? v4
                                                          : v6;

    if (v4 == ARES_ENOMEM || v6 == ARES_ENOMEM)
        return UV_ENOMEM;
    return status == ARES_ECONNREFUSED && !query->dns->asked ? nobody_asked()
                                                             : translate(status);
}

static void free_query(struct as__dns_query *query)
{
    as__addresses_free(&query->v4.addresses);
    as__addresses_free(&query->v6.addresses);
    free(query->v4.domain);
    free(query->v6.domain);
    free(query);
}

/* Da la respuesta, entera o lo que haya. La otra mitad, si falta, ya no la quiere nadie. */
static void finish(struct as__dns_query *query)
{
    struct as__addresses addresses = {0};
    as__dns_fn *done = query->done;
    bool found = query->v4.addresses.count + query->v6.addresses.count > 0;
    int status = found ? join(query, &addresses) : failure(query);

    addresses.partial = query->pending > 0;
    as__timer_stop(&query->delay);
    query->done = NULL;
    query->dns->wanted--;
    done(query->arg, status, &addresses);
    as__addresses_free(&addresses);
}

static void on_delay(struct as__timer *timer)
{
    struct as__dns_query *query = as__container_of(timer, struct as__dns_query, delay);
    struct as__dns *dns = query->dns;
    finish(query);
    settle(dns);
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *answer)
{
    struct half *half = arg;
    struct as__dns_query *query = half->query;

    (void)timeouts;
    if (answer && status == ARES_SUCCESS && query->done) {
        half->domain = answer->name ? strdup(answer->name) : NULL;
        status = take(&half->addresses, answer);
    }
    ares_freeaddrinfo(answer);
    half->status = status;
    query->pending--;
    if (query->done && query->pending == 0)
        finish(query);
    else if (query->done && status == ARES_SUCCESS && !query->whole &&
             !as__timer_pending(&query->delay))
        as__timer_start(&query->delay, as__deadline_after(AS__RESOLUTION_DELAY_MS),
                        on_delay);
    if (query->pending == 0)
        free_query(query);
}

static void ask_half(const char *name, struct half *half, int family)
{
    const struct ares_addrinfo_hints hints = {.ai_family = family};

    half->family = family;
    ares_getaddrinfo(half->query->dns->channel, name, NULL, &hints, on_answer, half);
}

/*
 * Se pregunta por cada clase aparte, y así se sabe cuál calla. Una respuesta en el acto viene de
 * /etc/hosts: si es la de IPv4, la otra pregunta es por las dos clases, que también estarán en él y
 * no hay que buscarlas fuera; si es la de IPv6, IPv4 no hay.
 */
static void ask_both(struct as__dns_query *query, const char *name)
{
    query->pending = 3; /* una de más, para que nadie libere la consulta aquí */
    ask_half(name, &query->v4, AF_INET);
    bool in_hosts = query->pending == 2 && query->v4.addresses.count > 0;
    ask_half(name, &query->v6, in_hosts ? AF_UNSPEC : AF_INET6);
    query->pending--;
    in_hosts = query->pending == 1 && query->v6.addresses.count > 0;
    if (query->pending == 0 || in_hosts)
        finish(query);
    if (query->pending == 0)
        free_query(query);
}

int as__dns_ask(const char *name, bool whole, as__dns_fn *done, void *arg,
                struct as__dns_query **query)
{
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
    **query = (struct as__dns_query){
        .dns = dns, .done = done, .arg = arg, .whole = whole};
    (*query)->v4.query = (*query)->v6.query = *query;
    ask_both(*query, name);
    settle(dns);
    return 0;
}

void as__dns_abandon(struct as__dns_query *query)
{
    struct as__dns *dns = query->dns;

    as__timer_stop(&query->delay);
    query->done = NULL;
    dns->wanted--;
    settle(dns);
}
