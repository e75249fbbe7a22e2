/*
 * El servidor HTTP que mide bench.sh con wrk. Dice su puerto y atiende hasta que lo maten.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

static int answer(as_web_request *request, void *body)
{
    return as_web_reply(request, 200, "text/plain", body, BENCH_BODY);
}

static int serve(void *arg)
{
    char body[BENCH_BODY];
    as_web *server;

    (void)arg;
    memset(body, 'x', sizeof body);
    int rc = as_web_new(NULL, &server);
    if (rc < 0)
        return rc;
    rc = as_web_route(server, "GET", "/cuerpo", answer, body);
    if (rc == 0) {
        printf("%d\n", as_web_port(server));
        fflush(stdout);
        rc = as_web_run(server);
    }
    as_web_close(server);
    return rc;
}

int main(void)
{
    int rc = as_run(serve, NULL);
    if (rc < 0)
        fprintf(stderr, "web: %s\n", as_strerror(rc));
    return rc < 0;
}
