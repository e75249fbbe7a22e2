#include "web/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/dial.h"

enum { PARTING_MS = 2000, PARTING_BYTES = 32 << 20, LATE_NS = 20000000 };

/* ---- El plazo del cliente ----------------------------------------------------------- */

static struct as__connection *first_of(struct as__link *list)
{
    if (as__list_empty(list))
        return NULL;
    return as__container_of(list->next, struct as__connection, waiting);
}

static void on_reap(uv_timer_t *timer);

/* Que el temporizador salte, como tarde, cuando venza la primera de `list`. */
static void schedule(as_web *server, struct as__link *list)
{
    const struct as__connection *first = first_of(list);
    bool active = uv_is_active((uv_handle_t *)&server->reaper);

    if (!first || (active && server->reap_at_ns <= first->deadline_ns))
        return;
    uint64_t now = uv_hrtime(), deadline = first->deadline_ns;
    uint64_t ms = deadline > now ? (deadline - now) / 1000000 + 1 : 0;
    server->reap_at_ns = deadline;
    uv_update_time(&as__loop->uv);
    uv_timer_start(&server->reaper, on_reap, ms, 0);
}

static void start_deadline(struct as__connection *c, struct as__link *list, uint64_t ms)
{
    as__list_remove(&c->waiting);
    c->deadline_ns = uv_hrtime() + ms * 1000000;
    as__list_append(list, &c->waiting);
    schedule(c->server, list);
}

void as__connection_wait(struct as__connection *c)
{
    uint64_t ms = (uint64_t)c->server->options.client_timeout_ms;

    start_deadline(c, &c->server->waiting, ms);
}

void as__connection_rest(struct as__connection *c)
{
    as__list_remove(&c->waiting);
}

static void on_reap(uv_timer_t *timer)
{
    as_web *server = timer->data;
    struct as__link *lists[] = {&server->waiting, &server->parting};
    uint64_t now = uv_hrtime();

    /* Si el retraso es nuestro, lo que falta puede haber llegado ya: se lee en esta vuelta, que atiende
     * los temporizadores antes que los descriptores, y se mira otra vez. */
    if (!server->reaps_late && now > server->reap_at_ns + LATE_NS) {
        server->reaps_late = true;
        uv_update_time(&as__loop->uv);
        uv_timer_start(timer, on_reap, 1, 0);
        return;
    }
    server->reaps_late = false;
    for (size_t i = 0; i < 2; i++) {
        struct as__connection *first;
        while ((first = first_of(lists[i])) && first->deadline_ns <= now)
            as__connection_broken(first);
        schedule(server, lists[i]);
    }
}

/* ---- Sucesos ------------------------------------------------------------------------ */

void as__connection_broken(struct as__connection *c)
{
    if (c->phase != AS__HANDLER) {
        as__connection_close(c);
        return;
    }
    as__connection_rest(c);
    as__connection_watch(c, 0);
    c->left = true;
    c->request->torn = true;
    as__wake_first(&c->writer, UV_ECANCELED);
    as__request_left(c->request);
}

/* Si el cliente cerró su lado, lo que esté leyendo la conexión acabará por verlo. */
static void on_left(struct as__connection *c)
{
    c->left = true;
    if (c->phase != AS__HANDLER)
        return;
    as__connection_watch(c, c->watched & ~UV_DISCONNECT);
    as__request_left(c->request);
}

static void on_readable(struct as__connection *c)
{
    char trash[16384];

    /* Lo que envíe por adelantado espera en el núcleo, y quien pide más deprisa de lo que se le
     * responde acaba por no poder enviar. */
    if (c->turn_queued || c->phase == AS__HANDLER || c->phase == AS__REPLY) {
        as__connection_watch(c, c->watched & ~UV_READABLE);
    } else if (c->phase == AS__PARTING) {
        ssize_t n = recv(c->fd, trash, sizeof trash, 0);
        c->swallowed += n > 0 ? (size_t)n : 0;
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) ||
            c->swallowed > PARTING_BYTES)
            as__connection_close(c);
    } else {
        as__receive(c);
    }
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct as__connection *c = as__container_of(poll, struct as__connection, poll);

    if (status < 0) { /* libuv ya no la mira */
        c->watched = 0;
        as__connection_broken(c);
        return;
    }
    if (events & UV_WRITABLE)
        as__send_more(c);
    if (events & UV_READABLE && c->phase != AS__CLOSED)
        on_readable(c);
    if (events & UV_DISCONNECT && c->phase != AS__CLOSED)
        on_left(c);
}

/* Cambiar lo que se mira son dos llamadas al sistema: solo si hace falta. */
void as__connection_watch(struct as__connection *c, int events)
{
    if (c->watched == events)
        return;
    c->watched = events;
    if (events == 0)
        uv_poll_stop(&c->poll);
    else
        uv_poll_start(&c->poll, events, on_event);
}

/* ---- De una petición a la siguiente ------------------------------------------------- */

static void on_turn(struct as__job *job);

/* Cerrar sin más con datos sin leer haría que el núcleo mandara un RST, y el cliente podría
 * perder la respuesta que aún no ha leído: RFC 9112, apartado 9.6. Lo que envíe entretanto se
 * tira, hasta un límite. */
static void part(struct as__connection *c)
{
    c->phase = AS__PARTING;
    as__buffer_free(&c->in);
    shutdown(c->fd, SHUT_WR);
    as__connection_watch(c, UV_READABLE);
    start_deadline(c, &c->server->parting, PARTING_MS);
}

void as__connection_next(struct as__connection *c)
{
    /* Una que salió a trozos pudo empezar antes de que el servidor se despidiera, sin anunciarlo. */
    bool close_it = c->request->close || as_event_is_set(&c->server->stopping);

    as__request_free(c->request);
    if (close_it) {
        part(c);
        return;
    }
    c->phase = AS__HEAD;
    c->scan = (struct as__request_head_scan){0};
    as__connection_watch(c, UV_READABLE | UV_DISCONNECT);
    as__connection_wait(c);
    if (as__buffer_size(&c->in) > 0 && !c->receiving && !c->turn_queued) {
        c->turn_queued = true;
        as__loop_push(as__loop, &c->turn);
    } else if (c->server->full) {
        as__listen_room(c->server);
    }
}

/* ---- Nacer y morir ------------------------------------------------------------------ */

/*
 * ¿Es el cliente un socket de este mismo programa? Solo importa con el reloj virtual: quien
 * espera la respuesta de un manejador de aquí no espera al mundo exterior, y el tiempo
 * puede saltar mientras el manejador duerme.
 */
static bool is_inner(const char *peername)
{
    return as__loop->is_virtual && as__dial_take(peername);
}

int as__connection_open(as_web *server, int fd, const struct sockaddr *peer)
{
    struct as__connection *c = calloc(1, sizeof *c);

    if (!c)
        return as__error(UV_ENOMEM);
    c->server = server;
    c->fd = fd;
    c->turn.run = on_turn;
    as__list_init(&c->waiting);
    as__list_init(&c->writer);
    int rc = uv_poll_init(&as__loop->uv, &c->poll, fd);
    if (rc < 0) {
        free(c);
        return rc;
    }
    c->handle_open = true;
    server->handles++;
    server->connection_count++;
    as__list_append(&server->connections, &c->in_server);
    as__address_text(peer, as__address_size(peer), c->peername);
    c->inner = is_inner(c->peername);
    as__connection_watch(c, UV_READABLE | UV_DISCONNECT);
    as__connection_wait(c);
    return 0;
}

/* La conexión sigue mientras libuv o la cola la nombren. */
static void release(struct as__connection *c)
{
    if (!c->handle_open && !c->turn_queued)
        free(c);
}

static void on_turn(struct as__job *job)
{
    struct as__connection *c = as__container_of(job, struct as__connection, turn);

    c->turn_queued = false;
    if (c->phase == AS__HEAD)
        as__receive_more(c);
    else
        release(c);
}

static void on_closed(uv_handle_t *handle)
{
    struct as__connection *c = as__container_of((uv_poll_t *)handle,
                                                struct as__connection, poll);
    as_web *server = c->server;

    c->handle_open = false;
    release(c);
    as__listen_handle_closed(server);
}

void as__connection_close(struct as__connection *c)
{
    as_web *server = c->server;

    c->phase = AS__CLOSED;
    as__connection_rest(c);
    as__list_remove(&c->in_server);
    uv_close((uv_handle_t *)&c->poll, on_closed);
    close(c->fd);
    if (c->request)
        as__request_free(c->request);
    as__buffer_free(&c->in);
    server->connection_count--;
    as__listen_room(server);
}
