/* mock_reply.c: qué se hace con una petición, paso a paso: barrera, retención, demora y
 * respuesta, buena o averiada. */
#include "harness/mock.h"
#include <stdlib.h>
#include <string.h>

#define LINGER_MS     2000 /* lo que se espera a que el cliente cierre su lado */
#define TRICKLE_MS    5
#define ENDLESS_MS    1
#define ENDLESS_BYTES 16384

static const struct hs_reply not_found = {.status = 404};

/* ------------------------------------------------------------------- La cuenta */

/* El paso del guion que le toca a esta petición. */
static const struct hs_reply *next_step(struct route *route)
{
    struct script *s = route->script;
    if (!s)
        return &not_found;
    const struct hs_reply *step = &s->steps[s->at];
    if (++s->spent >= (step->times > 0 ? step->times : 1) && s->at + 1 < s->count) {
        s->at++;
        s->spent = 0;
    }
    return step;
}

static void count_arrival(struct hs_http_stats *stats)
{
    stats->requests++;
    if (++stats->in_flight > stats->max_in_flight)
        stats->max_in_flight = stats->in_flight;
}

static void count_end(struct hs_http_stats *stats, enum hs_request_end end)
{
    stats->in_flight--;
    if (end == HS_ANSWERED)
        stats->answered++;
    else
        stats->abandoned++;
}

void reply_end(struct connection *c, enum hs_request_end end)
{
    struct hs_request *r = c->request;
    if (c->phase == PAUSED || c->phase == RESUMED) {
        c->route->stats.paused--;
        c->m->total.paused--;
    }
    r->end = end;
    r->ended_ms = hs_now();
    count_end(&c->route->stats, end);
    count_end(&c->m->total, end);
    c->request = NULL;
    char *words = end == HS_ABANDONED
                      ? ag_format("%s: el cliente cerró sin esperar", r->method)
                  : r->status ? ag_format("%s: contestada con %d", r->method, r->status)
                              : ag_format("%s: cortada adrede", r->method);
    hs__span_end(&c->flight, end == HS_ABANDONED ? HS__ODD : HS__PLAIN, words);
    free(words);
    hs__notify();
}

/* ------------------------------------------------------------------- Responder */

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)request;
    (void)status;
}

static void on_linger(uv_timer_t *timer)
{
    hs__lock();
    connection_close(timer->data);
    hs__unlock();
}

/* Cierra nuestro lado y espera el del cliente: cerrar del todo con algo suyo sin leer
 * mandaría un RST que puede borrar la respuesta antes de que la lea. */
static void half_close(struct connection *c)
{
    c->phase = LINGER;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown) < 0)
        connection_close(c);
    else
        uv_timer_start(&c->timer, on_linger, LINGER_MS, 0);
}

/* Contestada. Se apunta antes de que el cliente pueda haberla leído. */
static void finish(struct connection *c)
{
    enum hs_fault fault = c->reply->fault;
    bool keep = c->keep_alive && !c->reply->close &&
                c->reply->framing != HS_UNTIL_CLOSE &&
                (fault == HS_NONE || fault == HS_TRICKLE);
    uv_timer_stop(&c->timer);
    reply_end(c, HS_ANSWERED);
    c->phase = READING;
    if (!keep)
        half_close(c);
}

struct sending {
    uv_write_t request;
    struct connection *c;
    char *bytes;
    bool last; /* con estos bytes termina la respuesta */
};

static void on_sent(uv_write_t *request, int status)
{
    struct sending *s = request->data;
    struct connection *c = s->c;
    hs__lock();
    if (s->last && !c->closing) {
        if (status < 0) {
            connection_close(c);
        } else {
            finish(c);
            connection_serve(c);
        }
    }
    hs__unlock();
    free(s->bytes);
    free(s);
}

/* Envía y se queda con `bytes`. */
static void transmit(struct connection *c, char *bytes, size_t length, bool last)
{
    struct sending *s = ag_alloc(1, sizeof *s);
    *s = (struct sending){.c = c, .bytes = bytes, .last = last};
    s->request.data = s;
    uv_buf_t buffer = uv_buf_init(bytes, (unsigned)length);
    uv_stream_t *stream = (uv_stream_t *)&c->tcp;
    if (uv_write(&s->request, stream, &buffer, 1, on_sent) < 0) {
        free(bytes);
        free(s);
        connection_close(c);
    } else if (last && uv_stream_get_write_queue_size(stream) == 0) {
        /* Ya salió entera. Esperar a on_sent dejaría un instante en que el cliente tiene
         * la respuesta y la petición aún cuenta como en vuelo. */
        s->last = false;
        finish(c);
    }
}

static void on_trickle(uv_timer_t *timer)
{
    struct connection *c = timer->data;
    hs__lock();
    size_t left = c->output_length - c->output_sent, step = 1;
    if (c->reply->trickle_bytes > 0)
        step = (size_t)c->reply->trickle_bytes;
    uv_buf_t buffer = uv_buf_init(c->output + c->output_sent,
                                  (unsigned)(step < left ? step : left));
    int n = uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
    c->output_sent += n > 0 ? (size_t)n : 0;
    if (c->output_sent == c->output_length) {
        finish(c);
        connection_serve(c);
    } else if (n < 0 && n != UV_EAGAIN) {
        connection_close(c);
    }
    hs__unlock();
}

static void on_endless(uv_timer_t *timer)
{
    static char filler[ENDLESS_BYTES];
    struct connection *c = timer->data;
    uv_buf_t buffer = uv_buf_init(filler, sizeof filler);
    hs__lock();
    memset(filler, ' ', sizeof filler);
    int n = uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
    if (n > 0)
        hs__progress(); /* quien lo va leyendo trabaja: no da vueltas */
    else if (n < 0 && n != UV_EAGAIN)
        connection_close(c);
    hs__unlock();
}

/* Envía lo compuesto hasta el byte `limit`, y para ahí si no es el final. */
static void send_until(struct connection *c, size_t limit)
{
    size_t n = limit - c->output_sent;
    char *piece = memcpy(ag_alloc(n + 1, 1), c->output + c->output_sent, n);
    c->output_sent = limit;
    if (limit < c->output_length) {
        c->phase = PAUSED;
        c->route->stats.paused++;
        c->m->total.paused++;
        hs__notify();
    }
    transmit(c, piece, n, limit == c->output_length);
}

static void reply(struct connection *c)
{
    static const char garbage[] = "esto no es HTTP\r\n\x01\x02\xff\r\n\r\n";
    const struct hs_reply *r = c->reply;
    const char *bare;
    c->phase = SENDING;
    switch (r->fault) {
    case HS_RESET:
        connection_reset(c);
        return;
    case HS_CLOSE:
        finish(c);
        return;
    case HS_SILENT:
        c->phase = SILENT;
        return;
    case HS_GARBAGE:
        bare = r->body ? r->body : garbage;
        transmit(c, ag_format("%s", bare), strlen(bare), true);
        return;
    default:
        mock_compose(c);
    }
    size_t pause = r->pause_at ? mock_offset(c, r->pause_at) : SIZE_MAX;
    switch (r->fault) {
    case HS_CUT_HEADER:
        c->output_length = c->head_length / 2;
        break;
    case HS_CUT_BODY:
        c->output_length = mock_offset(c, c->body_size / 2);
        break;
    case HS_TRICKLE:
        uv_timer_start(&c->timer, on_trickle, 0,
                       (uint64_t)(r->trickle_ms > 0 ? r->trickle_ms : TRICKLE_MS));
        return;
    case HS_ENDLESS:
        transmit(c, memcpy(ag_alloc(c->output_length, 1), c->output, c->output_length),
                 c->output_length, false);
        uv_timer_start(&c->timer, on_endless, 0, ENDLESS_MS);
        return;
    default:
        break;
    }
    send_until(c, pause < c->output_length ? pause : c->output_length);
}

/* ------------------------------------------------------------- Antes de responder */

static void on_delay(uv_timer_t *timer)
{
    struct connection *c = timer->data;
    hs__lock();
    reply(c);
    connection_serve(c);
    hs__unlock();
}

static void after_hold(struct connection *c)
{
    if (c->reply->delay_ms == 0) {
        reply(c);
        return;
    }
    /* El reloj del bucle es de la última vuelta y va en ms enteros: sin esto contestaría
     * antes de tiempo. */
    c->phase = DELAYED;
    uv_update_time(&c->m->loop);
    uv_timer_start(&c->timer, on_delay, (uint64_t)c->reply->delay_ms + 1, 0);
}

static void after_barrier(struct connection *c)
{
    if (c->reply->hold)
        c->phase = HELD;
    else
        after_hold(c);
}

/* ¿Espera en esa barrera? */
static bool waits_at(const struct connection *c, int barrier)
{
    return !c->closing && c->phase == BARRIER && c->reply->barrier == barrier;
}

static void reach_barrier(struct connection *c)
{
    int barrier = c->reply->barrier, waiting = 0;
    c->phase = BARRIER;
    for (struct connection *o = c->m->connections; o; o = o->next)
        waiting += waits_at(o, barrier);
    if (waiting == 1)
        c->m->wanted = hs__want_together(barrier, TOGETHER);
    if (waiting < barrier)
        return;
    hs__span_end(&c->m->wanted, HS__GOOD, NULL);
    for (struct connection *o = c->m->connections; o; o = o->next)
        if (waits_at(o, barrier))
            o->phase = PASSED;
    uv_async_send(&c->m->wake); /* siguen todas en on_wake, ya fuera de esta lectura */
}

void reply_admit(struct connection *c)
{
    struct hs_http *m = c->m;
    struct hs_request *r = c->request;
    c->route = mock_route(m, r->path, strcspn(r->path, "?"));
    count_arrival(&c->route->stats);
    count_arrival(&m->total);
    r->number = m->total.requests;
    r->connection = c->number;
    r->arrived_ms = hs_now();
    r->in_flight = c->route->stats.in_flight;
    r->in_flight_total = m->total.in_flight;
    c->reply = next_step(c->route);
    mock_keep_request(m, r);
    c->flight = hs__span_begin(c->route->lane, "%s: sigue sin respuesta", r->method);
    if (c->reply->barrier > 1)
        reach_barrier(c);
    else
        after_barrier(c);
    hs__notify();
}

static void resume(struct connection *c)
{
    size_t limit = mock_offset(c, c->let);
    c->phase = SENDING;
    c->route->stats.paused--;
    c->m->total.paused--;
    send_until(c, limit < c->output_sent     ? c->output_sent
                  : limit > c->output_length ? c->output_length
                                             : limit);
}

void reply_go_on(struct connection *c)
{
    if (c->phase == PASSED)
        after_barrier(c);
    else if (c->phase == RELEASED)
        after_hold(c);
    else if (c->phase == RESUMED)
        resume(c);
}

void reply_refuse(struct connection *c, int status)
{
    char *text = ag_format(
        "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status,
        mock_reason(status));
    c->m->total.malformed++;
    hs__notify();
    transmit(c, text, strlen(text), false);
    if (!c->closing)
        half_close(c);
}
