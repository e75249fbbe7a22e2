#include "grader/budget.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LEAST_PROCESSES = 1500, /* una caja con todos los suyos, y quien califica */
    MOST_PROCESSES = 20000, /* las de todas las pruebas que van a la vez, llenas */
    LEAST_PORTS =
        300, /* los que pide la prueba que más, y los que aún no se han soltado */
    MOST_PORTS = 1500,
    SPARE_PORTS = 4000,     /* los de los servidores de mentira y los demás programas */
    LEAST_MEMORY = 3 << 20, /* KiB: compilar, que es lo que más pide */
};

static long number_in(const char *path, long otherwise)
{
    long n;
    FILE *f = fopen(path, "re");
    if (!f || fscanf(f, "%ld", &n) != 1)
        n = otherwise;
    if (f)
        fclose(f);
    return n;
}

/* La mitad de los que admite el sistema, a repartir. */
static long share_processes(long neighbours)
{
    long pids = number_in("/proc/sys/kernel/pid_max", 32768);
    long threads = number_in("/proc/sys/kernel/threads-max", 32768);
    long share = (pids < threads ? pids : threads) / 2 / neighbours;
    return share < LEAST_PROCESSES  ? LEAST_PROCESSES
           : share > MOST_PROCESSES ? MOST_PROCESSES
                                    : share;
}

static long share_memory(long neighbours)
{
    long whole = sysconf(_SC_PHYS_PAGES) / 1024 * sysconf(_SC_PAGESIZE);
    long share = whole / 2 / neighbours;
    if (share < LEAST_MEMORY)
        share = LEAST_MEMORY;
    return share < whole / 4 * 3 ? share : whole / 4 * 3;
}

long gr_budget_ports(long neighbours, long first, long last)
{
    long share = (last - first + 1 - SPARE_PORTS) / (neighbours * GR_SUITE_JOBS);
    return share < LEAST_PORTS ? LEAST_PORTS : share > MOST_PORTS ? MOST_PORTS : share;
}

static long share_ports(long neighbours)
{
    long first = 32768, last = 60999;
    FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (f && fscanf(f, "%ld %ld", &first, &last) != 2)
        first = 32768, last = 60999;
    if (f)
        fclose(f);
    return gr_budget_ports(neighbours, first, last);
}

int gr_budget_open(struct gr_config *cfg, struct cgroup *group, struct gr_error *err)
{
    long neighbours = cfg->neighbours > 0 ? cfg->neighbours : 1;
    const struct cgroup_budget budget = {.processes = share_processes(neighbours),
                                         .memory_kib = share_memory(neighbours)};
    *group = (struct cgroup){.lock = -1};
    cfg->processes = budget.processes;
    cfg->ports = share_ports(neighbours);
    if (cfg->rung == BOX_NONE)
        return 0;
    int rc = cgroup_open(group, &budget, cfg->uid, cfg->gid);
    if (rc == -EAGAIN || rc == -ENOMEM || rc == -EMFILE || rc == -ENFILE)
        return gr_error(err,
                        "a esta máquina le falta ahora memoria o procesos (%s). Cierra "
                        "otros programas y repite",
                        strerror(-rc));
    cfg->group = rc == 0 ? cgroup_text(group) : NULL;
    return 0;
}

void gr_budget_close(struct gr_config *cfg, struct cgroup *group)
{
    cgroup_close(group);
    free(cfg->group);
    cfg->group = NULL;
}

int gr_budget_enter(const struct gr_config *cfg)
{
    struct cgroup group;
    char *processes = ag_format("%ld", cfg->processes),
         *ports = ag_format("%ld", cfg->ports);
    int rc = setenv(BOX_PROCESSES_VARIABLE, processes, 1) < 0 ||
                     setenv(BOX_PORTS_VARIABLE, ports, 1) < 0
                 ? -errno
                 : 0;
    free(processes);
    free(ports);
    if (rc == 0 && cfg->drop && cfg->claim >= 0)
        rc = setenv(BOX_USER_VARIABLE, "1", 1) < 0 ? -errno : 0;
    unsetenv(BOX_GROUP_VARIABLE);
    if (rc < 0 || !cfg->group)
        return rc;
    rc = cgroup_parse(cfg->group, &group);
    if (rc == 0) {
        rc = cgroup_join_judge(&group);
        cgroup_free(&group);
    }
    return rc == 0 && setenv(BOX_GROUP_VARIABLE, cfg->group, 1) < 0 ? -errno : rc;
}
