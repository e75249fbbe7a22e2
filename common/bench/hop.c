/*
 * Cuánto cuesta ceder el turno: una tarea sola y dos que se alternan.
 */
#include <asinc/asinc.h>
#include <stdio.h>

#include "bench.h"

static long hops;

static int yield_many(void *arg)
{
    (void)arg;
    for (long i = 0; i < hops; i++) {
        if (as_yield() < 0)
            return UV_ECANCELED;
    }
    return 0;
}

static int measure(void *arg)
{
    (void)arg;
    struct bench_mark start = bench_now();
    int rc = yield_many(NULL);
    if (rc < 0)
        return rc;
    bench_figure("ceder", (double)bench_since(start).cpu / (double)hops);

    start = bench_now();
    rc = as_gather((as_call[]){{.fn = yield_many}, {.fn = yield_many}}, 2, NULL);
    if (rc < 0)
        return rc;
    bench_figure("alternar", (double)bench_since(start).cpu / (2.0 * (double)hops));
    return 0;
}

int main(int argc, char **argv)
{
    hops = bench_argument(argc, argv, 1, "hop VUELTAS");
    int rc = as_run(measure, NULL);
    if (rc < 0)
        fprintf(stderr, "hop: %s\n", as_strerror(rc));
    return rc < 0;
}
