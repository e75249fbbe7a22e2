/* mock_server.c: el bucle del servidor, sus conexiones y la lectura de peticiones. */
#include "harness/mock.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_HEAD (64 << 10)
#define MAX_BODY (1 << 20)

/* ------------------------------------------------------------------ Conexiones */

static void on_closed(uv_handle_t *handle)
{
    struct connection *c = handle->data;
    if (--c->handles > 0)
        return;
    hs__lock();
    struct connection **link = &c->m->connections;
    while (*link != c)
        link = &(*link)->next;
    *link = c->next;
    hs__unlock();
    free(c->input);
    free(c->output);
    free(c);
}

/* Lo común a cerrar y a cortar. Falso si ya se estaba cerrando. */
static bool start_closing(struct connection *c)
{
    if (c->closing)
        return false;
    c->closing = true;
    if (c->request)
        reply_end(c, HS_ABANDONED);
    c->m->total.open--;
    hs__span_end(&c->link, HS__PLAIN, NULL);
    hs__notify();
    uv_close((uv_handle_t *)&c->timer, on_closed);
    return true;
}

void connection_close(struct connection *c)
{
    if (start_closing(c))
        uv_close((uv_handle_t *)&c->tcp, on_closed);
}

void connection_reset(struct connection *c)
{
    if (c->request && !c->closing)
        reply_end(c, HS_ANSWERED); /* lo decide el servidor: no es un abandono */
    if (start_closing(c) && uv_tcp_close_reset(&c->tcp, on_closed) < 0)
        uv_close((uv_handle_t *)&c->tcp, on_closed); /* con un shutdown pendiente */
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *c = handle->data;
    (void)suggested;
    size_t room = MAX_HEAD + MAX_BODY - c->input_length;
    if (room > 65536)
        room = 65536;
    c->input = ag_grow(c->input, c->input_length + room + 1, 1);
    *buffer = uv_buf_init(c->input + c->input_length, (unsigned)room);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct connection *c = stream->data;
    (void)buffer;
    hs__lock();
    if (n == UV_ENOBUFS) { /* manda sin parar y sin esperar respuesta */
        c->m->total.malformed++;
        connection_reset(c);
    } else if (n < 0) {
        connection_close(c);
    } else if (!hs__allow(HS__BYTES, (size_t)n)) {
        connection_reset(c);
    } else if (c->phase != LINGER) {
        c->input_length += (size_t)n;
        connection_serve(c);
    }
    hs__unlock();
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct hs_http *m = listener->data;
    if (status < 0)
        return;
    struct connection *c = ag_alloc(1, sizeof *c);
    *c = (struct connection){.m = m, .handles = 2};
    uv_tcp_init(&m->loop, &c->tcp);
    uv_timer_init(&m->loop, &c->timer);
    c->tcp.data = c->timer.data = c;
    hs__lock();
    c->next = m->connections;
    m->connections = c;
    c->number = ++m->total.connections;
    m->total.open++;
    c->link = hs__span_begin(hs__lane(HS__LINK, "conexiones"), "conexión %d", c->number);
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) < 0 ||
        !hs__allow(HS__CONNECTIONS, 1) ||
        uv_read_start((uv_stream_t *)&c->tcp, on_allocate, on_read) < 0)
        connection_close(c);
    else
        uv_tcp_nodelay(&c->tcp, 1); /* un byte suelto debe salir suelto */
    hs__notify();
    hs__unlock();
}

/* ------------------------------------------------------- Leer una petición */

/* Valor de una cabecera dentro del bloque [head, end), o NULL; su tamaño en *length. */
static const char *header(const char *head, const char *name, size_t *length)
{
    size_t n = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, n) != 0 || line[n] != ':')
            continue;
        line += n + 1;
        line += strspn(line, " \t");
        *length = strcspn(line, "\r");
        return line;
    }
    return NULL;
}

static bool header_is(const char *head, const char *name, const char *value)
{
    size_t n;
    const char *found = header(head, name, &n);
    return found && n == strlen(value) && strncasecmp(found, value, n) == 0;
}

/* Longitud del cuerpo, o -estado HTTP con el que hay que rechazar la petición. */
static long body_length(const char *head)
{
    size_t n;
    if (header(head, "Transfer-Encoding", &n))
        return -411;
    const char *value = header(head, "Content-Length", &n);
    if (!value)
        return 0;
    if (n == 0 || n > 18 || strspn(value, "0123456789") != n)
        return -400;
    long length = strtol(value, NULL, 10);
    return length > MAX_BODY ? -413 : length;
}

/* Método y ruta de la primera línea. Falso si no es una petición HTTP/1. */
static bool request_line(const char *head, struct hs_request *r)
{
    size_t method = strspn(head, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const char *target = head + method + 1;
    if (method == 0 || method > 16 || head[method] != ' ' || *target != '/')
        return false;
    size_t n = strcspn(target, " \r\n");
    if (strncmp(target + n, " HTTP/1.", 8) != 0 || !strchr("01", target[n + 8]) ||
        strncmp(target + n + 9, "\r\n", 2) != 0)
        return false;
    r->method = strndup(head, method);
    r->path = strndup(target, n);
    r->headers = ag_format("%s", target + n + 11);
    return true;
}

static bool is_old(const char *head)
{
    const char *version = strstr(head, " HTTP/1.0\r\n");
    return version && version < strstr(head, "\r\n");
}

static void ask_for_body(struct connection *c, const char *head)
{
    char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uv_buf_t buffer = uv_buf_init(go_on, sizeof go_on - 1);
    if (c->continued || is_old(head) || !header_is(head, "Expect", "100-continue"))
        return;
    c->continued = true;
    uv_try_write((uv_stream_t *)&c->tcp, &buffer, 1);
}

/* Con las cabeceras enteras en `head`: 0 y la petición en c->request, o el estado HTTP
 * con que rechazarla, o -1 si falta cuerpo. */
static int parse_request(struct connection *c, const char *head, const char *body)
{
    size_t received = c->input_length - (size_t)(body - c->input);
    long length = body_length(head);
    struct hs_request r = {.ended_ms = -1};
    if (length < 0)
        return (int)-length;
    if (received < (size_t)length) {
        ask_for_body(c, head);
        return -1;
    }
    if (!hs__allow(HS__REQUESTS, 1))
        return 503;
    if (!request_line(head, &r))
        return 400;
    char *copy = ag_alloc((size_t)length + 1, 1);
    memcpy(copy, body, (size_t)length);
    copy[length] = '\0';
    r.body = copy;
    r.body_length = (size_t)length;
    c->request = ag_alloc(1, sizeof r);
    *c->request = r;
    c->head = strcmp(r.method, "HEAD") == 0;
    c->old = is_old(head);
    c->keep_alive = !c->old && !header_is(head, "Connection", "close");
    return 0;
}

/* Saca de lo recibido una petición entera, si la hay. */
static bool take_request(struct connection *c)
{
    if (c->input_length == 0)
        return false;
    char *end = memmem(c->input, c->input_length, "\r\n\r\n", 4);
    size_t size = end ? (size_t)(end - c->input) + 4 : c->input_length;
    /* Quien no empieza por un método (habla TLS, por ejemplo) no va a acabar nunca. */
    int status = c->input[0] < 'A' || c->input[0] > 'Z' ? 400 : size > MAX_HEAD ? 431 : 0;
    if (status == 0 && !end)
        return false;
    if (status == 0) {
        char *head = strndup(c->input, size - 2);
        status = strlen(head) == size - 2 ? parse_request(c, head, c->input + size) : 400;
        free(head);
    }
    if (status < 0)
        return false;
    if (status > 0) {
        reply_refuse(c, status);
        return false;
    }
    size += c->request->body_length;
    c->input_length -= size;
    memmove(c->input, c->input + size, c->input_length);
    c->continued = false;
    return true;
}

void connection_serve(struct connection *c)
{
    while (!c->closing && c->phase == READING && take_request(c))
        reply_admit(c);
}

/* ------------------------------------------------------------------ Escuchar */

/* SO_REUSEPORT deja que el puerto siga siendo del servidor cuando no escucha: la reserva
 * y el que escucha son dos sockets del mismo puerto. */
int mock_bind(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)*port)};
    socklen_t size = sizeof address;
    int one = 1, error;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0 ||
        bind(fd, (struct sockaddr *)&address, size) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        error = -errno;
        close(fd);
        return error;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static void on_listener_closed(uv_handle_t *listener)
{
    free(listener);
}

static void stop_listening(struct hs_http *m)
{
    if (m->listener)
        uv_close((uv_handle_t *)m->listener, on_listener_closed);
    m->listener = NULL;
}

static int start_listening(struct hs_http *m)
{
    if (m->listener)
        return 0;
    int fd = mock_bind(&m->port);
    if (fd < 0)
        return fd;
    m->listener = ag_alloc(1, sizeof *m->listener);
    uv_tcp_init(&m->loop, m->listener);
    m->listener->data = m;
    int error = uv_tcp_open(m->listener, fd);
    if (error < 0)
        close(fd);
    else
        error = uv_listen((uv_stream_t *)m->listener, 511, on_connection);
    if (error < 0)
        stop_listening(m);
    return error;
}

/* --------------------------------------------------------------------- El bucle */

static void obey(struct hs_http *m)
{
    bool cut = m->command == CUT_ALL || m->command == QUIT;
    m->command_error = 0;
    if (m->command == LISTEN_AGAIN)
        m->command_error = start_listening(m);
    else
        stop_listening(m);
    for (struct connection *c = m->connections; cut && c; c = c->next)
        connection_reset(c);
    if (m->command == QUIT)
        uv_close((uv_handle_t *)&m->wake, NULL);
    m->command = NOTHING;
    hs__notify();
}

static void on_wake(uv_async_t *wake)
{
    struct hs_http *m = wake->data;
    hs__lock();
    if (m->command != NOTHING)
        obey(m);
    for (struct connection *c = m->connections; c; c = c->next) {
        if (!c->closing)
            reply_go_on(c);
        connection_serve(c);
    }
    hs__unlock();
}

static void *mock_run(void *m)
{
    uv_run(&((struct hs_http *)m)->loop, UV_RUN_DEFAULT);
    return NULL;
}

int mock_open(struct hs_http *m)
{
    int error = uv_loop_init(&m->loop);
    if (error < 0)
        return error;
    error = uv_async_init(&m->loop, &m->wake, on_wake);
    if (error < 0)
        goto no_async;
    m->wake.data = m;
    m->reserve = mock_bind(&m->port);
    error = m->reserve < 0 ? m->reserve : start_listening(m);
    if (error < 0)
        goto no_port;
    error = -pthread_create(&m->thread, NULL, mock_run, m);
    if (error == 0)
        return 0;
    stop_listening(m);
no_port:
    if (m->reserve >= 0)
        close(m->reserve);
    uv_close((uv_handle_t *)&m->wake, NULL);
    uv_run(&m->loop, UV_RUN_DEFAULT);
no_async:
    uv_loop_close(&m->loop);
    return error;
}
