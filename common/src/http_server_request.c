#include "http_server_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- La ruta ------------------------------------------------------------------------ */

/* Un cliente que hable con un proxy envía la dirección completa: "http://maquina/ruta". */
static const char *skip_origin(const char *url)
{
    const char *scheme = *url == '/' ? NULL : strstr(url, "://");

    if (!scheme)
        return url;
    const char *path = strchr(scheme + 3, '/');
    return path ? path : "/";
}

/* Primero se trocea y luego se decodifica: un %2F es parte de un trozo, no una separación. */
static int parse_path(as_http_server_request *r)
{
    r->path = skip_origin(r->path);
    r->segments = malloc(strlen(r->path) + 1);
    if (!r->segments)
        return UV_ENOMEM;
    if (*r->path != '/') { /* "*": no la atiende nadie */
        *r->segments = '\0';
        return 0;
    }
    char *out = r->segments;
    for (const char *p = r->path; *p == '/';) {
        size_t length = strcspn(++p, "/");
        char *end = as__percent_decode(p, length, out);
        if (!end)
            return UV_EINVAL;
        out = end + 1;
        p += length;
        r->segment_count++;
    }
    return 0;
}

/* ---- La consulta -------------------------------------------------------------------- */

struct parsing {
    as_http_server_request *request;
    int rc;
};

static int add_query(as_http_server_request *r, const char *name, const char *value)
{
    struct as__query *q = &r->query[r->query_count];

    *q = (struct as__query){.name = strdup(name), .value = strdup(value ? value : "")};
    r->query_count++; /* aunque esté a medias: así se libera */
    if (!q->name || !q->value)
        return UV_ENOMEM;
    if (!as__percent_decode(q->name, strlen(q->name), q->name) ||
        !as__percent_decode(q->value, strlen(q->value), q->value))
        return UV_EINVAL;
    return 0;
}

static enum MHD_Result on_argument(void *arg, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct parsing *parsing = arg;

    (void)kind;
    parsing->rc = add_query(parsing->request, name, value);
    return parsing->rc == 0 ? MHD_YES : MHD_NO;
}

static int parse_query(as_http_server_request *r)
{
    struct parsing parsing = {.request = r};
    int count = MHD_get_connection_values(r->mhd, MHD_GET_ARGUMENT_KIND, NULL, NULL);

    if (count <= 0)
        return 0;
    r->query = calloc((size_t)count, sizeof *r->query);
    if (!r->query)
        return UV_ENOMEM;
    MHD_get_connection_values(r->mhd, MHD_GET_ARGUMENT_KIND, on_argument, &parsing);
    return parsing.rc;
}

int as__request_parse(as_http_server_request *r)
{
    int rc = parse_path(r);

    return rc < 0 ? rc : parse_query(r);
}

/* ---- Lo que lee el manejador -------------------------------------------------------- */

const char *as_http_request_method(const as_http_server_request *request)
{
    return request->method;
}

const char *as_http_request_path(const as_http_server_request *request)
{
    return request->path;
}

const char *as_http_request_query(const as_http_server_request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].name, name) == 0)
            return request->query[i].value;
    }
    return NULL;
}

const char *as_http_request_header(const as_http_server_request *request,
                                   const char *name)
{
    return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

const char *as_http_request_body(const as_http_server_request *request, size_t *size)
{
    if (size)
        *size = request->body_size;
    return request->body ? request->body : "";
}

int as_http_request_int(as_http_server_request *request, const char *name, int64_t *value)
{
    const char *text = as_http_request_param(request, name);
    char *end;

    if (!text)
        text = as_http_request_query(request, name);
    if (!text)
        return as_http_fail(request, 422, "falta «%s», que es un entero", name);
    errno = 0;
    long long number = strtoll(text, &end, 10);
    /* strtoll acepta espacios delante, que aquí serían un error del cliente. */
    if (errno || end == text || *end || strspn(text, " \t\n\v\f\r") > 0)
        return as_http_fail(request, 422, "«%s» tiene que ser un entero", name);
    *value = number;
    return 0;
}

/* ---- JSON --------------------------------------------------------------------------- */

/* jansson se llama a sí misma en cada nivel y admite 2048, que no caben en la pila de una
 * tarea: un cliente la desbordaría con «[[[[...». Cien gastan 40 KiB. */
enum { MAX_DEPTH = 100 };

static bool too_deep(const char *text, size_t size)
{
    bool in_string = false;
    int depth = 0;

    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > MAX_DEPTH)
                return true;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return false;
}

int as_http_request_json(as_http_server_request *request, json_t **json)
{
    size_t size;
    const char *body = as_http_request_body(request, &size);
    json_error_t error;

    *json = NULL;
    if (size == 0)
        return as_http_fail(request, 400, "falta el cuerpo, que tiene que ser JSON");
    if (too_deep(body, size))
        return as_http_fail(request, 400, "el JSON tiene más de %d niveles", MAX_DEPTH);
    *json = json_loadb(body, size, JSON_DECODE_ANY, &error);
    if (*json)
        return 0;
    if (json_error_code(&error) == json_error_out_of_memory)
        return UV_ENOMEM;
    return as_http_fail(request, 400,
                        "el cuerpo no es JSON válido: línea %d, columna %d: %s",
                        error.line, error.column, error.text);
}
