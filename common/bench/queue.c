/*
 * Cuánto cuesta pasar un elemento de una tarea a otra por una cola: con sitio para cien y
 * con sitio para uno, que obliga a las dos a turnarse.
 */
#include <asinc/asinc.h>
#include <stdio.h>

#include "bench.h"

static long items;
static as_queue queue;

static int produce(void *arg)
{
    for (long i = 0; i < items; i++) {
        int rc = as_queue_put(&queue, arg);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int consume(void *expected)
{
    for (long i = 0; i < items; i++) {
        void *item;
        int rc = as_queue_get(&queue, &item);
        if (rc < 0)
            return rc;
        if (item != expected)
            return UV_EPROTO;
    }
    return 0;
}

static int pass_all(const char *key, size_t room)
{
    as_queue_init(&queue, room);
    struct bench_mark start = bench_now();
    int rc = as_gather(
        (as_call[]){{.fn = produce, .arg = &items}, {.fn = consume, .arg = &items}}, 2,
        NULL);
    if (rc >= 0)
        bench_figure(key, (double)bench_since(start).cpu / (double)items);
    as_queue_destroy(&queue);
    return rc;
}

static int measure(void *arg)
{
    (void)arg;
    int rc = pass_all("cola100", 100);
    return rc < 0 ? rc : pass_all("cola1", 1);
}

int main(int argc, char **argv)
{
    items = bench_argument(argc, argv, 1, "queue ELEMENTOS");
    int rc = as_run(measure, NULL);
    if (rc < 0)
        fprintf(stderr, "queue: %s\n", as_strerror(rc));
    return rc < 0;
}
