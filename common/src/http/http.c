#include <stdlib.h>
#include <string.h>

#include "http/internal.h"

/* ---- El cuerpo, acumulado ----------------------------------------------------------- */

struct body {
    struct as__buffer bytes;
    size_t limit;
};

/* Si el servidor dijo cuánto va a mandar, se pide de una vez, con sitio para el '\0'. */
static int reserve_announced(struct as__transfer *t, struct body *body)
{
    curl_off_t length = -1;

    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length < 0)
        return 0;
    bool fits = (uint64_t)length < body->limit;
    return as__buffer_reserve(&body->bytes, fits ? (size_t)length + 1 : body->limit + 1);
}

static size_t collect(struct as__transfer *t, const char *data, size_t size)
{
    struct body *body = t->sink_arg;

    if (size > body->limit - as__buffer_size(&body->bytes)) {
        as__transfer_refuse(t, AS_EOVERFLOW, "el cuerpo pasa de %zu bytes", body->limit);
        return 0;
    }
    if (!body->bytes.data)
        t->error = reserve_announced(t, body);
    if (t->error == 0)
        t->error = as__buffer_append(&body->bytes, data, size);
    return t->error ? 0 : size;
}

/* ---- La respuesta ------------------------------------------------------------------- */

static char *final_url(const struct as__exchange *x)
{
    char *url = NULL, *copy;

    if (x->redirects == 0)
        return strdup(x->request->url);
    curl_url_get(x->url, CURLUPART_URL, &url, 0);
    copy = url ? strdup(url) : NULL; /* quien la reciba la liberará con free */
    curl_free(url);
    return copy;
}

static int fill_response(as_http_response *response, struct as__exchange *x,
                         struct body *body)
{
    size_t size = as__buffer_size(&body->bytes);

    *response = (as_http_response){
        .status = x->transfer.status,
        .body_size = size,
        .body = as__buffer_release(&body->bytes),
        .url = final_url(x),
        .headers = as__head_copy(&x->transfer.head),
    };
    if (response->body && response->url && response->headers)
        return 0;
    as_http_response_clear(response);
    return as__error(UV_ENOMEM);
}

void as_http_response_clear(as_http_response *response)
{
    free(response->body);
    free(response->url);
    free(response->headers);
    *response = (as_http_response){0};
}

/* ---- Enviar ------------------------------------------------------------------------- */

int as_http_send(as_http *http, const as_http_request *request,
                 as_http_response *response)
{
    struct body body = {.limit = request->max_body ? request->max_body : http->max_body};
    struct as__exchange exchange;

    as__task_required("as_http_send");
    *response = (as_http_response){0};
    int rc = as__exchange_run(&exchange, http, request, collect, &body, false);
    if (rc == 0) {
        rc = fill_response(response, &exchange, &body);
        as__exchange_end(&exchange);
    }
    as__buffer_free(&body.bytes);
    return rc;
}

int as_http_get(as_http *http, const char *url, as_http_response *response)
{
    return as_http_send(http, &(as_http_request){.url = url}, response);
}

int as_http_post(as_http *http, const char *url, const char *content_type,
                 const void *body, size_t size, as_http_response *response)
{
    char *type = NULL;

    if (asprintf(&type, "Content-Type: %s", content_type) < 0)
        return as__error(UV_ENOMEM);
    const char *headers[] = {type, NULL};
    int rc = as_http_send(http,
                          &(as_http_request){.url = url,
                                             .method = "POST",
                                             .headers = headers,
                                             .body = body,
                                             .body_size = size},
                          response);
    free(type);
    return rc;
}
