#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/internal.h"

/* ---- ¿Se puede enviar? -------------------------------------------------------------- */

/* Un nombre de método o de cabecera: el `token` de RFC 9110. */
static size_t token_length(const char *text)
{
    return strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* Lo que diga de otro cuerpo que el que va se lo creería el servidor, y leería como otra petición lo
 * que sobra. */
static bool is_about_other_body(const char *line, const as_http_request *request)
{
    const char *length = as__header_value(line, "Content-Length");
    const char *coding = as__header_value(line, "Transfer-Encoding");
    char size[24];

    snprintf(size, sizeof size, "%zu", request->body_size);
    if (length)
        return strcmp(length, size) != 0 && (*length || request->body_size > 0);
    return coding && *coding &&
           (strcasecmp(coding, "chunked") != 0 || request->body_size == 0);
}

int as__request_check(const as_http_request *request)
{
    const char *method = request->method;

    if (!request->url)
        return as_error_set(UV_EINVAL, "falta la URL");
    if (method && (!*method || method[token_length(method)]))
        return as_error_set(UV_EINVAL, "el método «%s» no es válido", method);
    if (method && strcmp(method, "HEAD") == 0 && (request->body || request->body_size))
        return as_error_set(UV_EINVAL, "una petición HEAD no lleva cuerpo");
    for (const char *const *h = request->headers; h && *h; h++) {
        /* Un salto de línea dentro colaría cabeceras, o peticiones, ajenas. */
        size_t name = token_length(*h);
        if (name == 0 || (*h)[name] != ':' || strpbrk(*h, "\r\n"))
            return as_error_set(UV_EINVAL,
                                "la cabecera «%s» no tiene la forma «Nombre: valor»", *h);
        if (is_about_other_body(*h, request))
            return as_error_set(
                UV_EINVAL,
                "la cabecera «%s» no es la de un cuerpo de %zu bytes; no hace "
                "falta ponerla",
                *h, request->body_size);
    }
    return 0;
}

/* ---- El primer salto ---------------------------------------------------------------- */

static bool has_header(const as_http_request *request, const char *name)
{
    for (const char *const *h = request->headers; h && *h; h++) {
        if (as__header_value(*h, name))
            return true;
    }
    return false;
}

void as__request_first(struct as__exchange *x)
{
    const as_http_request *request = x->request;
    const char *method = request->method;

    if (!method)
        method = request->body || request->body_size ? "POST" : "GET";
    x->method = method;
    /* POST, PUT y PATCH llevan cuerpo aunque sea de cero bytes. */
    x->with_body = request->body_size > 0 || strcmp(method, "POST") == 0 ||
                   strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
    /* Un flujo no se pide comprimido: lo que ocupe descomprimido no se sabe. Un pedazo
     * tampoco, porque sería un pedazo de lo comprimido. */
    x->transfer.decode = !x->transfer.streaming && !has_header(request, "Range") &&
                         !has_header(request, "Accept-Encoding");
}

/* ---- Cada salto --------------------------------------------------------------------- */

static bool is_one_of(const char *line, const char *const *names)
{
    for (; *names; names++) {
        if (as__header_value(line, *names))
            return true;
    }
    return false;
}

/* ¿Va la cabecera `line` en este salto? No pasa a otro servidor lo que es para el primero,
 * ni se envía lo que describe un cuerpo que ya no va. */
static bool is_sent(const struct as__exchange *x, const char *line)
{
    static const char *const private[] = {"Authorization", "Cookie", "Host",
                                          "Proxy-Authorization", NULL};

    if (x->foreign && is_one_of(line, private))
        return false;
    return x->with_body || x->redirects == 0 ||
           (strncasecmp(line, "Content-", 8) != 0 &&
            !as__header_value(line, "Transfer-Encoding"));
}

static void add(struct as__exchange *x, size_t *count, const char *line)
{
    x->headers[*count].data = (char *)line;
    if (*count > 0)
        x->headers[*count - 1].next = &x->headers[*count];
    x->headers[(*count)++].next = NULL;
}

/* ¿Hay que enviarla vacía? Sin valor, las que se envían sin pedirlas se quitan. */
static bool is_sent_empty(const char *line)
{
    static const char *const unasked[] = {"Accept",
                                          "Accept-Encoding",
                                          "Authorization",
                                          "Connection",
                                          "Content-Length",
                                          "Content-Type",
                                          "Expect",
                                          "Host",
                                          "Proxy-Authorization",
                                          "Proxy-Connection",
                                          "Transfer-Encoding",
                                          "User-Agent",
                                          NULL};
    const char *value = strchr(line, ':') + 1;

    return value[strspn(value, " \t\v\f")] == '\0' && !is_one_of(line, unasked);
}

/* libcurl quita la que va sin valor; la que hay que enviar vacía la quiere como «Nombre;».
 * La escribe en `*room` y avanza. */
static const char *write_empty(char **room, const char *line)
{
    char *text = *room;

    *room += sprintf(text, "%.*s;", (int)token_length(line), line) + 1;
    return text;
}

/* La lista, con los textos de las vacías detrás. */
static struct curl_slist *allocate_headers(const char *const *headers, char **room)
{
    size_t count = 4, text = 0; /* las nuestras */

    for (const char *const *h = headers; h && *h; h++) {
        count++;
        if (is_sent_empty(*h))
            text += token_length(*h) + 2;
    }
    struct curl_slist *list = malloc(count * sizeof *list + text);
    *room = (char *)(list + count);
    return list;
}

static int set_headers(struct as__exchange *x)
{
    const as_http_request *request = x->request;
    size_t count = 0;
    char *room;

    free(x->headers); /* las del salto anterior */
    x->headers = allocate_headers(request->headers, &room);
    if (!x->headers)
        return as__error(UV_ENOMEM);
    for (const char *const *h = request->headers; h && *h; h++) {
        if (is_sent(x, *h))
            add(x, &count, is_sent_empty(*h) ? write_empty(&room, *h) : *h);
    }
    /* Como una más, y no con CURLOPT_USERAGENT: libcurl la escribiría dos veces, letra a letra. */
    if (!has_header(request, "User-Agent"))
        add(x, &count, x->http->user_agent);
    if (x->with_body) {
        /* Sin valor, libcurl no manda la cabecera: ni la pausa de un segundo que pide
         * por omisión para un cuerpo grande, ni un tipo que nadie eligió. */
        add(x, &count, "Expect:");
        if (!has_header(request, "Content-Type"))
            add(x, &count, "Content-Type:");
    }
    if (x->transfer.decode)
        add(x, &count, "Accept-Encoding: gzip, deflate");
    else if (!has_header(request, "Accept-Encoding"))
        add(x, &count, "Accept-Encoding: identity");
    curl_easy_setopt(x->transfer.easy, CURLOPT_HTTPHEADER, count ? x->headers : NULL);
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
    CURL *easy = x->transfer.easy;
    const char *usual = "GET";

    if (x->with_body) {
        usual = "POST";
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                         x->request->body ? x->request->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)x->request->body_size);
    } else if (strcmp(x->method, "HEAD") == 0) {
        usual = "HEAD";
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    if (strcmp(x->method, usual) == 0)
        return CURLE_OK;
    return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, x->method);
}

static CURLcode set_url(struct as__exchange *x)
{
    CURL *easy = x->transfer.easy;

    curl_easy_setopt(easy, CURLOPT_CURLU, x->url);
    if (x->redirects > 0)
        return CURLE_OK;
    /* Solo por ahorrar: sin el texto, libcurl lo compone, que cuesta más que leerlo. */
    return curl_easy_setopt(easy, CURLOPT_URL, x->request->url);
}

/* Las de la petición no van al proxy que abre el túnel. */
static CURLcode set_tunnel_agent(const struct as__exchange *x)
{
    return curl_easy_setopt(x->transfer.easy, CURLOPT_USERAGENT,
                            as__header_value(x->http->user_agent, "User-Agent"));
}

static bool is_https(CURLU *url)
{
    char *scheme = NULL;

    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
    bool https = scheme && strcmp(scheme, "https") == 0;
    curl_free(scheme);
    return https;
}

/* La que no se puede repetir no va por una conexión que quizá está muerta. */
bool as__request_goes_alone(const struct as__exchange *x)
{
    return x->request->send_once ||
           (!is_idempotent(x->method) && as__http_lost_connection(x->http));
}

int as__request_configure(struct as__exchange *x)
{
    CURL *easy = x->transfer.easy;

    x->transfer.idempotent = is_idempotent(x->method);
    bool https = is_https(x->url);
    x->transfer.tunnels = x->http->proxy_url && https;
    x->transfer.secure = https && strcmp(x->method, "HEAD") != 0;
    curl_easy_setopt(easy, CURLOPT_RESOLVE, x->resolve.data ? &x->resolve : NULL);
    if (x->transfer.fd >= 0) /* se hizo para ella */
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (x->request->send_once)
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    int rc = set_headers(x);
    if (rc == 0 && (set_url(x) != CURLE_OK || set_method(x) != CURLE_OK))
        rc = as__error(UV_ENOMEM);
    if (rc == 0 && https)
        rc = as__tls_configure(x->http, easy);
    if (rc == 0 && x->transfer.tunnels && set_tunnel_agent(x) != CURLE_OK)
        rc = as__error(UV_ENOMEM);
    return rc;
}
