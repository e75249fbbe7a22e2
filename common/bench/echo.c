/*
 * El servidor de eco que mide echo_client.c. Dice su puerto y atiende hasta que lo maten.
 */
#include <asinc/asinc.h>
#include <stdio.h>

static int echo(as_stream *client, void *arg)
{
    char buffer[4096];
    ssize_t n;

    (void)arg;
    while ((n = as_read(client, buffer, sizeof buffer)) > 0) {
        int rc = as_write(client, buffer, (size_t)n);
        if (rc < 0)
            return rc;
    }
    return (int)n;
}

static int serve(void *arg)
{
    as_listener *listener;

    (void)arg;
    int rc = as_listen("127.0.0.1", 0, 0, &listener);
    if (rc < 0)
        return rc;
    printf("%d\n", as_listener_port(listener));
    fflush(stdout);
    rc = as_serve(listener, echo, NULL);
    as_listener_close(listener);
    return rc;
}

int main(void)
{
    int rc = as_run(serve, NULL);
    if (rc < 0)
        fprintf(stderr, "echo: %s\n", as_strerror(rc));
    return rc < 0;
}
