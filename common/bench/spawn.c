/*
 * Cuánto cuesta crear una tarea que no hace nada y esperarla, con el grupo en que vive.
 */
#include <asinc/asinc.h>
#include <stdio.h>

#include "bench.h"

static long tasks;

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

static int spawn_and_await(void)
{
    as_group group;

    as_group_enter(&group);
    as_task *task = as_spawn(&group, "nada", nothing, NULL);
    return as_group_leave(&group, task ? as_await(task) : UV_ENOMEM);
}

static int measure(void *arg)
{
    (void)arg;
    struct bench_mark start = bench_now();

    for (long i = 0; i < tasks; i++) {
        int rc = spawn_and_await();
        if (rc < 0)
            return rc;
    }
    bench_figure("tarea", (double)bench_since(start).cpu / (double)tasks);
    return 0;
}

int main(int argc, char **argv)
{
    tasks = bench_argument(argc, argv, 1, "spawn TAREAS");
    int rc = as_run(measure, NULL);
    if (rc < 0)
        fprintf(stderr, "spawn: %s\n", as_strerror(rc));
    return rc < 0;
}
