#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_internal.h"

/* ---- Validar lo que pide el programa ------------------------------------------------ */

/* Un nombre de método o de cabecera: el `token` de RFC 9110. */
static size_t token_length(const char *text)
{
    return strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static int check_request(const as_http_request *request)
{
    const char *method = request->method;

    if (!request->url)
        return as_error_set(UV_EINVAL, "falta la URL");
    if (method && (!*method || method[token_length(method)]))
        return as_error_set(UV_EINVAL, "el método «%s» no es válido", method);
    for (const char *const *h = request->headers; h && *h; h++) {
        /* Un salto de línea dentro colaría cabeceras, o peticiones, ajenas. */
        size_t name = token_length(*h);
        if (name == 0 || (*h)[name] != ':' || strpbrk(*h, "\r\n"))
            return as_error_set(UV_EINVAL,
                                "la cabecera «%s» no tiene la forma «Nombre: valor»", *h);
    }
    return 0;
}

static int url_error(CURLUcode code, const char *url)
{
    if (code == CURLUE_OUT_OF_MEMORY)
        return UV_ENOMEM;
    return as_error_set(UV_EINVAL, "la URL «%s» no es válida: %s", url,
                        curl_url_strerror(code));
}

static int parse_url(CURLU **url, const char *text)
{
    *url = curl_url();
    if (!*url)
        return UV_ENOMEM;
    CURLUcode code = curl_url_set(*url, CURLUPART_URL, text, 0);
    if (code != CURLUE_OK)
        return url_error(code, text);
    return as__url_check_scheme(*url, UV_EINVAL);
}

int as_http_check_url(const char *text)
{
    CURLU *url;
    int rc = parse_url(&url, text);

    curl_url_cleanup(url);
    return rc;
}

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
static int write_addresses(struct as__transfer *t, const char *host, const char *port,
                           const struct as__addresses *addresses)
{
    size_t size = strlen(host) + strlen(port) + 4 +
                  addresses->count * (INET6_ADDRSTRLEN + 3);
    char *text = realloc(t->resolve.data, size);

    if (!text)
        return UV_ENOMEM;
    t->resolve.data = text;
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

static bool is_ascii(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 128)
            return false;
    }
    return true;
}

/* El nombre tal como lo buscará libcurl en su lista: en punycode si no es ASCII. */
static int host_of(struct as__exchange *x, char **host)
{
    if (curl_url_get(x->url, CURLUPART_HOST, host, 0) != CURLUE_OK)
        return UV_ENOMEM;
    if (is_ascii(*host))
        return 0;
    curl_free(*host);
    *host = NULL;
    if (curl_url_get(x->url, CURLUPART_HOST, host, CURLU_PUNYCODE) == CURLUE_OK)
        return 0;
    return as_error_set(UV_EINVAL,
                        "no se puede convertir a ASCII el nombre de máquina de «%s»; "
                        "falta setlocale(LC_ALL, \"\") o no está bien escrito",
                        x->request->url);
}

static int resolve_host(struct as__exchange *x)
{
    struct as__addresses addresses;
    CURL *easy = x->transfer->easy;
    char *host = NULL, *port = NULL;

    curl_easy_setopt(easy, CURLOPT_RESOLVE, NULL);
    int rc = host_of(x, &host);
    if (rc < 0 || !needs_resolving(host))
        goto out;
    if (curl_url_get(x->url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK) {
        rc = UV_ENOMEM;
        goto out;
    }
    rc = as__resolve(&x->http->resolver, host, &addresses);
    if (rc == 0)
        rc = write_addresses(x->transfer, host, port, &addresses);
    if (rc == 0)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, &x->transfer->resolve);
out:
    curl_free(port);
    curl_free(host);
    return rc;
}

/* ---- Lo que se pide en este salto --------------------------------------------------- */

static bool is_one_of(const char *line, const char *const *names)
{
    for (; *names; names++) {
        if (as__header_value(line, *names))
            return true;
    }
    return false;
}

/* Lo que no debe pasar a otro servidor, y lo que describe un cuerpo que ya no va. */
static bool travels(const struct as__exchange *x, const char *line)
{
    static const char *const private[] = {"Authorization", "Cookie", "Host",
                                          "Proxy-Authorization", NULL};

    if (x->foreign && is_one_of(line, private))
        return false;
    return x->with_body || x->redirects == 0 ||
           (strncasecmp(line, "Content-", 8) != 0 &&
            !as__header_value(line, "Transfer-Encoding"));
}

static int set_headers(struct as__exchange *x)
{
    struct as__transfer *t = x->transfer;
    const char *const *headers = x->request->headers;
    size_t count = 0, capacity = 3;
    bool typed = false;

    for (const char *const *h = headers; h && *h; h++)
        capacity++;
    if (capacity > t->header_capacity) {
        struct curl_slist *list = realloc(t->headers, capacity * sizeof *list);
        if (!list)
            return UV_ENOMEM;
        t->headers = list;
        t->header_capacity = capacity;
    }
    for (const char *const *h = headers; h && *h; h++) {
        if (travels(x, *h))
            t->headers[count++].data = (char *)*h;
        typed = typed || as__header_value(*h, "Content-Type");
    }
    if (x->with_body) {
        /* Sin valor, libcurl no manda la cabecera: ni la pausa de un segundo que pide
         * por omisión para un cuerpo grande, ni un tipo que nadie eligió. */
        t->headers[count++].data = "Expect:";
        if (!typed)
            t->headers[count++].data = "Content-Type:";
    }
    if (t->streaming)
        t->headers[count++].data = "Accept-Encoding: identity";
    for (size_t i = 0; i < count; i++)
        t->headers[i].next = i + 1 < count ? &t->headers[i + 1] : NULL;
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, count ? t->headers : NULL);
    return 0;
}

static bool is_idempotent(const char *method)
{
    static const char *const names[] = {"GET",    "HEAD",    "PUT",
                                        "DELETE", "OPTIONS", "TRACE"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(method, names[i]) == 0)
            return true;
    }
    return false;
}

static CURLcode set_method(struct as__exchange *x)
{
    CURL *easy = x->transfer->easy;
    const char *usual = x->with_body ? "POST" : "GET";

    if (x->with_body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                         x->request->body ? x->request->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)x->request->body_size);
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        curl_easy_setopt(easy, CURLOPT_NOBODY, strcmp(x->method, "HEAD") == 0 ? 1L : 0L);
    }
    return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
                            strcmp(x->method, usual) == 0 ? NULL : x->method);
}

static int configure(struct as__exchange *x)
{
    struct as__transfer *t = x->transfer;

    t->send_once = !is_idempotent(x->method);
    int rc = set_headers(x);
    if (rc < 0)
        return rc;
    curl_easy_setopt(t->easy, CURLOPT_CURLU, x->url);
    /* Un flujo no pide compresión: al pausarlo, libcurl guardaría en memoria lo que
     * ocupe descomprimido, sin límite. */
    if (set_method(x) != CURLE_OK ||
        curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, t->streaming ? NULL : "") !=
            CURLE_OK)
        return UV_ENOMEM;
    return 0;
}

/* ---- El intercambio ----------------------------------------------------------------- */

/* Un flujo está listo con las cabeceras; si el cuerpo falla, lo dirá quien lo lea. */
static bool is_ready(const struct as__transfer *t)
{
    return t->streaming && t->head_done && !t->redirect;
}

static int one_hop(struct as__exchange *x)
{
    struct as__transfer *t = x->transfer;

    int rc = resolve_host(x);
    if (rc == 0)
        rc = configure(x);
    if (rc == 0)
        rc = as__transfer_start(t);
    if (rc < 0)
        return rc;
    while (rc == 0 && !t->done && !is_ready(t))
        rc = as__transfer_wait(t);
    if (rc == 0 && !is_ready(t))
        rc = as__transfer_result(t);
    if (rc < 0 || t->redirect)
        as__transfer_stop(t);
    return rc;
}

static void set_first_hop(struct as__exchange *x)
{
    const as_http_request *request = x->request;
    const char *method = request->method;

    if (!method)
        method = request->body || request->body_size ? "POST" : "GET";
    x->method = method;
    /* POST, PUT y PATCH llevan cuerpo aunque sea de cero bytes. */
    x->with_body = request->body_size > 0 || strcmp(method, "POST") == 0 ||
                   strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static int run(struct as__exchange *x, as_http *http, const as_http_request *request,
               as__sink_fn *sink, void *sink_arg, bool streaming)
{
    *x = (struct as__exchange){.http = http, .request = request};

    int rc = check_request(request);
    if (rc < 0)
        return rc;
    rc = as__http_acquire(http);
    if (rc < 0)
        return rc;
    x->transfer = as__transfer_take(http);
    if (!x->transfer) {
        rc = UV_ENOMEM;
        goto fail_transfer;
    }
    x->transfer->follow = http->max_redirects > 0;
    x->transfer->streaming = streaming;
    x->transfer->sink = sink;
    x->transfer->sink_arg = sink_arg;
    rc = parse_url(&x->url, x->request->url);
    if (rc < 0)
        goto fail;
    set_first_hop(x);
    while ((rc = one_hop(x)) == 0 && x->transfer->redirect) {
        rc = as__exchange_follow(x);
        if (rc < 0)
            break;
    }
    if (rc == 0)
        return 0;
fail:
    curl_url_cleanup(x->url);
    as__transfer_give_back(x->transfer, false);
fail_transfer:
    as__http_release(http);
    return rc;
}

int as__exchange_run(struct as__exchange *x, as_http *http,
                     const as_http_request *request, as__sink_fn *sink, void *sink_arg,
                     bool streaming)
{
    as_scope scope;

    if (request->timeout_ms <= 0)
        return run(x, http, request, sink, sink_arg, streaming);
    as_scope_enter(&scope, request->timeout_ms, 0);
    int rc = run(x, http, request, sink, sink_arg, streaming);
    int outside = as_scope_leave(&scope, rc);
    if (rc == UV_ECANCELED && outside == UV_ETIMEDOUT)
        as_error_set(outside, "«%s» no respondió en %lld ms", request->url,
                     (long long)request->timeout_ms);
    return outside;
}

void as__exchange_end(struct as__exchange *x, bool complete)
{
    as__transfer_stop(x->transfer);
    curl_url_cleanup(x->url);
    as__transfer_give_back(x->transfer, complete);
    as__http_release(x->http);
}
