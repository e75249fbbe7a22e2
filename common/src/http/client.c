#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

enum { DEFAULT_CONNECTIONS = 100, DEFAULT_BODY = 64 << 20, DEFAULT_REDIRECTS = 10 };

/* ---- Plazas ------------------------------------------------------------------------- */

int as__http_acquire(as_http *http)
{
    int rc = as__checkpoint();

    if (rc < 0)
        return rc;
    if (http->in_flight < http->max_connections) {
        http->in_flight++;
        return 0;
    }
    /* Quien la despierta le cede su plaza. */
    return as__wait_on(&http->queue, "una plaza en el cliente HTTP");
}

void as__http_release(as_http *http)
{
    if (!as__wake_first(&http->queue, 0))
        http->in_flight--;
}

/* ---- Las opciones ------------------------------------------------------------------- */

static int bad_proxy(const char *proxy)
{
    return as_error_set(UV_EINVAL,
                        "el proxy «%s» no tiene la forma «http://máquina:puerto»", proxy);
}

static int set_proxy(as_http *http, const char *proxy)
{
    char *scheme = NULL, *port = NULL;

    http->proxy = strdup(proxy ? proxy : "");
    if (!http->proxy)
        return as__error(UV_ENOMEM);
    if (!*http->proxy)
        return 0;
    http->proxy_url = curl_url();
    if (!http->proxy_url)
        return as__error(UV_ENOMEM);
    CURLUcode code = curl_url_set(http->proxy_url, CURLUPART_URL, proxy,
                                  CURLU_GUESS_SCHEME); /* admite «máquina:puerto» */
    if (code == CURLUE_OK)
        code = curl_url_get(http->proxy_url, CURLUPART_SCHEME, &scheme, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(http->proxy_url, CURLUPART_PORT, &port, 0);
    int rc = code == CURLUE_OUT_OF_MEMORY                       ? UV_ENOMEM
             : code != CURLUE_OK || strcmp(scheme, "http") != 0 ? bad_proxy(proxy)
                                                                : 0;
    curl_free(scheme);
    curl_free(port);
    return rc;
}

/* La cabecera entera. */
static int set_user_agent(as_http *http, const char *name)
{
    static const char header[] = "User-Agent: ";

    if (strpbrk(name, "\r\n"))
        return as_error_set(UV_EINVAL, "user_agent no puede tener saltos de línea");
    size_t size = sizeof header + strlen(name);
    http->user_agent = malloc(size);
    if (!http->user_agent)
        return as__error(UV_ENOMEM);
    snprintf(http->user_agent, size, "%s%s", header, name);
    return 0;
}

static int set_options(as_http *http, const as_http_options *options)
{
    http->max_connections = options->max_connections ? options->max_connections
                                                     : DEFAULT_CONNECTIONS;
    http->max_body = options->max_body ? options->max_body : DEFAULT_BODY;
    http->max_redirects = options->max_redirects ? options->max_redirects
                                                 : DEFAULT_REDIRECTS;
    int rc = set_user_agent(http, options->user_agent ? options->user_agent : "asinc");
    if (rc < 0)
        return rc;
    rc = as__tls_options(http, options);
    return rc == 0 ? set_proxy(http, options->proxy) : rc;
}

/* ---- Principio y fin ---------------------------------------------------------------- */

static int open_libcurl(as_http *http)
{
    unsigned long starved = as__libcurl_starved();

    http->multi = curl_multi_init();
    if (!http->multi) /* si no le faltó memoria, le faltó un descriptor para avisarse */
        return as__error(as__libcurl_starved() != starved ? UV_ENOMEM : UV_EMFILE);
    http->sessions = curl_share_init();
    if (!http->sessions)
        return as__error(UV_ENOMEM);
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)http->max_connections);
    /* Sin funciones que la protejan: el cliente no sale de su hilo. */
    if (curl_share_setopt(http->sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) !=
        CURLSHE_OK)
        return as__error(UV_ENOMEM);
    return 0;
}

static void close_libcurl(as_http *http)
{
    as__transfer_free_spares(http);
    if (http->multi)
        curl_multi_cleanup(http->multi);
    if (http->sessions)
        curl_share_cleanup(http->sessions);
}

static void free_client(as_http *http)
{
    curl_url_cleanup(http->proxy_url);
    free(http->proxy);
    free(http->hidden.host);
    free(http->key_file);
    free(http->cert_file);
    free(http->ca_file);
    free(http->user_agent);
    free(http);
}

int as_http_new(const as_http_options *options, as_http **out)
{
    static const as_http_options defaults;

    as__loop_required("as_http_new");
    *out = NULL;
    int rc = as__libcurl_init();
    if (rc < 0)
        return rc;
    as_http *http = calloc(1, sizeof *http);
    if (!http)
        return as__error(UV_ENOMEM);
    as__list_init(&http->queue);
    as__list_init(&http->active);
    as__list_init(&http->closer);
    as__resolver_init(&http->resolver);
    rc = set_options(http, options ? options : &defaults);
    if (rc == 0)
        rc = open_libcurl(http);
    if (rc == 0)
        rc = as__http_attach(http);
    if (rc < 0) {
        close_libcurl(http);
        free_client(http);
        return rc;
    }
    as__track(&http->tracked, "un cliente HTTP", __builtin_return_address(0));
    *out = http;
    return 0;
}

void as_http_close(as_http *http)
{
    if (!http)
        return;
    as__task_required("as_http_close");
    if (http->users > 0)
        as__misuse("as_http_close", "quedan peticiones en marcha o flujos sin cerrar");

    as__untrack(&http->tracked);
    http->closing = true;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, NULL);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, NULL);
    close_libcurl(http);
    as__resolver_close(&http->resolver);
    as__http_detach(http);
    free_client(http);
}
