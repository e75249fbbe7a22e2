#include <stdlib.h>
#include <string.h>

#include "http_internal.h"

/* ---- El cuerpo, acumulado ----------------------------------------------------------- */

struct body {
    char *data;
    size_t size, capacity, limit;
};

enum { FIRST_BODY = 4096 };

/* Si el servidor dijo cuánto va a mandar, se pide de una vez. */
static size_t first_capacity(const struct as__transfer *t, const struct body *body)
{
    curl_off_t length = -1;

    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length < 0)
        return FIRST_BODY;
    return (uint64_t)length < body->limit ? (size_t)length + 1 : body->limit + 1;
}

/* Deja sitio para `size` bytes más y el '\0' final. */
static int reserve(struct as__transfer *t, struct body *body, size_t size)
{
    size_t needed = body->size + size + 1;
    size_t capacity = body->capacity ? body->capacity : first_capacity(t, body);

    if (needed <= body->capacity)
        return 0;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(body->data, capacity);
    if (!data)
        return UV_ENOMEM;
    body->data = data;
    body->capacity = capacity;
    return 0;
}

static size_t collect(struct as__transfer *t, const char *data, size_t size)
{
    struct body *body = t->sink_arg;

    t->error = size > body->limit - body->size ? AS_EOVERFLOW : reserve(t, body, size);
    if (t->error)
        return 0;
    memcpy(body->data + body->size, data, size);
    body->size += size;
    return size;
}

/* ---- La respuesta ------------------------------------------------------------------- */

/* Una sola memoria: el vector de punteros y, detrás, el texto. */
static char **copy_headers(const struct as__transfer *t)
{
    size_t vector = (t->head_count + 1) * sizeof(char *);
    char **headers = malloc(vector + t->head_size);

    if (!headers)
        return NULL;
    char *text = (char *)headers + vector;
    if (t->head_size > 0)
        memcpy(text, t->head, t->head_size);
    for (size_t i = 0; i < t->head_count; i++, text += strlen(text) + 1)
        headers[i] = text;
    headers[t->head_count] = NULL;
    return headers;
}

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

/* Adopta `body`, también si falla. */
static int fill_response(as_http_response *response, struct as__exchange *x,
                         struct body *body)
{
    int rc = body->data ? 0 : reserve(x->transfer, body, 0);

    *response = (as_http_response){
        .status = x->transfer->status,
        .body = body->data,
        .body_size = body->size,
        .url = final_url(x),
        .headers = copy_headers(x->transfer),
    };
    if (rc < 0 || !response->url || !response->headers) {
        as_http_response_clear(response);
        return UV_ENOMEM;
    }
    response->body[response->body_size] = '\0';
    return 0;
}

const char *as_http_header(const as_http_response *response, const char *name)
{
    for (char **h = response->headers; h && *h; h++) {
        const char *value = as__header_value(*h, name);
        if (value)
            return value;
    }
    return NULL;
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
    if (rc < 0) {
        free(body.data);
        return rc;
    }
    rc = fill_response(response, &exchange, &body);
    as__exchange_end(&exchange, true);
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
        return UV_ENOMEM;
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
