#include "web/internal.h"

#include <stdlib.h>
#include <string.h>

enum { READ_ROOM = 16 << 10 };

/* ---- Rechazar ----------------------------------------------------------------------- */

static as_web_request *new_request(struct as__connection *c, size_t lines, size_t size)
{
    as_web_request *r = malloc(sizeof *r + lines * sizeof *r->fields + size);

    if (!r)
        return NULL;
    *r = (as_web_request){.server = c->server, .connection = c};
    r->chunked.around = c->server->options.max_head;
    c->request = r;
    return r;
}

static const char no_memory[] = "el servidor no tiene memoria para la petición";

/* No se sabe, o no se quiere saber, dónde acaba esta petición: tras la respuesta se cierra. */
static void refuse(as_web_request *r, int status, const char *why)
{
    r->close = true;
    as_web_fail(r, status, "%s", why);
    as__reply_send(r);
}

static bool starts_with(const struct as__buffer *in, const char *text)
{
    size_t size = strlen(text);

    return as__buffer_size(in) >= size && memcmp(as__buffer_begin(in), text, size) == 0;
}

static void refuse_unread(struct as__connection *c, int status, const char *why)
{
    as_web_request *r = new_request(c, 0, 0);

    if (!r) {
        as__connection_close(c);
        return;
    }
    if (starts_with(&c->in, "HEAD ")) /* a ese no se le envía el cuerpo */
        r->head.method = "HEAD";
    refuse(r, status, why);
}

static void refuse_large(as_web_request *r)
{
    char why[64];

    snprintf(why, sizeof why, "el cuerpo pasa de %zu bytes", r->server->options.max_body);
    refuse(r, 413, why);
}

/* ---- La cabeza ---------------------------------------------------------------------- */

/* El cliente espera permiso para enviar el cuerpo. Si no cabe en el socket, ya se cansará de
 * esperarlo; si cabe a medias, no hay arreglo. */
static bool give_permission(struct as__connection *c)
{
    static const char permission[] = "HTTP/1.1 100 Continue\r\n\r\n";
    ssize_t size = sizeof permission - 1;

    ssize_t n = send(c->fd, permission, (size_t)size, MSG_NOSIGNAL);
    return n == size || (n < 0 && errno == EAGAIN);
}

static void begin_body(as_web_request *r)
{
    struct as__connection *c = r->connection;
    bool has_body = r->head.chunked || r->head.length > 0;

    c->phase = AS__BODY;
    r->body_left = r->head.length;
    if (has_body && r->head.expects && as__buffer_size(&c->in) == 0 &&
        !give_permission(c))
        as__connection_close(c);
}

static void accept_head(struct as__connection *c, size_t size)
{
    as_web_request *r = new_request(c, c->scan.lines, size);
    const char *why;

    if (!r) {
        as__connection_close(c);
        return;
    }
    char *text = (char *)&r->fields[c->scan.lines];
    memcpy(text, as__buffer_begin(&c->in), size);
    as__buffer_consume(&c->in, size);
    int status = as__request_head_parse(&r->head, text, size, r->fields, &why);
    r->close = r->head.close;
    if (status)
        refuse(r, status, why);
    else if (r->head.length > c->server->options.max_body)
        refuse_large(r);
    else
        begin_body(r);
}

/* false: falta por llegar. Lo que pase del límite no se mira: así la respuesta no depende de
 * en cuántas veces llegó. */
static bool take_head(struct as__connection *c)
{
    size_t size = as__buffer_size(&c->in), most = c->server->options.max_head;

    ssize_t n = as__request_head_find(&c->scan, as__buffer_begin(&c->in),
                                      size < most ? size : most);
    if (n == 0 && size <= most)
        return false;
    if (n < 0)
        refuse_unread(c, 400, "cada línea de la petición tiene que acabar en CR LF");
    else if (n > 0)
        accept_head(c, (size_t)n);
    else if (c->scan.lines == 0)
        refuse_unread(c, 414, "la dirección es demasiado larga");
    else
        refuse_unread(c, 431, "las cabeceras son demasiado largas");
    return true;
}

/* ---- El cuerpo ---------------------------------------------------------------------- */

static bool append(as_web_request *r, const char *data, size_t size)
{
    if (as__buffer_append(&r->received, data, size) == 0)
        return true;
    refuse(r, 503, no_memory);
    return false;
}

static void take_plain(as_web_request *r)
{
    struct as__buffer *in = &r->connection->in;
    size_t size = as__buffer_size(in);

    if (size > r->body_left)
        size = (size_t)r->body_left;
    if (!append(r, as__buffer_begin(in), size))
        return;
    r->body_left -= size;
    as__buffer_consume(in, size);
}

static bool take_chunk(as_web_request *r)
{
    struct as__buffer *in = &r->connection->in;
    size_t most = r->server->options.max_body - as__buffer_size(&r->received);
    const char *piece;
    size_t size;

    ssize_t n = as__chunked_next(&r->chunked, in->data + in->start, as__buffer_size(in),
                                 &piece, &size);
    if (n == 0)
        return false;
    if (n == UV_E2BIG)
        refuse(r, 431, "lo que acompaña al cuerpo es demasiado largo");
    else if (n < 0)
        refuse(r, 400, "un trozo del cuerpo no está bien escrito");
    else if (r->chunked.left > most - size)
        refuse_large(r);
    else if (size == 0 || append(r, piece, size))
        as__buffer_consume(in, (size_t)n);
    return true;
}

static void complete(as_web_request *r)
{
    r->body_size = as__buffer_size(&r->received);
    if (r->body_size > 0)
        r->body = as__buffer_release(&r->received);
    if (r->body_size > 0 && !r->body)
        refuse(r, 503, no_memory);
    else
        as__request_dispatch(r);
}

/* false: falta por llegar. */
static bool take_body(struct as__connection *c)
{
    as_web_request *r = c->request;
    bool whole = r->head.chunked ? r->chunked.part == AS__COMPLETE : r->body_left == 0;

    if (whole) {
        complete(r);
        return true;
    }
    if (as__buffer_size(&c->in) == 0)
        return false;
    if (r->head.chunked)
        return take_chunk(r);
    take_plain(r);
    return true;
}

/* ---- Leer --------------------------------------------------------------------------- */

static bool take(struct as__connection *c)
{
    return c->phase == AS__HEAD   ? take_head(c)
           : c->phase == AS__BODY ? take_body(c)
                                  : false;
}

/* Una conexión ociosa no guarda memoria: su búfer es para la próxima que lea. */
static void give_buffer(struct as__connection *c)
{
    struct as__buffer *spare = &c->server->spare;

    if (spare->data)
        as__buffer_free(&c->in);
    else
        *spare = c->in;
    c->in = (struct as__buffer){0};
}

static int take_buffer(struct as__connection *c)
{
    if (!c->in.data) {
        c->in = c->server->spare;
        c->server->spare = (struct as__buffer){0};
    }
    return as__buffer_reserve(&c->in, READ_ROOM);
}

void as__receive_more(struct as__connection *c)
{
    c->receiving = true;
    while (take(c))
        ;
    c->receiving = false;
    if (as__buffer_size(&c->in) == 0)
        give_buffer(c);
    if (c->phase == AS__HEAD || c->phase == AS__BODY) /* no basta con lo que había */
        as__connection_watch(c, UV_READABLE | UV_DISCONNECT);
}

void as__receive(struct as__connection *c)
{
    struct as__buffer *in = &c->in;

    if (take_buffer(c) < 0) {
        as__connection_close(c);
        return;
    }
    ssize_t n = recv(c->fd, in->data + in->end, in->capacity - in->end, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        as__connection_close(c); /* se fue, con una petición a medias o sin ella */
        return;
    }
    if (n > 0) {
        if (c->phase == AS__HEAD && as__buffer_size(in) == 0)
            as__connection_wait(c); /* lo que tarde en enviarla se cuenta desde ahora */
        in->end += (size_t)n;
    }
    as__receive_more(c);
}
