#include <string.h>
#include <sys/socket.h>

#include "stream_internal.h"

/*
 * Quien espera datos de un flujo, ¿espera al mundo exterior o a otra tarea del programa?
 * De la respuesta dependen dos cosas:
 *
 *   - el reloj virtual no puede saltar mientras se espera a alguien de fuera, y debe saltar
 *     si el otro extremo es una tarea nuestra que duerme;
 *   - si dos tareas se esperan mutuamente, cada una en su extremo, es un interbloqueo.
 *
 * Se reconoce a la otra punta por su dirección: al aceptar una conexión se busca entre las
 * que este programa está haciendo la que tenga por dirección local la del recién llegado.
 * Desde entonces se sabe, sin preguntar al núcleo, si a un flujo le falta algo por llegar:
 * si el otro escribió más de lo que este recibió, o si el otro acabó.
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
    as__peer_weigh(a);
    as__peer_weigh(b);
}

void as__peer_dial(as_stream *s, const struct sockaddr *address)
{
    struct as__link *listeners = &as__loop->listeners;

    /* Sin servidores en el programa no hay nada que emparejar: es lo más común. */
    if (as__list_empty(listeners))
        return;
    for (struct as__link *l = listeners->next; l != listeners; l = l->next) {
        as_listener *listener = as__container_of(l, as_listener, in_loop);
        if (as__address_reaches(address, (struct sockaddr *)&listener->address))
            s->dialed = listener;
    }
    s->inner = s->dialed != NULL;
    as__list_append(&as__loop->dialing, &s->dialing);
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
    struct as__link *dialing = &as__loop->dialing;

    if (as__list_empty(dialing))
        return;
    const char *name = as_stream_peername(s);
    for (struct as__link *l = dialing->next; *name && l != dialing; l = l->next) {
        as_stream *other = as__container_of(l, as_stream, dialing);
        if (strcmp(as_stream_sockname(other), name) == 0) {
            as__list_remove(&other->dialing);
            as__peer_join(s, other);
            return;
        }
    }
}

static void gone(as_stream *s)
{
    s->peer = NULL;
    s->peer_gone = true;
    as__peer_weigh(s);
}

void as__peer_unlisten(as_listener *listener)
{
    struct as__link *dialing = &as__loop->dialing;

    for (struct as__link *l = dialing->next; l != dialing; l = l->next) {
        as_stream *s = as__container_of(l, as_stream, dialing);
        if (s->dialed == listener)
            gone(s);
    }
}

void as__peer_leave(as_stream *s)
{
    as_stream *peer = s->peer;

    as__list_remove(&s->dialing);
    s->peer = NULL;
    if (peer)
        gone(peer);
}

/* ---- Pesar -------------------------------------------------------------------------- */

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

void as__peer_weigh(as_stream *s)
{
    bool reads = !as__list_empty(&s->reader_wait);
    bool writes = !as__list_empty(&s->drainers);
    size_t *counter = NULL;

    if (s->inner) {
        as_task *const *blocker = s->peer ? &s->peer->reader : NULL;
        set_blocker(&s->reader_wait, blocker);
        set_blocker(&s->drainers, blocker);
        if (s->connecting || (reads && something_coming(s)))
            counter = &as__loop->inner_io;
    } else if (s->connecting || reads || writes) {
        counter = &as__loop->pending_io;
    }
    if (counter == s->counter)
        return;
    if (s->counter)
        --*s->counter;
    s->counter = counter;
    if (!counter) {
        uv_unref(&s->uv.handle);
        return;
    }
    ++*counter;
    uv_ref(&s->uv.handle);
}
