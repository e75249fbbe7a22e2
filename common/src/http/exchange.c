#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"
#include "io/stream_internal.h"

#define HIDDEN_NS UINT64_C(1800000000000) /* media hora: menos que libcurl */

/* ---- Con quién hay que conectarse --------------------------------------------------- */

/* Sin los corchetes que lleva en una URL, y con su interfaz: «fe80::1%eth0». */
static int bare_ipv6(CURLU *url, char **host)
{
    char *zone = NULL, *bare = NULL;

    curl_url_get(url, CURLUPART_ZONEID, &zone, 0);
    int n = (int)strcspn(*host + 1, "]");
    if (asprintf(&bare, "%.*s%s%s", n, *host + 1, zone ? "%" : "", zone ? zone : "") < 0)
        bare = NULL;
    curl_free(zone);
    curl_free(*host);
    *host = bare;
    return bare ? 0 : as__error(UV_ENOMEM);
}

/* ¿Le dimos ya la de este nombre? Se recuerda el último, que suele ser el mismo. */
static bool is_hidden(const struct as__exchange *x)
{
    const struct as__hidden *hidden = &x->http->hidden;

    return hidden->host && hidden->port == x->port &&
           strcmp(hidden->host, x->host) == 0 && uv_hrtime() < hidden->until_ns;
}

/* Al volver a dársela, libcurl olvida antes la que tenía: si le faltó memoria, puede no tener
 * ninguna. */
static void remember_hidden(struct as__exchange *x)
{
    struct as__hidden *hidden = &x->http->hidden;
    const struct as__transfer *t = &x->transfer;
    bool given = (t->sends > 0 || t->unconnected) && t->starved == as__libcurl_starved();

    free(hidden->host);
    *hidden = (struct as__hidden){.host = given ? strdup(x->host) : NULL,
                                  .port = x->port,
                                  .until_ns = uv_hrtime() + HIDDEN_NS};
}

/* libcurl no debe buscar el nombre, que bloquearía: se le da una dirección, que no usará, porque
 * conectar lo hacemos nosotros. El «+» hace que la olvide al cabo de CURLOPT_DNS_CACHE_TIMEOUT. */
static int hide_name(struct as__exchange *x)
{
    struct in_addr address;
    char *text;

    if (inet_pton(AF_INET, x->host, &address) == 1 || is_hidden(x))
        return 0;
    if (asprintf(&text, "+%s:%d:127.0.0.1", x->host, x->port) < 0)
        return as__error(UV_ENOMEM);
    x->resolve.data = text;
    return 0;
}

static void forget_host(struct as__exchange *x)
{
    free(x->resolve.data);
    x->resolve.data = NULL;
    curl_free(x->host);
    x->host = NULL;
}

/* Entre 1 y AS__BOXES - 1, según FNV-1a: dos máquinas pueden compartirla. */
static uint16_t box_of(const char *host, int port)
{
    uint32_t hash = 2166136261U ^ (uint32_t)port;

    for (; *host; host++)
        hash = (hash ^ (unsigned char)*host) * 16777619U;
    return (uint16_t)(1 + hash % (AS__BOXES - 1));
}

static int find_host(struct as__exchange *x)
{
    CURLU *to = x->http->proxy_url ? x->http->proxy_url : x->url;
    char *port = NULL;

    forget_host(x);
    int rc = as__url_host(to, &x->host);
    if (rc == UV_EINVAL)
        as_error_set(rc,
                     "no se puede convertir a ASCII el nombre de máquina de «%s»; falta "
                     "setlocale(LC_ALL, \"\") o no está bien escrito",
                     x->request->url);
    if (rc < 0)
        return rc;
    if (curl_url_get(to, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return as__error(UV_ENOMEM);
    x->port = atoi(port);
    curl_free(port);
    x->transfer.box = box_of(x->host, x->port);
    return *x->host == '[' ? bare_ipv6(to, &x->host) : hide_name(x);
}

/* ---- Conectarse --------------------------------------------------------------------- */

static int take_seat(struct as__exchange *x)
{
    int rc = as__http_acquire(x->http);

    x->seated = rc == 0;
    return rc;
}

static void leave_seat(struct as__exchange *x)
{
    if (x->seated)
        as__http_release(x->http);
    x->seated = false;
}

/* Quien espera a un DNS no ocupa plaza: los nombres mudos taparían a los sitios sanos. La espera
 * de después por otra plaza tampoco es culpa del sitio, y el plazo no la cuenta. */
static int ask(struct as__exchange *x, as__resolve_fn *resolve,
               struct as__addresses *addresses)
{
    leave_seat(x);
    int rc = resolve(&x->http->resolver, x->host, addresses);
    if (rc < 0)
        return rc;
    uint64_t left = as__scope_pause(&x->deadline);
    rc = take_seat(x);
    as__scope_resume(&x->deadline, left);
    return rc;
}

static int ask_whole(void *arg, struct as__addresses *addresses)
{
    return ask(arg, as__resolve_whole, addresses);
}

static int resolve(struct as__exchange *x, struct as__addresses *addresses)
{
    int rc = as__resolve_known(&x->http->resolver, x->host, addresses);

    if (rc == UV_EAGAIN)
        rc = as__proxy_hint(x->http, ask(x, as__resolve, addresses));
    return rc;
}

static int dial(struct as__exchange *x, struct as__addresses *addresses)
{
    const struct as__connect to = {.ask_whole = ask_whole,
                                   .arg = x,
                                   .port = x->port,
                                   .apart = true,
                                   .site = __builtin_return_address(0)};
    as_stream *stream;

    int rc = as__connect_any(&to, addresses, &stream);
    if (rc == 0) {
        rc = as__http_adopt(x->http, stream);
        as__stream_discard(stream);
    }
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0)
        return as__connect_error(x, rc);
    x->transfer.fd = rc;
    return 0;
}

static int connect_host(struct as__exchange *x)
{
    struct as__addresses addresses = {0};

    int rc = resolve(x, &addresses);
    if (rc == 0)
        rc = dial(x, &addresses);
    as__addresses_free(&addresses);
    return rc;
}

/* ---- Los saltos --------------------------------------------------------------------- */

/* Un flujo está listo con las cabeceras; si el cuerpo falla, lo dirá quien lo lea. */
static bool is_ready(const struct as__transfer *t)
{
    return t->streaming && t->head_done && !t->redirect;
}

static int transfer(struct as__exchange *x)
{
    struct as__transfer *t = &x->transfer;

    int rc = as__transfer_open(t);
    if (rc == 0)
        rc = as__request_configure(x);
    if (rc == 0)
        rc = as__transfer_start(t);
    while (rc == 0 && !t->done && !is_ready(t))
        rc = as__transfer_wait(t);
    if (x->resolve.data)
        remember_hidden(x);
    if (rc == 0 && !is_ready(t) && !t->unconnected)
        rc = as__exchange_outcome(x);
    if (rc < 0 || t->redirect || t->unconnected)
        as__transfer_close(t);
    return rc;
}

/* Lo que va mal tras una redirección no es culpa de quien pidió la primera dirección. */
static int blame_redirect(const struct as__exchange *x, int rc)
{
    char *url = NULL;

    if (rc == UV_EINVAL && curl_url_get(x->url, CURLUPART_URL, &url, 0) == CURLUE_OK)
        rc = as_error_set(UV_EPROTO, "«%s» redirige a «%s», que no es válida",
                          x->request->url, url);
    else if (rc != UV_ECANCELED && rc != UV_ENOMEM)
        as_error_set(rc, "tras la redirección de «%s»: %s", x->request->url,
                     as_error_text(rc));
    curl_free(url);
    return rc;
}

static int one_hop(struct as__exchange *x)
{
    int rc = find_host(x);

    /* Si no hay ninguna abierta con esa máquina, libcurl solo podría decir que no la tiene. */
    if (rc == 0 && (as__request_goes_alone(x) || x->http->open[x->transfer.box] == 0))
        rc = connect_host(x);
    while (rc == 0 && (rc = transfer(x)) == 0 && x->transfer.unconnected)
        rc = connect_host(x);
    return rc < 0 && x->redirects > 0 ? blame_redirect(x, rc) : rc;
}

static int all_hops(struct as__exchange *x)
{
    int rc = as__url_parse(x->request->url, &x->url);

    if (rc < 0)
        return rc;
    as__request_first(x);
    while ((rc = one_hop(x)) == 0 && x->transfer.redirect) {
        rc = as__exchange_follow(x);
        if (rc < 0)
            return rc;
    }
    return rc;
}

/* El plazo cuenta desde que hay plaza: lo que se espera por ella no es culpa del sitio. */
static int all_hops_in_time(struct as__exchange *x)
{
    int64_t ms = x->request->timeout_ms;

    as_scope_enter(&x->deadline, ms > 0 ? ms : AS_FOREVER);
    int rc = all_hops(x);
    int outside = as_scope_leave(&x->deadline, rc);
    if (rc == UV_ECANCELED && outside == UV_ETIMEDOUT) {
        as_error_set(outside, "«%s» no respondió en %lld ms", x->request->url,
                     (long long)x->request->timeout_ms);
        as__proxy_hint(x->http, outside);
    }
    return outside;
}

int as__exchange_run(struct as__exchange *x, as_http *http,
                     const as_http_request *request, as__sink_fn *sink, void *sink_arg,
                     bool streaming)
{
    *x = (struct as__exchange){.http = http, .request = request};
    x->transfer = (struct as__transfer){.http = http,
                                        .follow = http->max_redirects > 0,
                                        .streaming = streaming,
                                        .sink = sink,
                                        .fd = -1,
                                        .sink_arg = sink_arg};

    int rc = as__request_check(request);
    if (rc < 0)
        return rc;
    http->users++;
    rc = take_seat(x);
    if (rc < 0) {
        http->users--;
        return rc;
    }
    rc = all_hops_in_time(x);
    if (rc < 0)
        as__exchange_end(x);
    return rc;
}

void as__exchange_end(struct as__exchange *x)
{
    as__transfer_free(&x->transfer);
    curl_url_cleanup(x->url);
    forget_host(x);
    free(x->headers);
    leave_seat(x);
    x->http->users--;
}
