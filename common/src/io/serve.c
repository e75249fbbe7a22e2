#include <stdio.h>
#include <stdlib.h>

#include "io/stream_internal.h"

struct service {
    as_group group;
    as_client_fn *fn;
    void *arg;
    const void *site;
    unsigned long count;
};

struct client {
    struct service *service;
    as_stream *stream;
};

/* Que el cliente se vaya, que lo echen o que se pare el servidor es lo normal. */
static bool deserves_mention(int rc)
{
    return rc < 0 && rc != UV_EOF && rc != UV_ECONNRESET && rc != UV_EPIPE &&
           rc != UV_ECONNABORTED && rc != UV_ECANCELED;
}

static int attend(void *arg)
{
    struct client *client = arg;

    int rc = client->service->fn(client->stream, client->service->arg);
    if (deserves_mention(rc))
        fprintf(stderr, "asinc: el cliente %s terminó con un error: %s. %s\n",
                as_stream_peername(client->stream), as_strerror(rc),
                as__error_detail(rc));
    as_stream_close(client->stream);
    free(client);
    return 0;
}

static int serve_next(as_listener *listener, struct service *service)
{
    char name[32];
    as_stream *stream;

    int rc = as__accept(listener, service->site, &stream);
    if (rc < 0)
        return rc == UV_ENOMEM ? as_yield()
                               : rc; /* ese cliente se pierde; el resto, no */
    struct client *client = malloc(sizeof *client);
    if (!client) {
        as_stream_close(stream);
        return 0;
    }
    *client = (struct client){.service = service, .stream = stream};
    snprintf(name, sizeof name, "cliente-%lu", ++service->count);
    rc = as__start_soon(&service->group, name, attend, client, service->site);
    if (rc < 0) {
        as_stream_close(stream);
        free(client);
    }
    return 0;
}

int as_serve(as_listener *listener, as_client_fn *fn, void *arg)
{
    struct service service = {.fn = fn, .arg = arg, .site = __builtin_return_address(0)};
    int rc;

    as__task_required("as_serve");

    as_group_enter(&service.group);
    as_group_keep_going(&service.group);
    do
        rc = serve_next(listener, &service);
    while (rc == 0);
    if (rc == UV_EOF)
        rc = 0;
    return as_group_leave(&service.group, rc);
}
