#include "box/tree.h"

#include "base/clock.h"
#include "box/held.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    MAP_BYTES = 256,       /* lo que ocupa en el núcleo un mapa */
    SHARED_KIB = 16 << 10, /* lo más que mide un mapa compartido: ver seccomp.c */
    /* Si los que comparten memoria acaban mientras se miran, la parte de cada uno es mayor que la
     * del anterior y la suma pasa de lo que hay: lo que sobra tiene que sobrar las tres veces. */
    LOOKS = 3,
};

/* Lo que dice /proc/PID/stat de un proceso. */
struct proc {
    pid_t pid, ppid;
    pid_t alive; /* el hilo por el que se pregunta: el primero, u otro si ese acabó */
    char state;
    bool ours;
    long ticks, threads;
    unsigned long long vsize;
};

static struct proc *procs;
static int proc_capacity;

/* Deja en `path` la ruta de un archivo de /proc del proceso; un zombi no dice nada de su
 * memoria, pero si le queda algún hilo, ese sí. */
static void proc_path(char *path, size_t size, pid_t pid, pid_t alive, const char *name)
{
    if (alive == pid)
        snprintf(path, size, "/proc/%d/%s", pid, name);
    else
        snprintf(path, size, "/proc/%d/task/%d/%s", pid, alive, name);
}

static ssize_t read_proc(pid_t pid, pid_t alive, const char *name, char *buf, size_t size)
{
    char path[64];
    proc_path(path, sizeof path, pid, alive, name);
    ssize_t n = held_read(path, buf, size);
    return n == 0 ? -ESRCH : n;
}

static bool read_stat_of(pid_t pid, pid_t alive, struct proc *p)
{
    char buf[1024];
    if (read_proc(pid, alive, "stat", buf, sizeof buf) < 0)
        return false;
    /* El nombre va entre paréntesis y lo elige el programa: puede llevar «)» y espacios. */
    char *after = strrchr(buf, ')');
    unsigned long utime, stime;
    long cutime, cstime;
    *p = (struct proc){.pid = pid, .alive = alive};
    if (!after || sscanf(after + 1,
                         " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld "
                         "%*d %*d %ld %*d %*u %llu",
                         &p->state, &p->ppid, &utime, &stime, &cutime, &cstime,
                         &p->threads, &p->vsize) != 8)
        return false;
    p->ticks = (long)(utime + stime) + cutime + cstime;
    return true;
}

static bool is_dead(char state)
{
    return state == 'Z' || state == 'X';
}

/* Un proceso cuyo primer hilo acabó parece un zombi mientras le queden otros. */
static void look_for_a_live_thread(struct proc *p)
{
    char path[32];
    struct proc thread;
    snprintf(path, sizeof path, "/proc/%d/task", p->pid);
    DIR *dir = opendir(path);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) && p->alive == p->pid;) {
        pid_t tid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;
        if (tid > 0 && tid != p->pid && read_stat_of(p->pid, tid, &thread) &&
            !is_dead(thread.state)) {
            p->alive = tid;
            p->state = thread.state;
            p->vsize = thread.vsize;
        }
    }
    closedir(dir);
}

static bool read_stat(pid_t pid, struct proc *p)
{
    if (!read_stat_of(pid, pid, p))
        return false;
    if (is_dead(p->state) && p->threads > 1)
        look_for_a_live_thread(p);
    return true;
}

/* ---- La memoria compartida --------------------------------------------------------------
 *
 * Las páginas de un mapa compartido siguen ocupando memoria aunque el proceso las suelte con
 * MADV_DONTNEED y desaparezcan de su RSS. Por eso los mapas cuentan enteros, cada uno una vez
 * aunque lo tengan muchos procesos: se reconocen por su número de inodo.
 *
 * De uno del que se suelta una parte solo se ve la que queda, y lo soltado sigue ocupando: cuánto
 * no consta en ningún sitio. Si en la máquina hay tanta memoria compartida que pudiera ser esa, cada
 * uno cuenta como lo más que puede medir. */

struct segment {
    unsigned long inode;
    long kib;
};

static struct {
    struct segment *list;
    size_t count, capacity;
} segments;

static void note_segment(unsigned long inode, long kib)
{
    if (segments.count == segments.capacity) {
        size_t capacity = segments.capacity ? 2 * segments.capacity : 64;
        struct segment *bigger = realloc(segments.list, capacity * sizeof *segments.list);
        if (!bigger)
            return;
        segments.list = bigger;
        segments.capacity = capacity;
    }
    segments.list[segments.count++] = (struct segment){inode, kib};
}

static int by_inode(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return (x->kib > y->kib) - (x->kib < y->kib);
}

/* Lo que suman los apuntados; de cada inodo, el mayor. */
static long segments_kib(void)
{
    long total = 0;
    if (segments.count > 0)
        qsort(segments.list, segments.count, sizeof *segments.list, by_inode);
    for (size_t i = 0; i < segments.count; i++)
        if (i + 1 == segments.count ||
            segments.list[i + 1].inode != segments.list[i].inode)
            total += segments.list[i].kib;
    return total;
}

/* Apunta los mapas compartidos de un proceso y devuelve lo que ocupa en el núcleo la lista de
 * todos, que se hereda con fork. Si se ha vuelto opaco (PR_SET_DUMPABLE), cuenta su espacio. */
static long note_segments(const struct proc *p, bool hiding)
{
    static char buffer[1 << 16];
    long maps_bytes = 0;
    char path[64], line[512];
    proc_path(path, sizeof path, p->pid, p->alive, "maps");
    FILE *maps = fopen(path, "re");
    if (!maps)
        return errno == EACCES ? (long)(p->vsize / 1024) : 0;
    setvbuf(maps, buffer, _IOFBF, sizeof buffer);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to, offset, inode;
        const char *perms = strchr(line, ' ');
        maps_bytes += MAP_BYTES;
        if (!perms || strnlen(perms, 5) < 5 || perms[4] != 's')
            continue; /* casi todos: «7f...-7f... rw-p ...» */
        if (sscanf(line, "%lx-%lx %*s %lx %*s %lu", &from, &to, &offset, &inode) == 4 &&
            (strstr(line, " /SYSV") || strstr(line, " (deleted)"))) {
            long kib = (long)((offset + to - from) / 1024);
            bool anonymous = strstr(line, " /dev/zero (deleted)");
            note_segment(inode,
                         hiding && anonymous && kib < SHARED_KIB ? SHARED_KIB : kib);
        }
    }
    fclose(maps);
    return maps_bytes / 1024;
}

/* ---- La memoria del árbol ---------------------------------------------------------------- */

/* Residente + intercambio + tablas de páginas, y en `*shared` qué parte es de mapas
 * compartidos. Con `exact`, de lo que comparten varios le toca su parte. */
static long memory_kib(const struct proc *p, bool exact, long *shared)
{
    char buf[4096];
    *shared = 0;
    if (read_proc(p->pid, p->alive, "status", buf, sizeof buf) < 0)
        return 0;
    long rss = held_field(buf, "VmRSS:");
    long extra = held_field(buf, "VmSwap:") + held_field(buf, "VmPTE:");
    *shared = held_field(buf, "RssShmem:");
    if (!exact)
        return rss + extra;
    ssize_t n = read_proc(p->pid, p->alive, "smaps_rollup", buf, sizeof buf);
    if (n == -ESRCH || n == -ENOENT)
        return *shared = 0; /* acabó después de leer lo anterior */
    long pss = n > 0 ? held_field(buf, "Pss:") : 0;
    if (pss > 0 && pss < rss) {
        rss = pss;
        *shared = held_field(buf, "Pss_Shmem:");
    }
    return rss + extra;
}

/* Un hijo entre vfork y exec usa la misma memoria que su padre: no hay que sumarla otra vez. */
static bool shares_memory(const struct proc *p)
{
    return syscall(SYS_kcmp, p->alive, p->ppid, KCMP_VM, 0, 0) == 0;
}

static bool counts(const struct proc *p)
{
    return p->ours && !is_dead(p->state);
}

/* Lo que ocupan todos juntos. Los mapas solo se leen si su espacio puede esconder algo, y nada más
 * al pasar del límite: leer los de muchos procesos puede tardar más que lo que les queda. */
static long total_kib(const struct tree *tree, int count, long limit_kib, bool exact)
{
    unsigned long long space = 0;
    bool counted = tree->kernel_counts || tree->trusted;
    bool hiding = !counted && limit_kib > 0 && held_shared_kib() > limit_kib / 2;
    long total = tree->own_network && !counted ? held_sockets_kib() : 0, visible = 0,
         opaque = 0;
    for (int i = 0; i < count; i++)
        space += counts(&procs[i]) ? procs[i].vsize / 1024 : 0;
    bool suspicious = !tree->trusted && limit_kib > 0 &&
                      (hiding || space > (unsigned long long)limit_kib);
    if (!tree->trusted && limit_kib > 0 &&
        held_locks(tree->own_processes ? NULL : tree->pids, tree->processes))
        total += limit_kib + 1;
    segments.count = 0;
    for (int i = 0; i < count && !(suspicious && total + opaque > limit_kib); i++) {
        const struct proc *p = &procs[i];
        long shared;
        if (!counts(p) || (exact && shares_memory(p)))
            continue;
        total += memory_kib(p, exact, &shared);
        visible += shared;
        if (suspicious)
            opaque += note_segments(p, hiding);
    }
    long hidden = segments_kib() - visible;
    return total + opaque + (hidden > 0 ? hidden : 0);
}

/* De menor a mayor, que es como los da /proc. */
static int list_procs(double deadline_ms)
{
    DIR *dir = opendir("/proc");
    if (!dir)
        return -errno;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (deadline_ms > 0 && ag_ms() > deadline_ms) {
            closedir(dir);
            return -ETIME;
        }
        if (count == proc_capacity) {
            int capacity = proc_capacity ? 2 * proc_capacity : 64;
            struct proc *bigger = realloc(procs, (size_t)capacity * sizeof *procs);
            if (!bigger) {
                closedir(dir);
                return -ENOMEM;
            }
            procs = bigger;
            proc_capacity = capacity;
        }
        if (read_stat(atoi(entry->d_name), &procs[count]))
            count++;
    }
    closedir(dir);
    return count;
}

/* Marca los descendientes de `root`. Un huérfano cuelga de nosotros (PID 1 o subreaper),
 * así que la cadena de padres llega siempre hasta aquí. */
static void mark_descendants(int count, pid_t root, pid_t ignored)
{
    bool again;
    do {
        again = false;
        for (int i = 0; i < count; i++) {
            if (procs[i].ours)
                continue;
            bool child = procs[i].ppid == root && procs[i].pid != ignored;
            for (int j = 0; !child && j < count; j++)
                child = procs[j].ours && procs[j].pid == procs[i].ppid;
            again |= procs[i].ours = child;
        }
    } while (again);
}

static long reaped_cpu_ms(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

int tree_read(struct tree *tree, bool whole, long limit_kib)
{
    pid_t self = getpid();
    int count = list_procs(tree->deadline_ms);
    if (count < 0)
        return count;
    if (count > 0 && count > tree->capacity) {
        pid_t *bigger = realloc(tree->pids, (size_t)count * sizeof *bigger);
        if (!bigger)
            return -ENOMEM;
        tree->pids = bigger;
        tree->capacity = count;
    }
    if (whole) {
        for (int i = 0; i < count; i++)
            procs[i].ours = procs[i].pid != self;
    } else {
        mark_descendants(count, self, tree->ignored);
    }

    tree->processes = tree->threads = 0;
    tree->cpu_ms = reaped_cpu_ms();
    long tick_ms = 1000 / sysconf(_SC_CLK_TCK);
    for (int i = 0; i < count; i++) {
        const struct proc *p = &procs[i];
        if (!p->ours)
            continue;
        tree->cpu_ms += p->ticks * tick_ms;
        if (is_dead(p->state))
            continue;
        tree->pids[tree->processes++] = p->pid;
        tree->threads += (int)p->threads;
    }
    tree->sockets = tree->own_network || tree->trusted
                        ? 0
                        : held_sockets(tree->pids, tree->processes);
    tree->memory_kib = total_kib(tree, count, limit_kib, false);
    for (int i = 0; i < LOOKS && limit_kib > 0 && tree->memory_kib > limit_kib; i++)
        tree->memory_kib = total_kib(tree, count, limit_kib, true);
    return 0;
}

int tree_kill(struct tree *tree)
{
    int rc = tree_read(tree, false, 0);
    for (int i = 0; rc == 0 && i < tree->processes; i++)
        kill(tree->pids[i], SIGKILL);
    return rc;
}

/* Quien ya está acabando suelta su espacio antes que sus descriptores, y desde entonces no se
 * dejan mirar: no es que los esconda. */
static bool is_ending(pid_t pid, struct proc *p)
{
    return !read_stat(pid, p) || is_dead(p->state) || p->vsize == 0;
}

/* Los de un proceso; 0 si acabó entretanto, -1 si no se dejan mirar. */
static int open_files(pid_t pid)
{
    struct proc p;
    char path[64];
    if (is_ending(pid, &p))
        return 0;
    proc_path(path, sizeof path, pid, p.alive, "fd");
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT || errno == ESRCH || is_ending(pid, &p) ? 0 : -1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

int tree_open_files(const struct tree *tree)
{
    int total = 0;
    for (int i = 0; i < tree->processes; i++) {
        int count = open_files(tree->pids[i]);
        if (count < 0)
            return -1;
        total += count;
    }
    return total;
}

long tree_last_pid(void)
{
    char text[128];
    if (held_read("/proc/loadavg", text, sizeof text) <= 0)
        return 0;
    const char *last = strrchr(text, ' ');
    return last ? strtol(last, NULL, 10) : 0;
}
