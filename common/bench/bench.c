#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t clock_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct bench_mark bench_now(void)
{
    return (struct bench_mark){
        .wall = clock_ns(CLOCK_MONOTONIC),
        .cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
    };
}

struct bench_mark bench_since(struct bench_mark start)
{
    struct bench_mark now = bench_now();

    return (struct bench_mark){now.wall - start.wall, now.cpu - start.cpu};
}

double bench_resident_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double total = 0, kib;

    if (!file)
        return 0;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "VmRSS: %lf", &kib) == 1 ||
            sscanf(line, "VmPTE: %lf", &kib) == 1)
            total += kib;
    }
    fclose(file);
    return total;
}

void bench_figure(const char *key, double value)
{
    printf("%s %.6g\n", key, value);
}

void bench_http_figures(struct bench_mark spent, long requests)
{
    bench_figure("http", (double)requests / ((double)spent.wall / 1e9));
    bench_figure("http_cpu", (double)spent.cpu / 1e3 / (double)requests);
}

long bench_argument(int argc, char **argv, int index, const char *usage)
{
    char *end = NULL;
    long value = 0;

    errno = 0;
    if (index < argc)
        value = strtol(argv[index], &end, 10);
    if (value > 0 && errno == 0 && *end == '\0')
        return value;
    fprintf(stderr, "Uso: %s\n", usage);
    exit(2);
}
