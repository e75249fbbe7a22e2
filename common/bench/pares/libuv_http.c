/*
 * El techo de un hilo: HTTP/1.1 escrito a mano sobre libuv, con lo justo para esta medida.
 * Cien conexiones, una petición en vuelo en cada una, y solo respuestas con
 * Content-Length.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "../bench.h"

struct connection {
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    char head[2048];  /* la cabecera que va llegando, y lo que venga detrás */
    size_t head_size; /* bytes en head */
    size_t body_left; /* bytes del cuerpo por llegar; 0 mientras se lee la cabecera */
};

static struct connection connections[BENCH_CONNECTIONS];
static long requests, sent, received;
static uv_buf_t question;

static void fail(const char *what, int rc)
{
    fprintf(stderr, "libuv_http: %s: %s\n", what, rc < 0 ? uv_strerror(rc) : "no vale");
    exit(1);
}

static void on_written(uv_write_t *write, int status)
{
    (void)write;
    if (status < 0)
        fail("al pedir", status);
}

static void ask(struct connection *c)
{
    if (sent == requests) {
        uv_close((uv_handle_t *)&c->tcp, NULL);
        return;
    }
    sent++;
    c->head_size = 0;
    int rc = uv_write(&c->write, (uv_stream_t *)&c->tcp, &question, 1, on_written);
    if (rc < 0)
        fail("al pedir", rc);
}

/* Si la cabecera está completa, deja en body_left lo que falta del cuerpo. */
static bool head_done(struct connection *c)
{
    c->head[c->head_size] = '\0';
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end)
        return false;
    char *length = strcasestr(c->head, "\r\nContent-Length:");
    if (strncmp(c->head, "HTTP/1.1 200 ", 13) != 0 || !length || length > end)
        fail("la respuesta", 0);
    size_t body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    size_t here = c->head_size - (size_t)(end + 4 - c->head);
    if (body != BENCH_BODY || here > body)
        fail("el cuerpo", 0);
    c->body_left = body - here;
    return true;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *c = handle->data;
    static char body[65536];

    (void)suggested;
    if (c->body_left > 0)
        *buffer = uv_buf_init(body, sizeof body);
    else /* uno menos: el '\0' que pone head_done */
        *buffer = uv_buf_init(c->head + c->head_size,
                              (unsigned)(sizeof c->head - 1 - c->head_size));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct connection *c = stream->data;

    (void)buffer;
    if (n < 0)
        fail("al leer", (int)n);
    if (n == 0)
        return;
    if (c->body_left > 0) {
        if ((size_t)n > c->body_left)
            fail("el cuerpo", 0);
        c->body_left -= (size_t)n;
    } else {
        c->head_size += (size_t)n;
        if (!head_done(c))
            return;
    }
    if (c->body_left == 0) {
        received++;
        ask(c);
    }
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct connection *c = connect->data;

    if (status < 0)
        fail("al conectar", status);
    uv_tcp_nodelay(&c->tcp, 1);
    int rc = uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
    if (rc < 0)
        fail("al leer", rc);
    ask(c);
}

static void start(uv_loop_t *loop, struct connection *c,
                  const struct sockaddr_in *address)
{
    uv_tcp_init(loop, &c->tcp);
    c->tcp.data = c->connect.data = c;
    int rc = uv_tcp_connect(&c->connect, &c->tcp, (const struct sockaddr *)address,
                            on_connected);
    if (rc < 0)
        fail("al conectar", rc);
}

int main(int argc, char **argv)
{
    static const char usage[] = "libuv_http 127.0.0.1 PUERTO RUTA PETICIONES";
    long port = bench_argument(argc, argv, 2, usage);
    requests = bench_argument(argc, argv, 4, usage);
    struct sockaddr_in address;
    char text[512];

    int rc = uv_ip4_addr(argv[1], (int)port, &address);
    if (rc < 0)
        fail(argv[1], rc);
    int size = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s:%ld\r\n\r\n",
                        argv[3], argv[1], port);
    if (size >= (int)sizeof text)
        fail("la ruta", UV_ENAMETOOLONG);
    question = uv_buf_init(text, (unsigned)size);

    struct bench_mark begin = bench_now();
    uv_loop_t *loop = uv_default_loop();
    for (int i = 0; i < BENCH_CONNECTIONS; i++)
        start(loop, &connections[i], &address);
    uv_run(loop, UV_RUN_DEFAULT);
    if (received != requests)
        fail("faltan respuestas", UV_EOF);
    bench_http_figures(bench_since(begin), requests);
    return 0;
}
