#include "box/rlimits.h"

#include <stdio.h>
#include <sys/resource.h>

/* Lo que pueden crecer los demás procesos mientras dura este. */
enum { NPROC_ROOM = 256, MOST_PENDING = 1024 };

static void limit(int resource, long soft, long hard)
{
    struct rlimit now, wanted = {(rlim_t)soft, (rlim_t)hard};
    getrlimit(resource, &now);
    if (now.rlim_max != RLIM_INFINITY && wanted.rlim_max > now.rlim_max)
        wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max)
        wanted.rlim_cur = wanted.rlim_max;
    setrlimit(resource, &wanted);
}

/* Cuántos procesos e hilos hay en el sistema, por lo alto. */
static long everybody(void)
{
    long total = 0;
    FILE *f = fopen("/proc/loadavg", "re");
    if (!f || fscanf(f, "%*f %*f %*f %*d/%ld", &total) != 1)
        total = 0;
    if (f)
        fclose(f);
    return total;
}

void rlimits_set(const struct box_limits *l, enum box_rung rung)
{
    /* El árbol entero lo vigila el runner; esto es la red de debajo, por proceso. */
    long seconds = l->cpu_ms / 1000 + 2;
    if (l->cpu_ms > 0)
        limit(RLIMIT_CPU, seconds, seconds + 1);
    if (l->files > 0)
        limit(RLIMIT_NOFILE, l->files, l->files);
    if (l->fsize > 0)
        limit(RLIMIT_FSIZE, l->fsize, l->fsize);
    /* El 1 no es un error: con 0, un core_pattern con tubería (apport, systemd-coredump)
     * arranca igual su programa. */
    limit(RLIMIT_CORE, 1, 1);
    limit(RLIMIT_MSGQUEUE, 0, 0);
    limit(RLIMIT_SIGPENDING, MOST_PENDING,
          MOST_PENDING); /* cada temporizador gasta una */
    /* El runner ocupa una plaza, y el verdugo otra. Sin espacio de usuarios, ni un usuario para él solo, cuentan todos los
     * del usuario: el límite lo vigila check_limits, y esto solo evita que dé tiempo a llenar
     * la tabla. */
    static const long ours[] = {
        [BOX_ISOLATED] = NPROC_ROOM, [BOX_PARTIAL] = 2, [BOX_FULL] = 1};
    long processes = l->processes + (rung == BOX_MINIMAL || rung == BOX_NONE
                                         ? everybody() + NPROC_ROOM
                                         : ours[rung]);
    if (l->processes > 0 && rung > BOX_NONE)
        limit(RLIMIT_NPROC, processes, processes);
}
