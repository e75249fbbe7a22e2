#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "io/stream_internal.h"

/*
 * Quien espera datos de un flujo, ¿espera al mundo exterior o a otra tarea del programa?
 * De la respuesta dependen dos cosas:
 *
 *   - el reloj virtual no puede saltar mientras se espera a alguien de fuera, y debe saltar
 *     si el otro extremo es una tarea nuestra que duerme;
 *   - si dos tareas se esperan mutuamente, cada una en su extremo, es un interbloqueo.
 *
 * Al otro extremo se le reconoce en el registro de dial.h, al aceptarlo. Desde entonces se
 * sabe, sin preguntar al núcleo, si a un flujo le falta algo por llegar: si el otro escribió
 * más de lo que este recibió, o si el otro acabó. Lo que falta llega seguro y enseguida; el
 * reloj virtual lo espera parado, y así los dos extremos ven siempre la misma hora.
 */

/* ---- Emparejar ---------------------------------------------------------------------- */

static void join(as_stream *s, as_stream *peer)
{
    s->inner = true;
    s->peer = peer;
}

void as__peer_join(as_stream *a, as_stream *b)
{
    join(a, b);
    join(b, a);
    as__peer_recount(a);
    as__peer_recount(b);
}

void as__peer_dial(as_stream *s, const struct sockaddr *address)
{
    struct as__link *listeners = &as__loop->listeners;
    uv_os_fd_t fd;

    /* Sin reloj virtual ni servidores en el programa, que es lo más común, da igual. */
    if (!as__loop->is_virtual && as__list_empty(listeners))
        return;
    for (struct as__link *l = listeners->next; l != listeners; l = l->next) {
        as_listener *listener = as__container_of(l, as_listener, in_loop);
        if (as__address_reaches(address, (struct sockaddr *)&listener->address))
            s->dialed = listener;
    }
    s->inner = s->dialed != NULL;
    if (uv_fileno(&s->uv.handle, &fd) == 0)
        as__dial_add(&s->dial, fd);
}

void as__peer_name_unix(int fd)
{
    const struct sockaddr address = {.sa_family = AF_UNIX};

    /* Una dirección sin nombre pide al núcleo que invente uno. Si no puede, solo se pierde
     * el emparejar. */
    if (!as__list_empty(&as__loop->listeners))
        (void)bind(fd, &address, sizeof address.sa_family);
}

void as__peer_accepted(as_stream *s)
{
    if (as__list_empty(&as__loop->dialing))
        return;
    struct as__dial *dial = as__dial_take(as_stream_peername(s));
    if (dial && dial->stream)
        as__peer_join(s, dial->stream);
}

static void gone(as_stream *s)
{
    s->peer = NULL;
    s->dialed = NULL;
    s->peer_gone = true;
    as__peer_recount(s);
}

/* Llama a `fn` con cada flujo que espera a que `listener` lo acepte. */
static void for_each_dialing(const as_listener *listener, void (*fn)(as_stream *))
{
    struct as__link *dialing = &as__loop->dialing;

    for (struct as__link *l = dialing->next; l != dialing; l = l->next) {
        as_stream *s = as__container_of(l, struct as__dial, link)->stream;
        if (s && s->dialed == listener)
            fn(s);
    }
}

void as__peer_accepting(as_listener *listener)
{
    for_each_dialing(listener, as__peer_recount);
}

void as__peer_unlisten(as_listener *listener)
{
    for_each_dialing(listener, gone);
}

void as__peer_leave(as_stream *s)
{
    as_stream *peer = s->peer;

    as__dial_remove(&s->dial);
    s->peer = NULL;
    if (peer)
        gone(peer);
}

/* ---- Qué puede llegar --------------------------------------------------------------- */

static bool tcp_info(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof *info;

    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

/* Con su cola de espera llena, el servidor no contesta hasta que alguien acepte. */
static bool is_full(const as_listener *listener)
{
    struct tcp_info info;

    return tcp_info(listener->fd, &info) && info.tcpi_unacked > info.tcpi_sacked;
}

/* ¿Es seguro que el núcleo dirá pronto cómo acabó la conexión? */
static bool will_connect(const as_stream *s)
{
    struct tcp_info info;

    if (!s->dialed || s->peer || !as__list_empty(&s->dialed->acceptors))
        return true;
    return !is_full(s->dialed) ||
           (tcp_info(s->dial.fd, &info) && info.tcpi_state == TCP_ESTABLISHED);
}

static bool something_coming(const as_stream *s)
{
    const as_stream *peer = s->peer;

    return s->peer_gone || (peer && (peer->sent > s->received || peer->shut));
}

/* Quien espera en `list` depende de quien lea en el otro extremo. */
static void set_blocker(struct as__link *list, as_task *const *blocker)
{
    for (struct as__link *l = list->next; l != list; l = l->next)
        as__container_of(l, struct as__wait, link)->blocker = blocker;
}

/* La cuenta del bucle en que debe estar la espera, o NULL; y si debe mantenerlo vivo. */
static size_t *counter_for(as_stream *s, bool *alive)
{
    struct as__loop *loop = as__loop;
    bool reads = !as__list_empty(&s->reader_wait);
    bool writes = !as__list_empty(&s->drainers);

    if (!s->inner) {
        *alive = s->connecting || reads || writes;
        return *alive ? &loop->pending_io : NULL;
    }
    as_task *const *blocker = s->peer ? &s->peer->reader : NULL;
    set_blocker(&s->reader_wait, blocker);
    set_blocker(&s->drainers, blocker);
    bool coming = s->connecting ? !loop->is_virtual || will_connect(s)
                                : reads && something_coming(s);
    *alive = coming || s->connecting;
    return coming ? &loop->inner_io : NULL;
}

void as__peer_recount(as_stream *s)
{
    bool alive;
    size_t *counter = counter_for(s, &alive);

    if (counter != s->counter) {
        if (s->counter)
            --*s->counter;
        if (counter)
            ++*counter;
        s->counter = counter;
    }
    if (alive)
        uv_ref(&s->uv.handle);
    else
        uv_unref(&s->uv.handle);
}
