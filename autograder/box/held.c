#include "box/held.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FREE_SOCKETS = 1536, /* los que no se cuentan */
    FREE_LOCAL = 400,    /* de ellos, los que no son de TCP */
    SOCKET_KIB = 416, /* lo más que se puede pedir con SO_SNDBUF, salvo que lo cambien */
    TCP_KIB =
        64 << 10, /* hasta aquí, entre todos los de la máquina, no se miran sus colas */
    FREE_LOCKS = 2000, /* cerrojos de archivo, que no son memoria de nadie */
    MOST_INODES = 4096,
    TABLE_LINES = 4000, /* lo que se lee de la tabla de todos */
};

ssize_t held_read(const char *path, char *buf, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t len = 0;
    for (ssize_t n; len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0;)
        len += (size_t)n;
    close(fd);
    buf[len] = '\0';
    return (ssize_t)len;
}

long held_field(const char *text, const char *key)
{
    size_t len = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, len) == 0)
            return strtol(line + len, NULL, 10);
    }
    return 0;
}

long held_shared_kib(void)
{
    char text[2048];
    return held_read("/proc/meminfo", text, sizeof text) > 0 ? held_field(text, "Shmem:")
                                                             : 0;
}

/* ---- La memoria de los sockets ------------------------------------------------------------
 *
 * Lo que se escribe en uno y nadie lee no es de ningún proceso. Cuántos hay lo dice el núcleo por
 * espacio de red, donde están también los del banco: se perdonan más de los que necesita la prueba
 * que más tiene, y los demás cuentan como llenos. Los de TCP crecen solos mientras haya quien escriba:
 * de ellos, si entre todos ocupan mucho, se suma lo que tienen en sus colas. */

/* Lo escrito y no leído en los sockets de una tabla de TCP. */
static long queues_kib(const char *path)
{
    static char buffer[1 << 16];
    char line[512];
    unsigned long long total = 0;
    unsigned sent, received;
    FILE *table = fopen(path, "re");
    if (!table)
        return 0;
    setvbuf(table, buffer, _IOFBF, sizeof buffer);
    while (fgets(line, sizeof line, table))
        if (sscanf(line, " %*d: %*s %*s %*x %x:%x", &sent, &received) == 2)
            total += (unsigned long long)sent + received;
    fclose(table);
    return (long)(total / 1024);
}

long held_sockets_kib(void)
{
    char text[1024];
    long used = 0, tcp = 0, tcp6 = 0, pages = 0;
    const char *line;
    if (held_read("/proc/net/sockstat", text, sizeof text) <= 0 ||
        sscanf(text, "sockets: used %ld", &used) != 1)
        return 0;
    if ((line = strstr(text, "TCP: inuse ")))
        sscanf(line, "TCP: inuse %ld orphan %*d tw %*d alloc %*d mem %ld", &tcp, &pages);
    if (held_read("/proc/net/sockstat6", text, sizeof text) > 0 &&
        (line = strstr(text, "TCP6: inuse ")))
        tcp6 = held_field(line, "TCP6: inuse ");
    long others = used - tcp - tcp6 - FREE_LOCAL;
    long over = used - FREE_SOCKETS > others ? used - FREE_SOCKETS : others;
    long queued = pages * (sysconf(_SC_PAGESIZE) / 1024) > TCP_KIB
                      ? queues_kib("/proc/net/tcp") + queues_kib("/proc/net/tcp6")
                      : 0;
    return queued + (over > 0 ? over * SOCKET_KIB : 0);
}

static DIR *not_empty(const char *path)
{
    struct dirent *e;
    DIR *dir = opendir(path);
    while (dir && (e = readdir(dir)))
        if (e->d_name[0] != '.') {
            rewinddir(dir);
            return dir;
        }
    if (dir)
        closedir(dir);
    return NULL;
}

/* Una carpeta de los descriptores de un proceso; si su primer hilo acabó, la de otro, que son los
 * mismos. */
static DIR *open_of(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    DIR *found = not_empty(path), *tasks = NULL;
    if (!found) {
        snprintf(path, sizeof path, "/proc/%d/task", pid);
        tasks = opendir(path);
    }
    for (struct dirent *e; tasks && !found && (e = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/%d/task/%.10s/%s", pid, e->d_name, name);
        found = e->d_name[0] == '.' ? NULL : not_empty(path);
    }
    if (tasks)
        closedir(tasks);
    return found;
}

/* ---- Los sockets y los puertos ------------------------------------------------------------- */

static unsigned long inodes[MOST_INODES];

static int by_inode(const void *a, const void *b)
{
    const unsigned long *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Deja en `inodes` los sockets de esos procesos, de menor a mayor y cada uno una vez; cuántos son. */
static size_t find_sockets(const pid_t *pids, int count)
{
    size_t n = 0, once = 0;
    for (int i = 0; i < count; i++) {
        char what[32];
        DIR *dir = open_of(pids[i], "fd");
        for (struct dirent *e; dir && n < MOST_INODES && (e = readdir(dir));) {
            ssize_t len = readlinkat(dirfd(dir), e->d_name, what, sizeof what - 1);
            what[len > 0 ? len : 0] = '\0';
            n += sscanf(what, "socket:[%lu]", &inodes[n]) == 1;
        }
        if (dir)
            closedir(dir);
    }
    qsort(inodes, n, sizeof *inodes, by_inode);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || inodes[i] != inodes[i - 1])
            inodes[once++] = inodes[i];
    return once;
}

int held_sockets(const pid_t *pids, int count)
{
    return (int)find_sockets(pids, count);
}

int held_ports(const pid_t *pids, int count)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    static char buffer[1 << 16], seen[1 << 16];
    char line[512];
    unsigned port;
    unsigned long inode;
    size_t n = find_sockets(pids, count), shared = 0;
    memset(seen, 0, sizeof seen);
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        FILE *table = fopen(tables[t], "re");
        if (!table)
            continue;
        setvbuf(table, buffer, _IOFBF, sizeof buffer);
        while (fgets(line, sizeof line, table)) {
            if (sscanf(line, " %*d: %*[0-9A-F]:%x %*s %*s %*s %*s %*s %*s %*s %lu", &port,
                       &inode) != 2 ||
                !bsearch(&inode, inodes, n, sizeof inode, by_inode))
                continue;
            shared += seen[port & 0xffff];
            seen[port & 0xffff] = 1;
        }
        fclose(table);
    }
    return (int)(n - shared);
}

/* ---- Los cerrojos de archivo --------------------------------------------------------------- */

static int by_pid(const void *a, const void *b)
{
    const pid_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Cuántos hay de esos en la tabla, y en `*whole` si se vio entera. Leerla de una larga tarda más cuanto
 * más se avanza: el núcleo la recorre desde el principio cada 4 KiB. */
static int locks_in_table(const pid_t *pids, int count, bool *whole)
{
    static char buffer[1 << 16];
    char line[128];
    int locks = 0, read = 0;
    pid_t pid;
    FILE *table = fopen("/proc/locks", "re");
    *whole = true;
    if (!table)
        return 0;
    setvbuf(table, buffer, _IOFBF, sizeof buffer);
    while (locks <= FREE_LOCKS && *whole && fgets(line, sizeof line, table)) {
        if (sscanf(line, "%*d: %*s %*s %*s %d", &pid) == 1)
            locks += !pids || bsearch(&pid, pids, (size_t)count, sizeof pid, by_pid);
        *whole = ++read < TABLE_LINES;
    }
    fclose(table);
    return locks;
}

/* Los que pasan por los descriptores de un proceso, hasta `most`. */
static int locks_of(pid_t pid, int most)
{
    char line[128];
    int locks = 0;
    DIR *dir = open_of(pid, "fdinfo");
    for (struct dirent *e; dir && locks < most && (e = readdir(dir));) {
        int fd = e->d_name[0] == '.'
                     ? -1
                     : openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC);
        FILE *info = fd < 0 ? NULL : fdopen(fd, "r");
        while (info && locks < most && fgets(line, sizeof line, info))
            locks += strncmp(line, "lock:", 5) == 0;
        if (info)
            fclose(info);
    }
    if (dir)
        closedir(dir);
    return locks;
}

/* Los que tiene el árbol, hasta dejar de contarlos. Cada uno ocupa en el núcleo unos doscientos
 * bytes, que no son de nadie ni con grupo de control. Sin procesos propios la tabla es la de toda la
 * máquina: si es larga, se pregunta a cada uno por los suyos. */
bool held_locks(const pid_t *pids, int count)
{
    bool whole;
    int locks = locks_in_table(pids, count, &whole);
    if (whole || locks > FREE_LOCKS)
        return locks > FREE_LOCKS;
    locks = 0;
    for (int i = 0; i < count && locks <= FREE_LOCKS; i++)
        locks += locks_of(pids[i], FREE_LOCKS + 1 - locks);
    return locks > FREE_LOCKS;
}
