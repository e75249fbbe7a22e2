#include "web/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- La ruta ------------------------------------------------------------------------ */

/* Primero se trocea y luego se decodifica: un %2F es parte de un trozo, no una separación. */
static int parse_path(as_web_request *r)
{
    const char *path = r->head.path;

    r->segments = malloc(strlen(path) + 1);
    if (!r->segments)
        return UV_ENOMEM;
    if (*path != '/') { /* "*": no la atiende nadie */
        *r->segments = '\0';
        return 0;
    }
    char *out = r->segments;
    for (const char *p = path; *p == '/';) {
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

static size_t count_char(const char *text, char c)
{
    size_t n = 0;

    while ((text = strchr(text, c))) {
        n++;
        text++;
    }
    return n;
}

/* En una consulta, un «+» es un espacio. */
static char *decode(char *text, size_t length, char *out)
{
    for (char *p = text; (p = memchr(p, '+', length - (size_t)(p - text))); p++)
        *p = ' ';
    return as__percent_decode(text, length, out);
}

/* «nombre=valor», de `length` bytes. Devuelve el final de lo decodificado. */
static char *parse_pair(struct as__query *q, char *pair, size_t length, char *out)
{
    char *equals = memchr(pair, '=', length);
    size_t name_length = equals ? (size_t)(equals - pair) : length;

    q->name = out;
    out = decode(pair, name_length, out);
    if (!out)
        return NULL;
    q->value = equals ? out + 1 : out;
    return equals ? decode(equals + 1, length - name_length - 1, out + 1) : out;
}

/* En un solo trozo de memoria: los punteros y, detrás, una copia que se decodifica sobre sí
 * misma, porque lo decodificado nunca es más largo. */
static int parse_query(as_web_request *r)
{
    const char *query = r->head.query;

    if (!query || !*query)
        return 0;
    size_t most = count_char(query, '&') + 1;
    r->query = malloc(most * sizeof *r->query + strlen(query) + 1);
    if (!r->query)
        return UV_ENOMEM;
    char *pair = strcpy((char *)&r->query[most], query);
    for (bool last = false; !last;) {
        size_t length = strcspn(pair, "&");
        last = pair[length] == '\0';
        if (length > 0 && !parse_pair(&r->query[r->query_count++], pair, length, pair))
            return UV_EINVAL;
        pair += length + 1;
    }
    return 0;
}

int as__request_parse(as_web_request *r)
{
    int rc = parse_path(r);

    return rc < 0 ? rc : parse_query(r);
}

/* ---- Lo que lee el manejador -------------------------------------------------------- */

const char *as_web_method(const as_web_request *request)
{
    return request->head.method ? request->head.method : "";
}

const char *as_web_path(const as_web_request *request)
{
    return request->head.path ? request->head.path : "";
}

const char *as_web_query(const as_web_request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (strcmp(request->query[i].name, name) == 0)
            return request->query[i].value;
    }
    return NULL;
}

const char *as_web_header(const as_web_request *request, const char *name)
{
    for (size_t i = 0; i < request->head.field_count; i++) {
        if (strcasecmp(request->fields[i].name, name) == 0)
            return request->fields[i].value;
    }
    return NULL;
}

const char *as_web_peername(const as_web_request *request)
{
    return request->connection->peername;
}

const char *as_web_body(const as_web_request *request, size_t *size)
{
    if (size)
        *size = request->body_size;
    return request->body ? request->body : "";
}

static const char *param_or_query(const as_web_request *request, const char *name)
{
    const char *text = as_web_param(request, name);

    return text ? text : as_web_query(request, name);
}

int as_web_int(as_web_request *request, const char *name, int64_t *value)
{
    const char *text = param_or_query(request, name);
    char *end;

    if (!text)
        return as_web_fail(request, 422, "falta «%s», que es un entero", name);
    errno = 0;
    long long number = strtoll(text, &end, 10);
    /* strtoll acepta espacios delante, que aquí serían un error del cliente. */
    if (errno || end == text || *end || strspn(text, " \t\n\v\f\r") > 0)
        return as_web_fail(request, 422, "«%s» tiene que ser un entero", name);
    *value = number;
    return 0;
}

int as_web_int_or(as_web_request *request, const char *name, int64_t fallback,
                  int64_t *value)
{
    if (param_or_query(request, name))
        return as_web_int(request, name, value);
    *value = fallback;
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

int as_web_json(as_web_request *request, json_t **json)
{
    size_t size;
    const char *body = as_web_body(request, &size);
    json_error_t error;

    *json = NULL;
    if (size == 0)
        return as_web_fail(request, 400, "falta el cuerpo, que tiene que ser JSON");
    if (too_deep(body, size))
        return as_web_fail(request, 400, "el JSON tiene más de %d niveles", MAX_DEPTH);
    *json = json_loadb(body, size, JSON_DECODE_ANY, &error);
    if (*json)
        return 0;
    if (json_error_code(&error) == json_error_out_of_memory)
        return as__error(UV_ENOMEM);
    return as_web_fail(request, 400,
                       "el cuerpo no es JSON válido: línea %d, columna %d: %s",
                       error.line, error.column, error.text);
}
