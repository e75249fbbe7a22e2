/* mock_reply.c: qué se hace con una petición, paso a paso: barrera, retención, demora y
 * respuesta, buena o averiada. */
#include "mock.h"
#include <stdlib.h>
#include <string.h>

#define LINGER_MS     2000 /* lo que se espera a que el cliente cierre su lado */
#define TRICKLE_MS    5
#define ENDLESS_MS    1
#define ENDLESS_BYTES 16384

static const struct hs_reply not_found = {.status = 404};

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *words;
    } known[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].words;
    return "Otro";
}

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
    r->end = end;
    r->ended_ms = hs_now();
    count_end(&c->route->stats, end);
    count_end(&c->m->total, end);
    c->request = NULL;
    if (r->number > MOCK_LOG)
        mock_free_request(r);
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
    struct sending *s = hs__alloc(sizeof *s);
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
    uv_buf_t buffer = uv_buf_init(c->output + c->output_sent, 1);
    int n = uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
    if (n > 0 && ++c->output_sent == c->output_length) {
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
    if (n < 0 && n != UV_EAGAIN)
        connection_close(c);
    hs__unlock();
}

/* El cuerpo que iría sin avería; `fallback` es donde escribirlo si el guion no dice nada. */
static const char *body_of(const struct hs_reply *r, int status, char fallback[static 64],
                           size_t *size)
{
    *size = 0;
    if (status == 204 || status == 304 || status < 200)
        return NULL;
    if (r->body) {
        *size = r->body_size;
        return r->body;
    }
    if (r->fault != HS_ENDLESS)
        *size = (size_t)snprintf(fallback, 64, "%d %s\n", status, reason(status));
    return fallback;
}

/* Las cabeceras y el cuerpo, tal como irían sin avería. */
static char *compose(struct connection *c, size_t *head_length, size_t *length)
{
    const struct hs_reply *r = c->reply;
    int status = r->status ? r->status : 200;
    bool closes = r->close || !c->keep_alive ||
                  (r->fault != HS_NONE && r->fault != HS_TRICKLE);
    char fallback[64], measure[64] = "";
    size_t size;
    const char *body = body_of(r, status, fallback, &size);
    if (body && r->fault != HS_ENDLESS)
        snprintf(measure, sizeof measure, "Content-Length: %zu\r\n", size);
    char *text = NULL;
    int n = asprintf(&text,
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "%s%s%s%s%s%s\r\n",
                     status, reason(status), measure, r->location ? "Location: " : "",
                     r->location ? r->location : "", r->location ? "\r\n" : "",
                     closes ? "Connection: close\r\n" : "", r->headers ? r->headers : "");
    if (n < 0)
        abort();
    c->request->status = status;
    *length = *head_length = (size_t)n;
    if (!c->head && size > 0) {
        text = hs__grow(text, *head_length + size);
        memcpy(text + *head_length, body, size);
        *length += size;
    }
    return text;
}

static void start_dripping(struct connection *c, char *bytes, size_t length)
{
    int pace = c->reply->trickle_ms > 0 ? c->reply->trickle_ms : TRICKLE_MS;
    free(c->output);
    c->output = bytes;
    c->output_length = length;
    c->output_sent = 0;
    uv_timer_start(&c->timer, on_trickle, 0, (uint64_t)pace);
}

static void reply(struct connection *c)
{
    static const char garbage[] = "esto no es HTTP\r\n\x01\x02\xff\r\n\r\n";
    size_t head, length;
    char *text;
    c->phase = SENDING;
    switch (c->reply->fault) {
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
        transmit(c, strdup(garbage), sizeof garbage - 1, true);
        return;
    default:
        text = compose(c, &head, &length);
    }
    switch (c->reply->fault) {
    case HS_CUT_HEADER:
        transmit(c, text, head / 2, true);
        return;
    case HS_CUT_BODY:
        transmit(c, text, head + (length - head) / 2, true);
        return;
    case HS_TRICKLE:
        start_dripping(c, text, length);
        return;
    case HS_ENDLESS:
        transmit(c, text, length, false);
        uv_timer_start(&c->timer, on_endless, 0, ENDLESS_MS);
        return;
    default:
        transmit(c, text, length, true);
    }
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
    if (waiting < barrier)
        return;
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
    if (c->reply->barrier > 1)
        reach_barrier(c);
    else
        after_barrier(c);
    hs__notify();
}

void reply_go_on(struct connection *c)
{
    if (c->phase == PASSED)
        after_barrier(c);
    else if (c->phase == RELEASED)
        after_hold(c);
}

void reply_refuse(struct connection *c, int status)
{
    char *text = NULL;
    int n = asprintf(&text,
                     "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                     status, reason(status));
    if (n < 0)
        abort();
    c->m->total.malformed++;
    hs__notify();
    transmit(c, text, (size_t)n, false);
    if (!c->closing)
        half_close(c);
}
