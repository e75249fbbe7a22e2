/*
 * Muchas tareas paradas a la vez: cuánto se tarda en crearlas, pararlas, despertarlas y
 * reunirlas, y cuánta memoria ocupa cada una mientras espera.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

static long tasks, parked;
static as_future signal_to_go;

static int park(void *arg)
{
    (void)arg;
    parked++;
    return as_future_wait(&signal_to_go, NULL);
}

static int fill(as_group *group)
{
    for (long i = 0; i < tasks; i++) {
        int rc = as_start_soon(group, "parada", park, NULL);
        if (rc < 0)
            return rc;
    }
    while (parked < tasks) {
        int rc = as_yield();
        if (rc < 0) /* una no pudo empezar, o Ctrl+C */
            return rc;
    }
    return 0;
}

static int measure(void *arg)
{
    as_group group;
    double before = bench_resident_kib(), after = 0;

    (void)arg;
    as_future_init(&signal_to_go);
    as_group_enter(&group);
    int rc = fill(&group);
    after = bench_resident_kib();
    if (rc >= 0)
        as_future_set_result(&signal_to_go, NULL);
    rc = as_group_leave(&group, rc);
    if (rc < 0) {
        fprintf(stderr, "parked: %s\n", as_error_text(rc));
        return rc;
    }
    bench_figure("paradas_kib", (after - before) / (double)tasks);
    return 0;
}

int main(int argc, char **argv)
{
    static const char usage[] = "parked TAREAS con-guarda|sin-guarda";
    as_options options = {0};

    tasks = bench_argument(argc, argv, 1, usage);
    if (argc != 3 || (strcmp(argv[2], "con-guarda") && strcmp(argv[2], "sin-guarda"))) {
        fprintf(stderr, "Uso: %s\n", usage);
        return 2;
    }
    options.no_stack_guard = strcmp(argv[2], "sin-guarda") == 0;

    /* Lo que cuesta incluye devolver la memoria al sistema. En CPU y no con el reloj: casi todo son
     * fallos de página, siempre los mismos, y lo que tarda el núcleo en dejarla es de la máquina. */
    struct bench_mark start = bench_now();
    if (as_run_options(measure, NULL, &options) < 0)
        return 1;
    bench_figure("paradas", (double)bench_since(start).cpu / 1e6);
    return 0;
}
