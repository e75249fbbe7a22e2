#include "http_server_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void as__reply_discard(as_http_server_request *r, bool everything)
{
    if (r->response)
        MHD_destroy_response(r->response);
    r->response = NULL;
    r->failed = false;
    if (everything && r->headers) {
        MHD_destroy_response(r->headers);
        r->headers = NULL;
    }
}

static enum MHD_Result copy_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    return MHD_add_response_header(arg, name, value);
}

/* Sin respuesta, porque el cliente se fue o no hubo memoria ni para decirlo, se corta. */
enum MHD_Result as__reply_queue(as_http_server_request *r)
{
    if (!r->response || r->gone)
        return MHD_NO;
    if (r->headers)
        MHD_get_response_headers(r->headers, copy_header, r->response);
    if (as_event_is_set(&r->server->stopping))
        MHD_add_response_header(r->response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(r->mhd, (unsigned)r->status, r->response);
    as__reply_discard(r, true);
    as__connection_wait(r->connection);
    return result;
}

/* ---- Responder ---------------------------------------------------------------------- */

/* Prepara la respuesta con `body`, que es de malloc y pasa a ser suyo aunque falle. */
static int prepare(as_http_server_request *r, int status, const char *type, void *body,
                   size_t size)
{
    if (!body)
        return UV_ENOMEM;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        size, body, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(body);
        return UV_ENOMEM;
    }
    if (type && MHD_add_response_header(response, "Content-Type", type) != MHD_YES) {
        MHD_destroy_response(response);
        return as_error_set(UV_EINVAL, "«%s» no es un tipo de contenido", type);
    }
    as__reply_discard(r, false);
    r->response = response;
    r->status = status;
    return 0;
}

static int check(const as_http_server_request *r, int status)
{
    if (status < 200 || status > 599)
        return as_error_set(UV_EINVAL, "el estado %d no va de 200 a 599", status);
    if (r->response && !r->failed)
        return as_error_set(UV_EALREADY, "el manejador ya había respondido con un %d",
                            r->status);
    return 0;
}

static void *copy(const void *data, size_t size)
{
    char *bytes = malloc(size + 1);

    return bytes && size ? memcpy(bytes, data, size) : bytes;
}

int as_http_reply(as_http_server_request *request, int status, const char *content_type,
                  const void *body, size_t size)
{
    int rc = check(request, status);

    return rc < 0 ? rc : prepare(request, status, content_type, copy(body, size), size);
}

int as_http_reply_text(as_http_server_request *request, int status, const char *format,
                       ...)
{
    char *text = NULL;
    va_list args;
    int rc = check(request, status);

    if (rc < 0)
        return rc;
    va_start(args, format);
    int size = vasprintf(&text, format, args);
    va_end(args);
    if (size < 0)
        return UV_ENOMEM;
    return prepare(request, status, "text/plain; charset=utf-8", text, (size_t)size);
}

static int reply_json(as_http_server_request *r, int status, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

    return prepare(r, status, "application/json", text, text ? strlen(text) : 0);
}

int as_http_reply_json(as_http_server_request *request, int status, json_t *json)
{
    int rc = check(request, status);

    if (rc == 0)
        rc = json ? reply_json(request, status, json) : UV_ENOMEM;
    json_decref(json);
    return rc;
}

/* ---- Cabeceras ---------------------------------------------------------------------- */

static bool valid_name(const char *name)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *name && strspn(name, token) == strlen(name);
}

int as_http_reply_header(as_http_server_request *request, const char *name,
                         const char *value)
{
    if (!request->headers)
        request->headers = MHD_create_response_from_buffer(0, (void *)"",
                                                           MHD_RESPMEM_PERSISTENT);
    if (!request->headers)
        return UV_ENOMEM;
    if (!valid_name(name) ||
        MHD_add_response_header(request->headers, name, value) != MHD_YES)
        return as_error_set(UV_EINVAL, "«%s: %s» no es una cabecera válida", name, value);
    return 0;
}

/* ---- Errores ------------------------------------------------------------------------ */

/* Lo que no es UTF-8 no puede ir en un JSON, y puede venir de la propia petición. */
static json_t *detail_json(char *text)
{
    json_t *json = json_pack("{s:s}", "detail", text);

    if (json)
        return json;
    for (char *p = text; *p; p++) {
        if (*p & 0x80)
            *p = '?';
    }
    return json_pack("{s:s}", "detail", text);
}

int as_http_fail(as_http_server_request *request, int status, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    if (status < 400 || status > 599)
        as__misuse("as_http_fail", "el estado de un error va de 400 a 599");
    as__reply_discard(request, false);
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    if (!text)
        return UV_EINVAL;
    json_t *json = detail_json(text);
    if (json && reply_json(request, status, json) == 0)
        request->failed = true;
    json_decref(json);
    as_error_set(UV_EINVAL, "%s", text);
    free(text);
    return UV_EINVAL;
}
