/*
 * GET con cien peticiones en vuelo sobre conexiones que se reutilizan.
 */
#include <asinc/asinc.h>
#include <stdio.h>

#include "bench.h"

static const char *url;
static long requests, taken;

static int worker(void *client)
{
    while (taken < requests) {
        as_http_response response;
        taken++;
        int rc = as_http_get(client, url, &response);
        if (rc < 0)
            return rc;
        bool right = response.status == 200 && response.body_size == BENCH_BODY;
        as_http_response_clear(&response);
        if (!right)
            return as_error_set(UV_EPROTO, "respuesta inesperada");
    }
    return 0;
}

static int measure(void *arg)
{
    struct bench_mark start = bench_now();
    as_http *client;

    (void)arg;
    int rc = as_http_new(&(as_http_options){.max_connections = BENCH_CONNECTIONS},
                         &client);
    if (rc < 0)
        return rc;
    as_call calls[BENCH_CONNECTIONS];
    for (int i = 0; i < BENCH_CONNECTIONS; i++)
        calls[i] = (as_call){.fn = worker, .arg = client, .name = "cliente"};
    rc = as_gather(calls, BENCH_CONNECTIONS, NULL);
    if (rc < 0)
        fprintf(stderr, "http: %s\n", as_error_text(rc));
    as_http_close(client);
    if (rc >= 0)
        bench_http_figures(bench_since(start), requests);
    return rc;
}

int main(int argc, char **argv)
{
    requests = bench_argument(argc, argv, 2, "http URL PETICIONES");
    url = argv[1];
    return as_run(measure, NULL) < 0;
}
