/*
 * El cliente HTTP ante mil sitios a la vez, cien de ellos callados y otros cien lentos: cuánta
 * memoria y cuánta CPU cuesta cada uno, y cuánto tardan los sanos.
 *
 * Los sirve un proceso hijo, que no contesta a ninguno hasta que le han llegado las mil peticiones.
 */
#include <asinc/asinc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { SITES = 1000, SILENT = 100, SLOW = 100, SLOW_MS = 300 };
enum { HEALTHY = SITES - SILENT - SLOW };

/* ---- Los sitios --------------------------------------------------------------------- */

static int arrived;
static as_event all_here, never;

static int reply(as_stream *client)
{
    char text[128 + BENCH_BODY];
    int n = snprintf(text, sizeof text,
                     "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n",
                     BENCH_BODY);

    memset(text + n, 'x', BENCH_BODY);
    return as_write(client, text, (size_t)n + BENCH_BODY);
}

/* La petición dice qué clase de sitio es: «GET /callado», «GET /lento» o «GET /sano». */
static int attend(as_stream *client, void *arg)
{
    char line[256], kind = 0;
    ssize_t n;

    (void)arg;
    while ((n = as_readline(client, line, sizeof line)) > 0)
        kind = kind ? kind : line[strlen("GET /")];
    if (n < 0)
        return (int)n;
    if (++arrived == SITES)
        as_event_set(&all_here);
    int rc = as_event_wait(&all_here);
    if (rc == 0 && kind == 'c')
        rc = as_event_wait(&never);
    if (rc == 0 && kind == 'l')
        rc = as_sleep(SLOW_MS);
    return rc < 0 ? rc : reply(client);
}

static int serve(void *arg)
{
    as_listener *listener;
    int *says = arg;

    as_event_init(&all_here);
    as_event_init(&never);
    int rc = as_listen("0.0.0.0", 0, SITES, &listener);
    if (rc < 0)
        return rc;
    dprintf(*says, "%d\n", as_listener_port(listener));
    close(*says);
    rc = as_serve(listener, attend, NULL);
    as_listener_close(listener);
    return rc;
}

/* Devuelve el puerto, o -1. */
static int start_sites(pid_t *child)
{
    int ends[2], port = -1;

    if (pipe(ends) < 0)
        return -1;
    *child = fork();
    if (*child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        _exit(as_run(serve, &ends[1]) < 0);
    }
    close(ends[1]);
    FILE *says = fdopen(ends[0], "r");
    if (*child < 0 || !says || fscanf(says, "%d", &port) != 1)
        port = -1;
    if (says)
        fclose(says);
    return port;
}

/* ---- El cliente --------------------------------------------------------------------- */

static struct bench_mark start;
static double before_kib;
static int port, started, answered, healthy;
static as_event finished;

/* Cada sitio es otra dirección de esta máquina. */
static void write_url(int i, char *url, size_t size)
{
    const char *kind = i < SILENT ? "callado" : i < SILENT + SLOW ? "lento" : "sano";

    snprintf(url, size, "http://127.7.%d.%d:%d/%s", i / 250, 1 + i % 250, port, kind);
}

static int visit(void *client)
{
    as_http_response response;
    char url[64];
    int i = started++;

    write_url(i, url, sizeof url);
    int rc = as_http_get(client, url, &response);
    if (rc < 0)
        return rc;
    bool right = response.status == 200 && response.body_size == BENCH_BODY;
    as_http_response_clear(&response);
    if (!right)
        return as_error_set(UV_EPROTO, "respuesta inesperada");
    if (answered++ == 0) /* están todas en vuelo */
        bench_figure("sitios_kib", (bench_resident_kib() - before_kib) / SITES);
    healthy += i >= SILENT + SLOW;
    if (healthy == HEALTHY && i >= SILENT + SLOW)
        bench_figure("sitios", (double)bench_since(start).wall / 1e6);
    if (answered == SITES - SILENT)
        as_event_set(&finished);
    return 0;
}

static int visit_all(as_http *client)
{
    as_group group;
    int rc = 0;

    as_group_enter(&group);
    for (int i = 0; i < SITES && rc == 0; i++)
        rc = as_start_soon(&group, "visita", visit, client);
    if (rc == 0)
        rc = as_event_wait(&finished);
    as_group_cancel(&group); /* los callados */
    return as_group_leave(&group, rc);
}

static int measure(void *arg)
{
    as_http *client;

    (void)arg;
    as_event_init(&finished);
    before_kib = bench_resident_kib();
    start = bench_now();
    int rc = as_http_new(&(as_http_options){.max_connections = SITES}, &client);
    if (rc < 0)
        return rc;
    rc = visit_all(client);
    if (rc < 0)
        fprintf(stderr, "sites: %s\n", as_error_text(rc));
    as_http_close(client);
    if (rc >= 0)
        bench_figure("sitios_cpu", (double)bench_since(start).cpu / 1e3 / SITES);
    return rc;
}

/* Cada sitio es un descriptor, y dos mientras se conecta. */
static void allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(void)
{
    pid_t child;

    allow_descriptors();
    port = start_sites(&child);
    if (port < 0) {
        fprintf(stderr, "sites: los sitios no arrancan\n");
        return 1;
    }
    int rc = as_run(measure, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return rc < 0;
}
