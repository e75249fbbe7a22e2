#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

enum { HOST_SIZE = 256, PEER_SIZE = HOST_SIZE + 8 };

enum {
    TOO_LARGE = 100
}; /* CURLE_TOO_LARGE, que solo declaran las de la 8.6 en adelante */

static const char *words(const struct as__transfer *t)
{
    return t->detail[0] ? t->detail : curl_easy_strerror(t->result);
}

static int system_error(const struct as__transfer *t, int otherwise)
{
    long error = 0;

    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
    if (error <= 0)
        return otherwise;
    if (error ==
        EPIPE) /* se despidió, y al enviarle más cortó: para quien pide es lo mismo */
        return UV_ECONNRESET;
    return uv_translate_sys_error((int)error);
}

int as__proxy_hint(const as_http *http, int error)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "http_proxy",
                                        "all_proxy", "ALL_PROXY"};
    const char *value = NULL;
    bool unreachable = error == UV_ETIMEDOUT || error == UV_ENETUNREACH ||
                       error == UV_EHOSTUNREACH || error == UV_EAI_NONAME ||
                       error == UV_EAI_AGAIN || error == UV_EAI_FAIL;

    if (!unreachable || http->proxy_url)
        return error;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        value = getenv(names[i]);
        if (value && *value)
            return as_error_set(error,
                                "%s (hay un proxy en la variable %s, y este cliente solo "
                                "usa el de as_http_options.proxy)",
                                as_error_text(error), names[i]);
    }
    return error;
}

static void name_peer(CURLU *url, char host[HOST_SIZE], char peer[PEER_SIZE])
{
    char *name = NULL, *port = NULL;

    curl_url_get(url, CURLUPART_HOST, &name, 0);
    curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    snprintf(host, HOST_SIZE, "%s", name ? name : "el servidor");
    snprintf(peer, PEER_SIZE, "%s:%.5s", host, port ? port : "?");
    curl_free(name);
    curl_free(port);
}

int as__connect_error(const struct as__exchange *x, int rc)
{
    char host[HOST_SIZE], peer[PEER_SIZE];

    name_peer(x->url, host, peer);
    if (x->http->proxy_url)
        return as_error_set(rc, "no se pudo llegar a «%s» por el proxy «%s»: %s", peer,
                            x->http->proxy, as_strerror(rc));
    as_error_set(rc, "no se pudo conectar con «%s»: %s", peer, as_strerror(rc));
    return as__proxy_hint(x->http, rc);
}

/* Había conexión, pero no acabó de servir: un túnel o un saludo que no llegan. */
static int handshake_error(const struct as__exchange *x)
{
    const struct as__transfer *t = &x->transfer;
    bool late = t->result == CURLE_OPERATION_TIMEDOUT;
    int rc = t->in_tunnel ? UV_ECONNRESET
                          : UV_ECONNREFUSED; /* el proxy atendió, y colgó */

    return as__connect_error(x, late ? UV_ETIMEDOUT : system_error(t, rc));
}

static int lost_connection(int rc, const char *peer)
{
    return as_error_set(rc, "se perdió la conexión con «%s»: %s", peer, as_strerror(rc));
}

static int cut_short(const char *peer)
{
    return as_error_set(UV_ECONNRESET, "«%s» cerró la conexión a media respuesta", peer);
}

/* Con las palabras de libcurl solo si no tiene mejores. */
static const char *why_not_http(const struct as__transfer *t)
{
    switch (t->result) {
    case CURLE_UNSUPPORTED_PROTOCOL: /* lo toma por HTTP/0.9 */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return t->status == 0 ? "no empieza por «HTTP/1.1» y un estado"
                              : "las cabeceras están mal escritas";
    case CURLE_RECV_ERROR:
        return "el cuerpo está mal escrito";
    default:
        return words(t);
    }
}

static int not_http(const struct as__transfer *t, const char *peer)
{
    return as_error_set(UV_EPROTO, "lo que respondió «%s» no es HTTP bien escrito: %s",
                        peer, why_not_http(t));
}

static int long_line(const struct as__transfer *t)
{
    return as_error_set(AS_EOVERFLOW, "una línea de las cabeceras%s pasa de %d KiB",
                        t->in_tunnel ? " del proxy" : "", t->in_tunnel ? 16 : 100);
}

static int receive_error(const struct as__exchange *x, const char *peer)
{
    const struct as__transfer *t = &x->transfer;
    int rc = system_error(t, 0);

    if (t->in_tunnel && strstr(t->detail, "too large"))
        return long_line(t);
    if (t->sends == 0 && x->http->proxy_url) /* no abrió el túnel */
        return handshake_error(x);
    /* Un trozo mal formado también es CURLE_RECV_ERROR. */
    return rc < 0 ? lost_connection(rc, peer) : not_http(t, peer);
}

static int memory_error(const struct as__transfer *t)
{
    bool in_head = t->in_tunnel || (t->sends > 0 && !t->head_done);

    if (!in_head || t->starved != as__libcurl_starved())
        return as_error_set(UV_ENOMEM, "%s", as_strerror(UV_ENOMEM));
    return long_line(t);
}

static int proxy_not_http(const struct as__transfer *t)
{
    return as_error_set(UV_EPROTO,
                        "lo que respondió el proxy «%s» no es HTTP bien escrito",
                        t->http->proxy);
}

static int bad_url(const struct as__transfer *t)
{
    return as_error_set(UV_EINVAL, "la URL no es válida: %s", words(t));
}

static int explain(const struct as__exchange *x, const char *host, const char *peer)
{
    const struct as__transfer *t = &x->transfer;

    if ((int)t->result == TOO_LARGE)
        return as_error_set(AS_EOVERFLOW, "las cabeceras de «%s» no caben", peer);
    switch (t->result) {
    case CURLE_URL_MALFORMAT:
        return bad_url(t);
    case CURLE_BAD_FUNCTION_ARGUMENT: /* también, una cabecera que no lo es */
        if (t->in_tunnel)
            return proxy_not_http(t);
        return t->sends > 0 ? not_http(t, peer) : bad_url(t);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return as_error_set(UV_EAI_NONAME, "el nombre de la máquina no vale");
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PROXY:
        return handshake_error(x);
    case CURLE_SEND_ERROR:
        if (as__tls_refused(t))
            return as__tls_error(t, host);
        return lost_connection(system_error(t, UV_ECONNRESET), peer);
    case CURLE_RECV_ERROR:
        if (as__tls_refused(t))
            return as__tls_error(t, host);
        if (t->sends > 0 &&
            strstr(t->detail, "unexpected eof")) /* unas libcurl lo miran */
            return cut_short(peer);
        return receive_error(x, peer);
    case CURLE_GOT_NOTHING:
        return as_error_set(UV_ECONNRESET, "«%s» cerró la conexión sin responder", peer);
    case CURLE_PARTIAL_FILE:
        return cut_short(peer);
    case CURLE_OUT_OF_MEMORY:
        return memory_error(t);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CONNECT_ERROR:
        return as__tls_error(t, host);
    default:
        return not_http(t, peer);
    }
}

/* libcurl no se quejó, pero acepta unas cabeceras a medias. */
static int check_whole(const struct as__transfer *t)
{
    if (!t->head_done)
        return as_error_set(UV_ECONNRESET,
                            "el servidor cerró la conexión a media cabecera");
    if (t->decoder && !as__decoder_may_end(t->decoder))
        return as_error_set(UV_EPROTO, "al cuerpo comprimido le falta el final");
    return 0;
}

int as__exchange_outcome(struct as__exchange *x)
{
    struct as__transfer *t = &x->transfer;
    char host[HOST_SIZE], peer[PEER_SIZE];

    if (t->answered)
        return 0;
    if (t->result == CURLE_OK && as__tls_cut(t)) {
        name_peer(x->url, host, peer);
        return cut_short(peer);
    }
    if (t->result == CURLE_OK)
        return check_whole(t);
    if (t->error)
        return as_error_set(t->error, "%s", t->why[0] ? t->why : as_strerror(t->error));
    if (t->result == CURLE_WRITE_ERROR && t->redirect)
        return 0; /* cortamos nosotros: el cuerpo de una redirección no interesa */
    name_peer(x->url, host, peer);
    return explain(x, host, peer);
}
