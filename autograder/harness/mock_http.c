/* mock_http.c: el servidor de mentira visto desde la prueba. */
#include "harness/mock.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_REQUESTS 25  /* las últimas, cuando la prueba falla */
#define SHOWN_BYTES    400 /* de cada ruta */

/* ------------------------------------------------------------- Rutas y registro */

/* ¿La misma ruta? Los dígitos de un escape valen igual en mayúsculas (RFC 3986, 6.2.2.1), y
 * cada cliente los escribe a su gusto. */
static bool same_path(const char *a, const char *b, size_t length)
{
    if (strlen(a) != length)
        return false;
    int digits = 0; /* del escape en curso, los que faltan */
    for (size_t i = 0; i < length; i++) {
        unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
        bool digit = digits > 0 && isxdigit(x);
        if (digit ? tolower(x) != tolower(y) : x != y)
            return false;
        digits = x == '%' ? 2 : digit ? digits - 1 : 0;
    }
    return true;
}

struct route *mock_route(struct hs_http *m, const char *path, size_t length)
{
    for (struct route *r = m->routes; r; r = r->next)
        if (same_path(r->path, path, length))
            return r;
    struct route *r = ag_alloc(1, sizeof *r);
    *r = (struct route){.next = m->routes, .path = strndup(path, length)};
    r->lane = hs__lane(HS__ROUTE, r->path);
    m->routes = r;
    return r;
}

void mock_keep_request(struct hs_http *m, struct hs_request *r)
{
    if ((m->log_count & (m->log_count - 1)) == 0)
        m->log = ag_grow(m->log, 2 * m->log_count + 1, sizeof(struct hs_request *));
    m->log[m->log_count++] = r;
}

static void free_request(struct hs_request *r)
{
    free((char *)r->method);
    free((char *)r->path);
    free((char *)r->headers);
    free((char *)r->body);
    free(r);
}

/* --------------------------------------------------------------- Arrancar y parar */

static void report(struct hs__part *part, struct hs__lines *lines)
{
    struct hs_http *m = (struct hs_http *)part;
    hs__lock();
    const struct hs_http_stats *t = &m->total;
    hs__add(lines,
            "Servidor http://127.0.0.1:%d%s. Peticiones recibidas: %d; contestadas: %d; "
            "en vuelo: %d; abandonadas: %d",
            m->port, m->listener ? "" : " (sin escuchar)", t->requests, t->answered,
            t->in_flight, t->abandoned);
    if (t->malformed > 0)
        hs__add(lines, "  %d veces recibió algo que no es una petición HTTP válida",
                t->malformed);
    size_t from = m->log_count > SHOWN_REQUESTS ? m->log_count - SHOWN_REQUESTS : 0;
    for (size_t i = from; i < m->log_count; i++) {
        const struct hs_request *r = m->log[i];
        const char *end = r->end == HS_IN_FLIGHT   ? "sigue en vuelo"
                          : r->end == HS_ABANDONED ? "el cliente cerró sin esperar"
                          : r->status ? hs_format("contestada con %d", r->status)
                                      : "cortada adrede";
        const char *lasted = "";
        if (r->end != HS_IN_FLIGHT)
            lasted = hs_format(" a los %.0f ms", r->ended_ms - r->arrived_ms);
        char *path = ag_clean(r->path, strlen(r->path), SHOWN_BYTES, AG_LINE);
        hs__add(lines, "  +%s s | %s %s: %s%s%s", hs__seconds(r->arrived_ms, 3),
                r->method, path, end, lasted,
                r->in_flight > 1 ? " (se solapó con otra)" : "");
        free(path);
    }
    hs__unlock();
}

/* Da una orden al servidor y espera a que la cumpla. */
static int command(struct hs_http *m, enum command order)
{
    hs__lock();
    m->command = order;
    uv_async_send(&m->wake);
    while (m->command != NOTHING)
        hs__sleep();
    int error = m->command_error;
    hs__unlock();
    return error;
}

static const char *stop(struct hs__part *part)
{
    struct hs_http *m = (struct hs_http *)part;
    command(m, QUIT);
    pthread_join(m->thread, NULL);
    int error = uv_loop_close(&m->loop);
    close(m->reserve);
    for (size_t i = 0; i < m->log_count; i++)
        free_request(m->log[i]);
    free(m->log);
    while (m->routes) {
        struct route *r = m->routes;
        m->routes = r->next;
        free(r->path);
        free(r);
    }
    free(m);
    return error ? hs_format("el servidor no se cerró bien: %s", uv_strerror(error))
                 : NULL;
}

struct hs_http *hs_http_start(void)
{
    struct hs_http *m = ag_alloc(1, sizeof *m);
    *m = (struct hs_http){.part = {.report = report, .stop = stop}};
    int error = mock_open(m);
    if (error < 0) {
        free(m);
        hs_broken("no puedo abrir un servidor de pruebas: %s", uv_strerror(error));
    }
    hs__join(&m->part);
    return m;
}

int hs_http_port(struct hs_http *m)
{
    return m->port;
}

const char *hs_http_url(struct hs_http *m, const char *path)
{
    return hs_format("http://127.0.0.1:%d%s", m->port, path);
}

struct refusal {
    struct hs__part part;
    int fd;
};

static const char *stop_refusing(struct hs__part *part)
{
    close(((struct refusal *)part)->fd);
    return NULL;
}

const char *hs_http_refused_url(const char *path)
{
    int port = 0, fd = mock_bind(&port);
    if (fd < 0)
        hs_broken("no puedo reservar un puerto: %s", uv_strerror(fd));
    struct refusal *r = hs__keep(sizeof *r);
    *r = (struct refusal){.part = {.stop = stop_refusing}, .fd = fd};
    hs__join(&r->part);
    return hs_format("http://127.0.0.1:%d%s", port, path);
}

/* --------------------------------------------------------------- Dirigir la escena */

static const char *kept(const char *text)
{
    return text ? hs_format("%s", text) : NULL;
}

static const char *kept_body(const struct hs_reply *reply, size_t *size)
{
    *size = reply->body_size > 0 || !reply->body ? reply->body_size : strlen(reply->body);
    return reply->body ? hs__keep_text(reply->body, *size) : NULL;
}

void hs_http_script(struct hs_http *m, const char *path, const struct hs_reply *replies,
                    size_t n)
{
    if (n == 0 || strchr(path, '?'))
        hs_broken("el guion de «%s» está vacío, o la ruta lleva consulta", path);
    struct script *s = hs__keep(sizeof *s + n * sizeof *replies);
    s->count = n;
    for (size_t i = 0; i < n; i++) {
        s->steps[i] = replies[i];
        s->steps[i].body = kept_body(&replies[i], &s->steps[i].body_size);
        s->steps[i].headers = kept(replies[i].headers);
        s->steps[i].location = kept(replies[i].location);
        s->steps[i].etag = kept(replies[i].etag);
    }
    hs__lock();
    mock_route(m, path, strlen(path))->script = s;
    hs__unlock();
}

int hs_http_release(struct hs_http *m, const char *path)
{
    int released = 0;
    hs__lock();
    for (struct connection *c = m->connections; c; c = c->next)
        if (!c->closing && c->phase == HELD &&
            (!path || same_path(c->route->path, path, strlen(path)))) {
            c->phase = RELEASED;
            released++;
        }
    uv_async_send(&m->wake);
    hs__unlock();
    return released;
}

int hs_http_advance(struct hs_http *m, const char *path, size_t upto)
{
    int resumed = 0;
    hs__lock();
    for (struct connection *c = m->connections; c; c = c->next)
        if (!c->closing && c->phase == PAUSED &&
            (!path || same_path(c->route->path, path, strlen(path)))) {
            c->let = upto;
            c->phase = RESUMED;
            resumed++;
        }
    uv_async_send(&m->wake);
    hs__unlock();
    return resumed;
}

void hs_http_stop_listening(struct hs_http *m, bool cut)
{
    command(m, cut ? CUT_ALL : STOP_LISTENING);
}

void hs_http_listen_again(struct hs_http *m)
{
    int error = command(m, LISTEN_AGAIN);
    if (error < 0)
        hs_broken("el puerto %d no vuelve a escuchar: %s", m->port, uv_strerror(error));
}

/* --------------------------------------------------------------------- Preguntar */

/* Con el cerrojo tomado. */
static struct hs_http_stats *stats_of(struct hs_http *m, const char *path)
{
    return path ? &mock_route(m, path, strlen(path))->stats : &m->total;
}

struct hs_http_stats hs_http_stats(struct hs_http *m, const char *path)
{
    hs__lock();
    struct hs_http_stats stats = *stats_of(m, path);
    hs__unlock();
    return stats;
}

struct hs_request hs_http_request(struct hs_http *m, const char *path, int k)
{
    struct hs_request found = {0};
    int seen = 0;
    hs__lock();
    for (size_t i = 0; i < m->log_count && seen < k; i++) {
        const char *p = m->log[i]->path;
        size_t n = strcspn(p, "?");
        if (!path || same_path(path, p, n)) {
            found = *m->log[i];
            seen++;
        }
    }
    hs__unlock();
    if (k < 1 || seen < k)
        hs_broken("se pidió la petición %d de %s y solo hay %d", k,
                  path ? path : "todas las rutas", seen);
    return found;
}

const char *hs_request_header(const struct hs_request *r, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = r->headers; *line; line += strcspn(line, "\n") + 1)
        if (strncasecmp(line, name, n) == 0 && line[n] == ':') {
            line += n + 1;
            line += strspn(line, " \t");
            return hs__keep_text(line, strcspn(line, "\r"));
        }
    return NULL;
}

/* ----------------------------------------------------------------------- Esperar */

struct wait {
    const struct hs_http_stats *stats;
    size_t counter; /* desplazamiento del contador dentro de las cuentas */
    int wanted;
};

static int counter_of(const struct wait *w)
{
    return *(const int *)((const char *)w->stats + w->counter);
}

static int enough(void *arg)
{
    const struct wait *w = arg;
    return counter_of(w) >= w->wanted;
}

static int none_open(void *arg)
{
    return ((const struct wait *)arg)->stats->open == 0;
}

static const char *had(int n)
{
    return n == 0 ? "no tiene ninguna" : hs_format("tiene %d", n);
}

/* Nadie ha recibido nada: o se piden todas a la vez o no llegan más. */
static const char *stuck(const struct wait *w)
{
    return w->stats->requests > 0 && w->stats->answered == 0
               ? ", sin respuesta todavía: ¿espera el programa la de unas antes de pedir "
                 "las otras?"
               : "";
}

static void wait_counter(struct hs_http *m, const char *path, int n, int ms,
                         size_t counter, const char *what)
{
    hs__checked();
    const char *where = path ? hs_format(" en %s", path) : "";
    struct hs__span wanted = {0};
    if (n > 1 && counter == offsetof(struct hs_http_stats, in_flight))
        wanted = hs__want_together(n, TOGETHER);
    hs__lock();
    struct wait w = {stats_of(m, path), counter, n};
    if (!hs__wait(enough, &w, ms))
        hs__fail_waiting(ms, "el servidor debía tener %d %s%s y %s%s", n, what, where,
                         had(counter_of(&w)), stuck(&w));
    hs__unlock();
    hs__span_end(&wanted, HS__GOOD, NULL);
    hs_step("El servidor ya tiene %d %s%s", n, what, where);
}

void hs_http_wait_requests(struct hs_http *m, const char *path, int n, int ms)
{
    wait_counter(m, path, n, ms, offsetof(struct hs_http_stats, requests),
                 n == 1 ? "petición" : "peticiones");
}

void hs_http_wait_in_flight(struct hs_http *m, const char *path, int n, int ms)
{
    wait_counter(m, path, n, ms, offsetof(struct hs_http_stats, in_flight),
                 n == 1 ? "petición en vuelo" : "peticiones en vuelo a la vez");
}

void hs_http_wait_paused(struct hs_http *m, const char *path, int n, int ms)
{
    wait_counter(m, path, n, ms, offsetof(struct hs_http_stats, paused),
                 n == 1 ? "respuesta parada a medias" : "respuestas paradas a medias");
}

void hs_http_wait_abandoned(struct hs_http *m, const char *path, int n, int ms)
{
    wait_counter(m, path, n, ms, offsetof(struct hs_http_stats, abandoned),
                 n == 1 ? "petición abandonada por el cliente"
                        : "peticiones abandonadas por el cliente");
}

static int enough_ended(void *arg)
{
    const struct wait *w = arg;
    return w->stats->answered + w->stats->abandoned >= w->wanted;
}

void hs_http_wait_ended(struct hs_http *m, const char *path, int n, int ms)
{
    hs__checked();
    const char *where = path ? hs_format(" en %s", path) : "";
    hs__lock();
    struct wait w = {stats_of(m, path), 0, n};
    if (!hs__wait(enough_ended, &w, ms))
        hs__fail_waiting(ms, "el servidor debía tener %d %s%s y %s", n,
                         n == 1 ? "petición terminada" : "peticiones terminadas", where,
                         had(w.stats->answered + w.stats->abandoned));
    hs__unlock();
}

void hs_http_wait_closed(struct hs_http *m, int ms)
{
    hs__checked();
    hs__lock();
    struct wait w = {.stats = &m->total};
    if (!hs__wait(none_open, &w, ms))
        hs__fail_waiting(ms, "el programa debía cerrar todas sus conexiones y %s",
                         m->total.open == 1
                             ? "queda abierta 1"
                             : hs_format("quedan abiertas %d", m->total.open));
    hs__unlock();
}
