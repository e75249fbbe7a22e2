/*
 * El techo de un hilo: el servidor de eco de echo.c, escrito a mano sobre libuv. Responde
 * sin reservar memoria; solo lo que el sistema no acepta al momento se guarda en una copia.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct client {
    uv_tcp_t tcp;
    char buffer[4096];
};

struct late {
    uv_write_t write;
    char data[];
};

static void check(const char *what, int rc)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "libuv_echo: %s: %s\n", what, uv_strerror(rc));
    exit(1);
}

static void *reserve(size_t size)
{
    void *memory = malloc(size);

    if (!memory)
        check("malloc", UV_ENOMEM);
    return memory;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void drop(uv_stream_t *stream)
{
    if (!uv_is_closing((uv_handle_t *)stream))
        uv_close((uv_handle_t *)stream, on_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct client *c = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(c->buffer, sizeof c->buffer);
}

static void on_written(uv_write_t *write, int status)
{
    if (status < 0)
        drop(write->handle);
    free(write->data);
}

static void write_late(uv_stream_t *stream, const char *data, size_t size)
{
    struct late *late = reserve(sizeof *late + size);
    uv_buf_t rest = uv_buf_init(late->data, (unsigned)size);

    memcpy(late->data, data, size);
    late->write.data = late;
    check("al escribir", uv_write(&late->write, stream, &rest, 1, on_written));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    if (n == 0)
        return;
    uv_buf_t reply = uv_buf_init(buffer->base, n > 0 ? (unsigned)n : 0);
    int written = n > 0 ? uv_try_write(stream, &reply, 1) : (int)n;
    if (written == UV_EAGAIN)
        written = 0;
    if (written < 0)
        drop(stream);
    else if (written < n)
        write_late(stream, buffer->base + written, (size_t)(n - written));
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct client *c = reserve(sizeof *c);

    check("al escuchar", status);
    check("uv_tcp_init", uv_tcp_init(listener->loop, &c->tcp));
    c->tcp.data = c;
    check("uv_accept", uv_accept(listener, (uv_stream_t *)&c->tcp));
    uv_tcp_nodelay(&c->tcp, 1);
    check("uv_read_start", uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read));
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t listener;
    struct sockaddr_in address;
    int size = sizeof address;

    uv_ip4_addr("127.0.0.1", 0, &address);
    check("uv_tcp_init", uv_tcp_init(loop, &listener));
    check("uv_tcp_bind", uv_tcp_bind(&listener, (struct sockaddr *)&address, 0));
    check("uv_listen", uv_listen((uv_stream_t *)&listener, 128, on_connection));
    check("uv_tcp_getsockname",
          uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &size));
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}
