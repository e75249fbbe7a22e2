/* tcp_crowd.c: las conexiones abiertas y el hilo que las atiende a todas. */
#include "harness/tcp_internal.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#define SHOWN_CLIENTS 8 /* cuando la prueba falla */
#define SHOWN_LINES   12
#define SHOWN_BYTES   160
#define EVENTS        64

static struct crowd {
    struct hs__part part;
    struct hs_tcp *first, **last; /* por orden de llegada */
    int epoll, wake;
    bool started, quit;
    pthread_t thread;
} crowd;

/* ------------------------------------------------------------- Una conexión */

static bool alive(const struct hs_tcp *c)
{
    return c->state == HS_TCP_CONNECTING || c->state == HS_TCP_OPEN;
}

static void unwatch(struct hs_tcp *c)
{
    if (c->watched)
        epoll_ctl(crowd.epoll, EPOLL_CTL_DEL, c->fd, NULL);
    c->watched = false;
}

static const char *end_words(enum hs_tcp_state state)
{
    return state == HS_TCP_REFUSED  ? "no pudo conectar"
           : state == HS_TCP_CUT    ? "el servidor la cortó (RST)"
           : state == HS_TCP_CLOSED ? "la cerró la prueba"
                                    : "el servidor la cerró";
}

/* Ya no llegará más de la otra parte. */
static void ended(struct hs_tcp *c, enum hs_tcp_state state, int error)
{
    hs__take_end(&c->record, &c->in, HS_OUT);
    c->state = state;
    c->error = error;
    c->output_sent = c->output_length = 0;
    unwatch(c);
    hs__span_end(&c->link,
                 state == HS_TCP_REFUSED || state == HS_TCP_CUT ? HS__ODD : HS__PLAIN,
                 end_words(state));
}

void hs__crowd_update(struct hs_tcp *c)
{
    if (!alive(c))
        return;
    bool sending = c->state == HS_TCP_CONNECTING || c->output_sent < c->output_length;
    struct epoll_event event = {.data.ptr = c};
    event.events = (c->paused ? 0 : EPOLLIN) | (sending ? EPOLLOUT : 0);
    epoll_ctl(crowd.epoll, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &event);
    c->watched = true;
}

void hs__tcp_push(struct hs_tcp *c)
{
    if (c->state != HS_TCP_OPEN)
        return;
    while (c->output_sent < c->output_length) {
        ssize_t n = send(c->fd, c->output + c->output_sent,
                         c->output_length - c->output_sent, MSG_NOSIGNAL);
        if (n < 0) {
            /* Si es un corte, lo contará la lectura cuando acabe con lo que quede. */
            c->error = errno == EAGAIN || errno == EINTR ? 0 : errno;
            break;
        }
        c->output_sent += (size_t)n;
    }
    if (c->output_sent == c->output_length) {
        c->output_sent = c->output_length = 0;
        if (c->finishing)
            shutdown(c->fd, SHUT_WR);
        c->finishing = false;
    }
    hs__crowd_update(c);
}

void hs__tcp_shut(struct hs_tcp *c, bool reset)
{
    struct linger now = {.l_onoff = 1};
    if (c->fd < 0)
        return;
    unwatch(c);
    if (reset)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(c->fd);
    c->fd = -1;
    if (alive(c))
        ended(c, HS_TCP_CLOSED, 0);
}

static void connected(struct hs_tcp *c)
{
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        ended(c, HS_TCP_REFUSED, error);
        return;
    }
    size = sizeof c->local;
    getsockname(c->fd, (struct sockaddr *)&c->local, &size);
    c->state = HS_TCP_OPEN;
}

/* Lee lo que haya, sin dejar que una conexión acapare el hilo. */
static void pull(struct hs_tcp *c)
{
    static char bytes[256 << 10]; /* solo la usa el hilo, con el cerrojo */
    size_t most = c->ration > 0 && c->ration < sizeof bytes ? c->ration : sizeof bytes;
    ssize_t n = recv(c->fd, bytes, most, MSG_DONTWAIT);
    if (n > 0) {
        hs__take_bytes(&c->record, &c->in, HS_OUT, bytes, (size_t)n);
        if (c->ration > 0 && (c->ration -= (size_t)n) == 0) {
            c->paused = true;
            hs__crowd_update(c);
        }
    } else if (n == 0)
        ended(c, c->error ? HS_TCP_CUT : HS_TCP_ENDED, c->error);
    else if (errno != EAGAIN && errno != EINTR)
        ended(c, HS_TCP_CUT, errno);
}

/* ----------------------------------------------------------------- El hilo */

static void attend(struct hs_tcp *c, uint32_t events)
{
    if (!c->watched) /* la prueba la cerró mientras llegaba el aviso */
        return;
    if (c->state == HS_TCP_CONNECTING)
        connected(c);
    if (c->state != HS_TCP_OPEN)
        return;
    if (!c->paused && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        pull(c);
    else if (events & (EPOLLHUP | EPOLLERR))
        unwatch(c); /* cortada sin querer leerla: se verá al volver a leer */
    if (c->watched)
        hs__tcp_push(c);
}

static void *run(void *nothing)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(crowd.epoll, events, EVENTS, -1);
        hs__lock();
        if (crowd.quit) {
            hs__unlock();
            return nothing;
        }
        for (int i = 0; i < n; i++)
            attend(events[i].data.ptr, events[i].events);
        hs__notify();
        hs__unlock();
    }
}

/* ------------------------------------------------------- Entrar y salir de escena */

const char *hs__tcp_words(const struct hs_tcp *c)
{
    switch (c->state) {
    case HS_TCP_CONNECTING:
        return "no llegó a conectar";
    case HS_TCP_OPEN:
        return c->paused ? "conectado y sin leer" : "conectado";
    case HS_TCP_REFUSED:
        return c->error == ECONNREFUSED
                   ? "no pudo conectar: conexión rechazada"
                   : hs_format("no pudo conectar: %s", strerror(c->error));
    case HS_TCP_ENDED:
        return "el servidor le cerró la conexión";
    case HS_TCP_CUT:
        return "el servidor le cortó la conexión (RST)";
    case HS_TCP_CLOSED:
        return "ya se había ido";
    }
    return "";
}

static void report(struct hs__part *part, struct hs__lines *lines)
{
    int shown = 0, hidden = 0;
    (void)part;
    hs__lock();
    for (const struct hs_tcp *c = crowd.first; c; c = c->next) {
        if (++shown > SHOWN_CLIENTS) {
            hidden++;
            continue;
        }
        size_t count = c->record.count;
        size_t from = count > SHOWN_LINES ? count - SHOWN_LINES : 0;
        hs__add(lines, "Cliente %s: %s. Líneas recibidas: %zu%s", c->name,
                hs__tcp_words(c), count, from > 0 ? "; las últimas:" : "");
        hs__show_lines(lines, &c->record, from, count, SHOWN_BYTES);
        hs__show_rest(lines, &c->in, HS_OUT, SHOWN_BYTES);
    }
    hs__unlock();
    if (hidden > 0)
        hs__add(lines, "… y %d clientes más", hidden);
}

static const char *stop(struct hs__part *part)
{
    uint64_t one = 1;
    (void)part;
    hs__lock();
    crowd.quit = true;
    hs__unlock();
    if (write(crowd.wake, &one, sizeof one) < 0)
        abort();
    pthread_join(crowd.thread, NULL);
    while (crowd.first) {
        struct hs_tcp *c = crowd.first;
        crowd.first = c->next;
        hs__tcp_shut(c, false);
        hs__record_free(&c->record);
        free(c->in.bytes);
        free(c->output);
        free(c);
    }
    close(crowd.epoll);
    close(crowd.wake);
    crowd = (struct crowd){0};
    return NULL;
}

static void start(void)
{
    /* Una conexión es un descriptor: que quepan cientos. */
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    crowd.last = &crowd.first;
    crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
    crowd.wake = eventfd(0, EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (crowd.epoll < 0 || crowd.wake < 0 ||
        epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, crowd.wake, &event) < 0 ||
        pthread_create(&crowd.thread, NULL, run, NULL) != 0)
        hs_broken("no puedo atender conexiones: %s", strerror(errno));
    crowd.part = (struct hs__part){.report = report, .stop = stop};
    hs__join(&crowd.part);
    crowd.started = true;
}

void hs__crowd_add(struct hs_tcp *c)
{
    if (!crowd.started)
        start();
    hs__lock();
    *crowd.last = c;
    crowd.last = &c->next;
    hs__crowd_update(c);
    hs__unlock();
}
