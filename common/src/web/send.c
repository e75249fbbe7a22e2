#include "web/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- La cabeza de la respuesta ------------------------------------------------------ */

static const char *const reasons[600] = {
    [200] = "OK",
    [201] = "Created",
    [202] = "Accepted",
    [203] = "Non-Authoritative Information",
    [204] = "No Content",
    [205] = "Reset Content",
    [206] = "Partial Content",
    [300] = "Multiple Choices",
    [301] = "Moved Permanently",
    [302] = "Found",
    [303] = "See Other",
    [304] = "Not Modified",
    [307] = "Temporary Redirect",
    [308] = "Permanent Redirect",
    [400] = "Bad Request",
    [401] = "Unauthorized",
    [402] = "Payment Required",
    [403] = "Forbidden",
    [404] = "Not Found",
    [405] = "Method Not Allowed",
    [406] = "Not Acceptable",
    [408] = "Request Timeout",
    [409] = "Conflict",
    [410] = "Gone",
    [411] = "Length Required",
    [412] = "Precondition Failed",
    [413] = "Content Too Large",
    [414] = "URI Too Long",
    [415] = "Unsupported Media Type",
    [416] = "Range Not Satisfiable",
    [417] = "Expectation Failed",
    [418] = "I'm a teapot",
    [422] = "Unprocessable Content",
    [423] = "Locked",
    [424] = "Failed Dependency",
    [428] = "Precondition Required",
    [429] = "Too Many Requests",
    [431] = "Request Header Fields Too Large",
    [451] = "Unavailable For Legal Reasons",
    [500] = "Internal Server Error",
    [501] = "Not Implemented",
    [502] = "Bad Gateway",
    [503] = "Service Unavailable",
    [504] = "Gateway Timeout",
    [505] = "HTTP Version Not Supported",
};

/* «Sun, 06 Nov 1994 08:49:37 GMT», en inglés sea cual sea el idioma del programa. */
static const char *date_now(as_web *server)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = time(NULL);
    struct tm t;

    if (now == server->date_at)
        return server->date;
    server->date_at = now;
    gmtime_r(&now, &t);
    strftime(server->date, sizeof server->date, "ddd, %d mmm %Y %H:%M:%S GMT", &t);
    memcpy(server->date, days[t.tm_wday % 7], 3);
    memcpy(server->date + 8, months[t.tm_mon % 12], 3);
    return server->date;
}

bool as__reply_is_to_head(const as_web_request *r)
{
    return r->head.method && strcmp(r->head.method, "HEAD") == 0;
}

static bool status_has_no_body(int status)
{
    return status == 204 || status == 304;
}

bool as__reply_has_no_body(const as_web_request *r)
{
    return as__reply_is_to_head(r) || status_has_no_body(r->status);
}

static void add(struct as__buffer *b, const char *text, size_t size)
{
    memcpy(b->data + b->end, text, size);
    b->end += size;
}

static void add_text(struct as__buffer *b, const char *text)
{
    add(b, text, strlen(text));
}

static void add_status_line(struct as__buffer *b, int status)
{
    char line[] = "HTTP/1.1 000 ";

    for (char *digit = line + 11; status > 0; status /= 10)
        *digit-- = (char)('0' + status % 10);
    add(b, line, sizeof line - 1);
}

/* Cómo sabrá el cliente dónde acaba el cuerpo. */
static void add_framing(const as_web_request *r, struct as__buffer *b)
{
    char line[64];

    if (status_has_no_body(r->status))
        return;
    if (!r->streaming) {
        snprintf(line, sizeof line, "Content-Length: %zu\r\n", r->reply_size);
        add_text(b, line);
    } else if (r->head.minor > 0) {
        add_text(b, "Transfer-Encoding: chunked\r\n");
    }
}

void as__reply_announce(as_web_request *r)
{
    const as_web *server = r->server;

    if (server->on_response)
        server->on_response(r, r->status, server->on_response_arg);
}

enum { HEAD_ROOM = 256 }; /* lo que ocupa, sin el tipo ni lo que añada el manejador */

/* Con trozos copiados y no con un formato: es una parte visible de lo que cuesta responder. */
int as__reply_write_head(as_web_request *r)
{
    struct as__buffer *b = &r->reply_head;
    size_t headers_size = as__buffer_size(&r->headers);
    size_t type_size = r->type ? strlen(r->type) : 0;

    if (as__buffer_reserve(b, HEAD_ROOM + type_size + headers_size) < 0)
        return as__error(UV_ENOMEM);
    if (as_event_is_set(&r->server->stopping))
        r->close = true;
    add_status_line(b, r->status);
    add_text(b, reasons[r->status] ? reasons[r->status] : "");
    add_text(b, "\r\nDate: ");
    add_text(b, date_now(r->server));
    add_text(b, "\r\n");
    if (r->type) {
        add_text(b, "Content-Type: ");
        add(b, r->type, type_size);
        add_text(b, "\r\n");
    }
    add_framing(r, b);
    if (r->close)
        add_text(b, "Connection: close\r\n");
    else if (r->head.minor == 0)
        add_text(b, "Connection: keep-alive\r\n");
    add(b, as__buffer_begin(&r->headers), headers_size);
    add_text(b, "\r\n");
    as__out_add(r->connection, as__buffer_begin(b), as__buffer_size(b));
    return 0;
}

/* ---- Salir -------------------------------------------------------------------------- */

void as__out_add(struct as__connection *c, const void *data, size_t size)
{
    if (size > 0)
        c->out[c->out_count++] = (struct iovec){.iov_base = (void *)data,
                                                .iov_len = size};
}

/* Salieron `size` bytes. */
static void advance(struct as__connection *c, size_t size)
{
    while (c->out_first < c->out_count && size >= c->out[c->out_first].iov_len)
        size -= c->out[c->out_first++].iov_len;
    if (c->out_first == c->out_count) {
        c->out_first = c->out_count = 0;
        return;
    }
    struct iovec *next = &c->out[c->out_first];
    next->iov_base = (char *)next->iov_base + size;
    next->iov_len -= size;
}

int as__out_flush(struct as__connection *c)
{
    while (c->out_count > 0) {
        struct msghdr message = {.msg_iov = c->out + c->out_first,
                                 .msg_iovlen = (size_t)(c->out_count - c->out_first)};
        ssize_t n = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        if (n >= 0) {
            advance(c, (size_t)n);
        } else if (errno == EAGAIN) {
            bool working = c->phase == AS__HANDLER && !c->left;
            as__connection_watch(c, UV_WRITABLE | (working ? UV_DISCONNECT : 0));
            return 0;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 1;
}

static void after_flush(struct as__connection *c, int rc)
{
    if (rc < 0)
        as__connection_close(c);
    else if (rc > 0)
        as__connection_next(c);
}

void as__reply_send(as_web_request *r)
{
    struct as__connection *c = r->connection;

    c->phase = AS__REPLY;
    if (r->status == 0 || r->gone || r->torn) {
        as__connection_close(c);
        return;
    }
    if (!r->streaming) {
        as__reply_announce(r);
        if (as__reply_write_head(r) < 0) {
            as__connection_close(c);
            return;
        }
        if (!as__reply_has_no_body(r))
            as__out_add(c, r->reply, r->reply_size);
    }
    int rc = as__out_flush(c);
    if (rc == 0)
        as__connection_wait(c);
    after_flush(c, rc);
}

/* La tarea que responde a trozos espera a que salga el suyo. */
static void continue_stream(struct as__connection *c, int rc)
{
    if (rc < 0) {
        as__connection_broken(c);
    } else if (rc > 0) {
        as__connection_watch(c, c->left ? 0 : UV_DISCONNECT);
        as__wake_first(&c->writer, 0);
    }
}

void as__send_more(struct as__connection *c)
{
    int rc = as__out_flush(c);

    if (c->phase == AS__HANDLER)
        continue_stream(c, rc);
    else
        after_flush(c, rc);
}
