/* mock_compose.c: los bytes de una respuesta: estado, cabeceras y cuerpo, entero o la parte
 * que pide Range, con su longitud o en trozos. */
#include "harness/mock.h"
#include <stdlib.h>
#include <string.h>

#define CHUNK                                                                            \
    4096 /* su tamaño se escribe con cuatro cifras: todas las cabeceras miden igual */
#define CHUNK_HEAD 6
#define CHUNK_TAIL 2

const char *mock_reason(int status)
{
    static const struct {
        int status;
        const char *words;
    } known[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {416, "Range Not Satisfiable"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].words;
    return "Otro";
}

/* El cuerpo que iría sin avería; `fallback` es donde escribirlo si el guion no dice nada. */
static const char *body_of(const struct hs_reply *r, int status, char fallback[static 64],
                           size_t *size)
{
    *size = 0;
    if (status == 204 || status == 304 || status < 200)
        return NULL;
    if (r->body) {
        *size = r->body_size;
        return r->body;
    }
    if (r->fault != HS_ENDLESS)
        *size = (size_t)snprintf(fallback, 64, "%d %s\n", status, mock_reason(status));
    return fallback;
}

/* El valor de una cabecera y lo que la sigue, o NULL. */
static const char *header(const struct hs_request *r, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = r->headers; *line; line += strcspn(line, "\n") + 1)
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return line + n + 1 + strspn(line + n + 1, " \t");
    return NULL;
}

/* Valor de la cabecera Range tras «bytes=», o NULL si no pide una parte de esta versión. */
static const char *range_of(const struct hs_request *r, const char *etag)
{
    static const char unit[] = "bytes=";
    const char *range = header(r, "Range"), *version = header(r, "If-Range");
    if (!range || strncasecmp(range, unit, sizeof unit - 1) != 0)
        return NULL;
    if (version && (!etag || strcspn(version, "\r") != strlen(etag) ||
                    strncmp(version, etag, strlen(etag)) != 0))
        return NULL;
    return range + sizeof unit - 1;
}

/*
 * Recorta el cuerpo a lo que pide Range («a-», «a-b» o «-n») y escribe su Content-Range.
 * Devuelve 206, 416 si empieza tras el final, o 200 si no se pide o no se entiende.
 */
static int take_range(const struct hs_request *r, const char *etag, const char **body,
                      size_t *size, char content_range[static 96])
{
    const char *text = range_of(r, etag);
    if (!text)
        return 200;
    char *rest;
    size_t total = *size, from = 0, to = total;
    if (*text == '-') {
        size_t n = strtoull(text + 1, &rest, 10);
        from = n < total ? total - n : 0;
    } else {
        from = strtoull(text, &rest, 10);
        if (rest == text || *rest != '-')
            return 200;
        text = rest + 1;
        if (strchr("0123456789", *text) && *text) {
            to = strtoull(text, &rest, 10) + 1;
            to = to < total ? to : total;
        }
    }
    if (from >= to) {
        snprintf(content_range, 96, "Content-Range: bytes */%zu\r\n", total);
        *size = 0;
        return 416;
    }
    snprintf(content_range, 96, "Content-Range: bytes %zu-%zu/%zu\r\n", from, to - 1,
             total);
    *body += from;
    *size = to - from;
    return 206;
}

/* El cuerpo en trozos, cada uno tras su tamaño, y el trozo vacío que lo acaba. */
static size_t write_chunks(char *out, const char *body, size_t size)
{
    char *start = out;
    for (size_t n; size > 0; size -= n) {
        n = size < CHUNK ? size : CHUNK;
        out += sprintf(out, "%04zx\r\n", n);
        out = mempcpy(out, body, n);
        out = mempcpy(out, "\r\n", CHUNK_TAIL);
        body += n;
    }
    out = mempcpy(out, "0\r\n\r\n", 5);
    return (size_t)(out - start);
}

/* HTTP/1.0 no tiene trozos: el cuerpo acaba al cerrar; y si se corta, dice cuánto iba a ser, que si no el
 * corte no se notaría. */
static enum hs_framing framing_of(const struct connection *c)
{
    const struct hs_reply *r = c->reply;
    if (r->framing != HS_CHUNKED || !c->old)
        return r->framing;
    return r->fault == HS_CUT_BODY ? HS_SIZED : HS_UNTIL_CLOSE;
}

size_t mock_offset(const struct connection *c, size_t body_bytes)
{
    size_t n = body_bytes;
    if (n >= c->body_size)
        return c->output_length;
    if (framing_of(c) == HS_CHUNKED)
        n += (n + CHUNK - 1) / CHUNK * CHUNK_HEAD + n / CHUNK * CHUNK_TAIL;
    return c->head_length + n;
}

static const char *type_of(const struct hs_reply *r)
{
    if (r->type)
        return r->type;
    const char *first = r->body ? r->body + strspn(r->body, " \t\r\n") : "";
    return *first == '{' || *first == '[' ? "application/json"
                                          : "text/plain; charset=utf-8";
}

void mock_compose(struct connection *c)
{
    const struct hs_reply *r = c->reply;
    enum hs_framing framing = framing_of(c);
    int status = r->status ? r->status : 200;
    bool closes = r->close || !c->keep_alive || framing == HS_UNTIL_CLOSE ||
                  (r->fault != HS_NONE && r->fault != HS_TRICKLE);
    char fallback[64], measure[64] = "", content_range[96] = "";
    size_t size;
    const char *body = body_of(r, status, fallback, &size);
    if (r->ranges && status == 200)
        status = take_range(c->request, r->etag, &body, &size, content_range);
    if (body && framing == HS_CHUNKED)
        strcpy(measure, "Transfer-Encoding: chunked\r\n");
    else if (body && framing == HS_SIZED && r->fault != HS_ENDLESS)
        snprintf(measure, sizeof measure, "Content-Length: %zu\r\n", size);
    char *text = ag_format("HTTP/1.%d %d %s\r\nContent-Type: %s\r\n"
                           "%s%s%s%s%s%s%s%s%s%s\r\n",
                           !c->old, status, mock_reason(status), type_of(r), measure,
                           content_range, r->location ? "Location: " : "",
                           r->location ? r->location : "", r->location ? "\r\n" : "",
                           r->etag ? "ETag: " : "", r->etag ? r->etag : "",
                           r->etag ? "\r\n" : "", closes ? "Connection: close\r\n" : "",
                           r->headers ? r->headers : "");
    c->request->status = status;
    if (c->head || !body)
        size = 0;
    free(c->output);
    c->body_size = size;
    c->head_length = c->output_length = strlen(text);
    c->output_sent = 0;
    size_t extra = (size / CHUNK + 1) * (CHUNK_HEAD + CHUNK_TAIL) + 8;
    c->output = ag_grow(text, c->head_length + size + extra, 1);
    char *out = c->output + c->head_length;
    if (framing == HS_CHUNKED && body && !c->head)
        c->output_length += write_chunks(out, body, size);
    else if (size > 0)
        c->output_length += (size_t)((char *)mempcpy(out, body, size) - out);
}
