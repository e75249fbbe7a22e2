#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/internal.h"

/*
 * Las redirecciones las seguimos nosotros y no libcurl, para resolver cada nombre sin
 * bloquear el hilo y decidir qué cabeceras pasan a otro servidor.
 */

static char *origin_of(CURLU *url)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *origin = NULL;

    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        asprintf(&origin, "%s://%s:%s", scheme, host, port) < 0)
        origin = NULL;
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return origin;
}

/* Pasa a la URL de `location`, que puede ser relativa, y apunta si cambia de origen. */
static int move_to(struct as__exchange *x, const char *location)
{
    char *before = origin_of(x->url);

    if (!before)
        return as__error(UV_ENOMEM);
    CURLUcode code = curl_url_set(x->url, CURLUPART_URL, location,
                                  CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    int rc = code == CURLUE_OK              ? as__url_check_scheme(x->url, UV_EPROTO)
             : code == CURLUE_OUT_OF_MEMORY ? as__error(UV_ENOMEM)
                                            : as_error_set(UV_EPROTO,
                                                           "el servidor redirige a «%s», "
                                                           "que no es una URL válida",
                                                           location);
    if (rc == 0) {
        char *after = origin_of(x->url);
        if (!after)
            rc = as__error(UV_ENOMEM);
        else if (strcasecmp(before, after) != 0)
            x->foreign = true;
        free(after);
    }
    free(before);
    return rc;
}

/* Qué se repite y qué se convierte en GET: RFC 9110, 15.4. */
static void change_method(struct as__exchange *x, int status)
{
    bool to_get = status == 303 ? strcmp(x->method, "HEAD") != 0
                                : (status == 301 || status == 302) &&
                                      strcmp(x->method, "POST") == 0;
    if (to_get) {
        x->method = "GET";
        x->with_body = false;
    }
}

int as__exchange_follow(struct as__exchange *x)
{
    struct as__transfer *t = &x->transfer;

    if (x->redirects++ == x->http->max_redirects)
        return as_error_set(UV_ELOOP, "más de %d redirecciones; la última, a «%s»",
                            x->http->max_redirects, as__head_find(&t->head, "Location"));
    change_method(x, t->status);
    return move_to(x, as__head_find(&t->head, "Location"));
}
