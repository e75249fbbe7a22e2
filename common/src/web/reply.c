#include "web/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void as__reply_discard(as_web_request *r, bool everything)
{
    free(r->reply);
    free(r->type);
    r->reply = r->type = NULL;
    r->reply_size = 0;
    r->status = 0;
    r->failed = false;
    if (everything) {
        as__buffer_free(&r->headers);
    }
}

/* ---- Lo que cabe en una cabecera ---------------------------------------------------- */

static bool valid_name(const char *name)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *name && name[strspn(name, token)] == '\0';
}

/* Un fin de línea dentro dejaría que un dato del cliente añadiera cabeceras. */
static bool valid_value(const char *value)
{
    for (const char *p = value; *p; p++) {
        if (*p != '\t' && ((unsigned char)*p < ' ' || *p == 0x7f))
            return false;
    }
    return true;
}

/* ---- Responder ---------------------------------------------------------------------- */

static int check(const as_web_request *r, int status)
{
    if (status < 200 || status > 599)
        return as_error_set(UV_EINVAL, "el estado %d no va de 200 a 599", status);
    if (r->streaming || (r->status && !r->failed))
        return as_error_set(UV_EALREADY, "el manejador ya había respondido con un %d",
                            r->status);
    return 0;
}

static int copy_type(const char *type, char **result)
{
    *result = NULL;
    if (!type)
        return 0;
    if (!valid_value(type))
        return as_error_set(UV_EINVAL, "«%s» no es un tipo de contenido", type);
    *result = strdup(type);
    return *result ? 0 : as__error(UV_ENOMEM);
}

/* Prepara la respuesta con `body`, que es de malloc y pasa a ser suyo aunque falle. */
static int prepare(as_web_request *r, int status, const char *type, void *body,
                   size_t size)
{
    char *type_copy = NULL;

    int rc = body ? copy_type(type, &type_copy) : as__error(UV_ENOMEM);
    if (rc < 0) {
        free(body);
        return rc;
    }
    as__reply_discard(r, false);
    r->reply = body;
    r->reply_size = size;
    r->type = type_copy;
    r->status = status;
    return 0;
}

int as__reply_prepare_stream(as_web_request *r, int status, const char *type)
{
    char *type_copy = NULL;

    int rc = check(r, status);
    if (rc == 0)
        rc = copy_type(type, &type_copy);
    if (rc < 0)
        return rc;
    as__reply_discard(r, false);
    r->type = type_copy;
    r->status = status;
    return 0;
}

static void *copy(const void *data, size_t size)
{
    char *bytes = malloc(size + 1);

    return bytes && size ? memcpy(bytes, data, size) : bytes;
}

int as_web_reply(as_web_request *request, int status, const char *content_type,
                 const void *body, size_t size)
{
    int rc = check(request, status);

    return rc < 0 ? rc : prepare(request, status, content_type, copy(body, size), size);
}

int as_web_reply_text(as_web_request *request, int status, const char *format, ...)
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
        return as__error(UV_ENOMEM);
    return prepare(request, status, "text/plain; charset=utf-8", text, (size_t)size);
}

static int reply_json(as_web_request *r, int status, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

    return prepare(r, status, "application/json", text, text ? strlen(text) : 0);
}

int as_web_reply_json(as_web_request *request, int status, json_t *json)
{
    int rc = check(request, status);

    if (rc == 0)
        rc = json ? reply_json(request, status, json) : as__error(UV_ENOMEM);
    json_decref(json);
    return rc;
}

/* ---- Cabeceras ---------------------------------------------------------------------- */

/* Las que dicen dónde acaba la respuesta: con otro valor, se le podría colar una dentro. */
static bool is_ours(const char *name)
{
    static const char *const ours[] = {"Content-Length", "Transfer-Encoding",
                                       "Connection", "Date"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (strcasecmp(name, ours[i]) == 0)
            return true;
    }
    return false;
}

int as_web_reply_header(as_web_request *request, const char *name, const char *value)
{
    if (request->streaming)
        return as_error_set(UV_EALREADY, "las cabeceras de la respuesta ya salieron");
    if (!valid_name(name) || !valid_value(value))
        return as_error_set(UV_EINVAL, "«%s: %s» no es una cabecera válida", name, value);
    if (is_ours(name))
        return as_error_set(UV_EINVAL, "la cabecera %s la pone el servidor", name);
    size_t size = strlen(name) + strlen(value) + strlen(": \r\n");
    int rc = as__buffer_reserve(&request->headers, size + 1);
    if (rc < 0)
        return rc;
    struct as__buffer *headers = &request->headers;
    snprintf(headers->data + headers->end, size + 1, "%s: %s\r\n", name, value);
    headers->end += size;
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

int as_web_fail(as_web_request *request, int status, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    if (status < 400 || status > 599)
        as__misuse("as_web_fail", "el estado de un error va de 400 a 599");
    if (!request->streaming)
        as__reply_discard(request, false);
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    if (!text)
        return as__error(UV_EINVAL);
    json_t *json = request->streaming ? NULL : detail_json(text);
    if (json && reply_json(request, status, json) == 0)
        request->failed = true;
    json_decref(json);
    as_error_set(UV_EINVAL, "%s", text);
    free(text);
    return UV_EINVAL;
}
