#include "tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Lo que dice /proc/PID/stat de un proceso. */
struct proc {
    pid_t pid, ppid;
    char state;
    bool ours;
    long ticks, threads;
    unsigned long long vsize;
};

static struct proc *procs;
static int proc_capacity;

static ssize_t read_proc(pid_t pid, const char *name, char *buf, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t len = 0;
    while (len < size - 1) {
        ssize_t n = read(fd, buf + len, size - 1 - len);
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    buf[len] = '\0';
    return len > 0 ? (ssize_t)len : -ESRCH;
}

static bool read_stat(pid_t pid, struct proc *p)
{
    char buf[1024];
    if (read_proc(pid, "stat", buf, sizeof buf) < 0)
        return false;
    /* El nombre va entre paréntesis y lo elige el programa: puede llevar «)» y espacios.
     */
    char *after = strrchr(buf, ')');
    unsigned long utime, stime;
    long cutime, cstime;
    *p = (struct proc){.pid = pid};
    if (!after || sscanf(after + 1,
                         " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld "
                         "%*d %*d %ld %*d %*u %llu",
                         &p->state, &p->ppid, &utime, &stime, &cutime, &cstime,
                         &p->threads, &p->vsize) != 8)
        return false;
    p->ticks = (long)(utime + stime) + cutime + cstime;
    return true;
}

/* Valor en KiB de la línea `key` de un archivo como /proc/PID/status; 0 si no está. */
static long field_kib(const char *text, const char *key)
{
    size_t len = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, len) == 0)
            return strtol(line + len, NULL, 10);
    }
    return 0;
}

/* Tamaño de los mapas anónimos compartidos. Sus páginas siguen ocupando memoria aunque el
 * proceso las suelte con MADV_DONTNEED y desaparezcan de su RSS: cuentan enteras. Y si el
 * proceso se ha vuelto opaco (PR_SET_DUMPABLE), cuenta todo su espacio. */
static long shared_anonymous_kib(const struct proc *p)
{
    char path[32], line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", p->pid);
    FILE *maps = fopen(path, "re");
    if (!maps)
        return errno == EACCES ? (long)(p->vsize / 1024) : 0;
    long total = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char perms[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, perms) == 3 && perms[3] == 's' &&
            strstr(line, " /dev/zero"))
            total += (long)((to - from) / 1024);
    }
    fclose(maps);
    return total;
}

static long memory_kib(const struct proc *p, long limit_kib, bool exact)
{
    char buf[4096];
    if (read_proc(p->pid, "status", buf, sizeof buf) < 0)
        return 0;
    long rss = field_kib(buf, "VmRSS:");
    long extra = field_kib(buf, "VmSwap:") + field_kib(buf, "VmPTE:");
    long hidden = 0;
    if (limit_kib > 0 && p->vsize / 1024 > (unsigned long long)limit_kib) {
        hidden = shared_anonymous_kib(p) - field_kib(buf, "RssShmem:");
        if (hidden < 0)
            hidden = 0;
    }
    if (exact && read_proc(p->pid, "smaps_rollup", buf, sizeof buf) > 0) {
        long pss = field_kib(buf, "Pss:");
        if (pss > 0 && pss < rss)
            rss = pss;
    }
    return rss + extra + hidden;
}

/* Un hijo entre vfork y exec usa la misma memoria que su padre: no hay que sumarla otra vez. */
static bool shares_memory(const struct proc *p)
{
    return syscall(SYS_kcmp, p->pid, p->ppid, KCMP_VM, 0, 0) == 0;
}

static int list_procs(void)
{
    DIR *dir = opendir("/proc");
    if (!dir)
        return -errno;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
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
static void mark_descendants(int count, pid_t root)
{
    bool again;
    do {
        again = false;
        for (int i = 0; i < count; i++) {
            if (procs[i].ours)
                continue;
            bool child = procs[i].ppid == root;
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
    int count = list_procs();
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
        mark_descendants(count, self);
    }

    tree->processes = tree->threads = 0;
    tree->memory_kib = 0;
    tree->cpu_ms = reaped_cpu_ms();
    long tick_ms = 1000 / sysconf(_SC_CLK_TCK);
    for (int i = 0; i < count; i++) {
        const struct proc *p = &procs[i];
        if (!p->ours)
            continue;
        tree->cpu_ms += p->ticks * tick_ms;
        if (p->state == 'Z' || p->state == 'X')
            continue;
        tree->pids[tree->processes++] = p->pid;
        tree->threads += (int)p->threads;
        tree->memory_kib += memory_kib(p, limit_kib, false);
    }
    if (limit_kib <= 0 || tree->memory_kib <= limit_kib)
        return 0;
    tree->memory_kib = 0;
    for (int i = 0; i < count; i++)
        if (procs[i].ours && !shares_memory(&procs[i]))
            tree->memory_kib += memory_kib(&procs[i], limit_kib, true);
    return 0;
}

int tree_open_files(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *dir = opendir(path);
    if (!dir)
        return -1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}
