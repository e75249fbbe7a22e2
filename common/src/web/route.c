#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- Patrones ----------------------------------------------------------------------- */

static bool is_param(const char *segment)
{
    return *segment == '{';
}

static const char *next_segment(const char *segment)
{
    return segment + strlen(segment) + 1;
}

/* Un trozo es un texto sin llaves o un nombre entre ellas. */
static bool valid_segment(const char *segment, size_t length)
{
    size_t inside = strcspn(segment, "{}/");

    if (segment[0] != '{')
        return inside >= length;
    inside = strcspn(segment + 1, "{}/");
    return inside > 0 && inside + 2 == length && segment[inside + 1] == '}';
}

/* Convierte cada «/» en un final de texto. */
static int split_pattern(struct as__route *route)
{
    if (*route->text != '/')
        return as__error(UV_EINVAL);
    for (const char *p = route->text; p; p = strchr(p + 1, '/')) {
        if (!valid_segment(p + 1, strcspn(p + 1, "/")))
            return as__error(UV_EINVAL);
        route->count++;
    }
    for (char *p = route->text; (p = strchr(p, '/')); p++)
        *p = '\0';
    return 0;
}

/* El primer trozo va detrás del primer «/». */
static const char *first_segment(const struct as__route *route)
{
    return route->text + 1;
}

static bool same_pattern(const struct as__route *a, const struct as__route *b)
{
    const char *x = first_segment(a), *y = first_segment(b);

    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++, x = next_segment(x), y = next_segment(y)) {
        if (is_param(x) != is_param(y) || (!is_param(x) && strcmp(x, y) != 0))
            return false;
    }
    return true;
}

static void route_free(struct as__route *route)
{
    free(route->method);
    free(route->pattern);
    free(route->text);
    free(route);
}

void as__route_free_all(as_web *server)
{
    while (server->routes) {
        struct as__route *route = server->routes;
        server->routes = route->next;
        route_free(route);
    }
}

static bool valid_method(const char *method)
{
    return *method && strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == strlen(method);
}

int as_web_route(as_web *server, const char *method, const char *pattern,
                 as_web_handler_fn *handler, void *arg)
{
    if (server->started)
        return as_error_set(UV_EINVAL, "las rutas se declaran antes de servir: «%s»",
                            pattern);
    if (!valid_method(method))
        return as_error_set(UV_EINVAL, "«%s» no es un método: van en mayúsculas", method);
    struct as__route *route = calloc(1, sizeof *route);
    if (!route)
        return as__error(UV_ENOMEM);
    *route = (struct as__route){.method = strdup(method),
                                .pattern = strdup(pattern),
                                .text = strdup(pattern),
                                .handler = handler,
                                .arg = arg};
    bool copied = route->method && route->pattern && route->text;
    int rc = copied ? 0 : as__error(UV_ENOMEM);
    if (rc < 0)
        goto fail;
    rc = split_pattern(route);
    if (rc < 0) {
        as_error_set(rc,
                     "no entiendo el patrón «%s»: empieza por / y cada trozo es un texto "
                     "o un {nombre}",
                     pattern);
        goto fail;
    }
    for (const struct as__route *r = server->routes; r; r = r->next) {
        if (strcmp(r->method, method) == 0 && same_pattern(r, route)) {
            rc = as_error_set(UV_EEXIST, "«%s %s» choca con «%s»", method, pattern,
                              r->pattern);
            goto fail;
        }
    }
    route->next = server->routes;
    server->routes = route;
    return 0;

fail:
    route_free(route);
    return rc;
}

/* ---- Buscar ------------------------------------------------------------------------- */

static bool matches_path(const struct as__route *route, const as_web_request *request)
{
    const char *pattern = first_segment(route), *segment = request->segments;

    if (route->count != request->segment_count)
        return false;
    for (size_t i = 0; i < route->count; i++) {
        if (is_param(pattern) ? *segment == '\0' : strcmp(pattern, segment) != 0)
            return false;
        pattern = next_segment(pattern);
        segment = next_segment(segment);
    }
    return true;
}

/* ¿Es `a` más concreto que `b`, si a los dos los cumple la misma ruta? */
static bool more_specific(const struct as__route *a, const struct as__route *b)
{
    const char *x = first_segment(a), *y = first_segment(b);

    for (size_t i = 0; i < a->count; i++, x = next_segment(x), y = next_segment(y)) {
        if (is_param(x) != is_param(y))
            return is_param(y);
    }
    return false;
}

static const struct as__route *best(const as_web_request *request, const char *method,
                                    bool *path_known)
{
    const struct as__route *found = NULL;

    for (const struct as__route *r = request->server->routes; r; r = r->next) {
        if (!matches_path(r, request))
            continue;
        *path_known = true;
        if (strcmp(r->method, method) == 0 && (!found || more_specific(r, found)))
            found = r;
    }
    return found;
}

enum as__match as__route_find(as_web_request *request)
{
    bool path_known = false;

    request->route = best(request, request->head.method, &path_known);
    if (!request->route && strcmp(request->head.method, "HEAD") == 0)
        request->route = best(request, "GET", &path_known);
    if (request->route)
        return AS__MATCH;
    return path_known ? AS__NO_METHOD : AS__NO_PATH;
}

/* ¿Está `method` en la lista "GET, HEAD"? */
static bool listed(const char *list, const char *method)
{
    size_t length = strlen(method);

    for (const char *p = list; *p;) {
        size_t item = strcspn(p, ",");
        if (item == length && memcmp(p, method, length) == 0)
            return true;
        p += item;
        p += strspn(p, ", ");
    }
    return false;
}

static void list_method(FILE *out, const char *list, const char *method)
{
    if (!listed(list, method))
        fprintf(out, "%s%s", *list ? ", " : "", method);
    fflush(out); /* la siguiente consulta ve lo escrito */
}

char *as__route_allowed(const as_web_request *request)
{
    char *list = NULL;
    size_t size;
    FILE *out = open_memstream(&list, &size);

    if (!out)
        return NULL;
    fflush(out);
    for (const struct as__route *r = request->server->routes; r; r = r->next) {
        if (!matches_path(r, request))
            continue;
        list_method(out, list, r->method);
        if (strcmp(r->method, "GET") == 0)
            list_method(out, list, "HEAD");
    }
    list_method(out, list, "OPTIONS");
    if (fclose(out) == 0)
        return list;
    free(list);
    return NULL;
}

/* ---- Parámetros --------------------------------------------------------------------- */

const char *as_web_param(const as_web_request *request, const char *name)
{
    size_t length = strlen(name);

    if (!request->route)
        return NULL;
    const char *pattern = first_segment(request->route), *segment = request->segments;
    for (size_t i = 0; i < request->route->count; i++) {
        if (is_param(pattern) && strncmp(pattern + 1, name, length) == 0 &&
            strcmp(pattern + 1 + length, "}") == 0)
            return segment;
        pattern = next_segment(pattern);
        segment = next_segment(segment);
    }
    return NULL;
}

/* ---- Texto codificado con % --------------------------------------------------------- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *as__percent_decode(const char *text, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%' && length - i > 2 && hex(text[i + 1]) >= 0 &&
            hex(text[i + 2]) >= 0) {
            c = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
            i += 2;
            if (c == '\0')
                return NULL;
        }
        *out++ = c;
    }
    *out = '\0';
    return out;
}
