#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/internal.h"

/* ---- Resolver el nombre, para que libcurl no lo haga -------------------------------- */

static bool needs_resolving(const char *host)
{
    struct in_addr v4;

    /* localhost lo conoce libcurl de memoria. */
    return *host != '[' && inet_pton(AF_INET, host, &v4) != 1 &&
           strcasecmp(host, "localhost") != 0;
}

/* "+nombre:puerto:dirección,dirección": para CURLOPT_RESOLVE. El «+» hace que libcurl
 * olvide el nombre al cabo de CURLOPT_DNS_CACHE_TIMEOUT y no lo guarde para siempre. */
static int write_addresses(struct as__exchange *x, const char *host, const char *port,
                           const struct as__addresses *addresses)
{
    size_t size = strlen(host) + strlen(port) + 4 +
                  addresses->count * (INET6_ADDRSTRLEN + 3);
    char *text = malloc(size);

    if (!text)
        return as__error(UV_ENOMEM);
    x->resolve.data = text;
    int n = snprintf(text, size, "+%s:%s:", host, port);
    for (size_t i = 0; i < addresses->count; i++) {
        char address[INET6_ADDRSTRLEN];
        bool v6 = addresses->list[i].any.sa_family == AF_INET6;
        uv_ip_name(&addresses->list[i].any, address, sizeof address);
        n += snprintf(text + n, size - (size_t)n, v6 ? "%s[%s]" : "%s%s", i ? "," : "",
                      address);
    }
    return 0;
}

static int resolve(struct as__exchange *x, const char *host, const char *port)
{
    struct as__addresses addresses;

    int rc = as__resolve(&x->http->resolver, host, &addresses);
    if (rc == 0)
        return write_addresses(x, host, port, &addresses);
    return as__proxy_hint(x->http, rc);
}

static int resolve_host(struct as__exchange *x)
{
    CURLU *to = x->http->proxy_url ? x->http->proxy_url : x->url;
    char *host = NULL, *port = NULL;

    free(x->resolve.data);
    x->resolve.data = NULL;
    int rc = as__url_host(to, &host);
    if (rc == UV_EINVAL)
        as_error_set(rc,
                     "no se puede convertir a ASCII el nombre de máquina de «%s»; falta "
                     "setlocale(LC_ALL, \"\") o no está bien escrito",
                     x->request->url);
    if (rc == 0 && needs_resolving(host)) {
        if (curl_url_get(to, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
            rc = as__error(UV_ENOMEM);
        else
            rc = resolve(x, host, port);
    }
    curl_free(port);
    curl_free(host);
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
    if (rc == 0 && !is_ready(t))
        rc = as__exchange_outcome(x);
    if (rc < 0 || t->redirect)
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
    int rc = resolve_host(x);

    if (rc == 0)
        rc = transfer(x);
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
    as_scope scope;

    if (x->request->timeout_ms <= 0)
        return all_hops(x);
    as_scope_enter(&scope, x->request->timeout_ms);
    int rc = all_hops(x);
    int outside = as_scope_leave(&scope, rc);
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
                                        .sink_arg = sink_arg};

    int rc = as__request_check(request);
    if (rc == 0)
        rc = as__http_acquire(http);
    if (rc < 0)
        return rc;
    rc = all_hops_in_time(x);
    if (rc < 0)
        as__exchange_end(x);
    return rc;
}

void as__exchange_end(struct as__exchange *x)
{
    as__transfer_free(&x->transfer);
    curl_url_cleanup(x->url);
    free(x->resolve.data);
    free(x->headers);
    as__http_release(x->http);
}
