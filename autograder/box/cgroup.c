#include "box/cgroup.h"

#include "base/memory.h"
#include "box/cgroup_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define JUDGE "juez"
#define BOXES "cajas"

enum {
    REMOVE_TRIES = 2000,
    JUDGE_ROOM = 300, /* procesos e hilos que las cajas no le quitan a quien califica */
};

/* ---- Archivos ------------------------------------------------------------------------------ */

char *cgroup__read(const char *path)
{
    char *text = ag_alloc(1, 1);
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return free(text), NULL;
    for (ssize_t n = 1; n > 0; len += (size_t)(n > 0 ? n : 0)) {
        text = ag_grow(text, len + 4096 + 1, 1);
        n = read(fd, text + len, 4096);
    }
    close(fd);
    text[len] = '\0';
    return text;
}

int cgroup__write(const char *dir, const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
    close(fd);
    return rc;
}

size_t cgroup__distinct(const struct cgroup *g, const char *out[CGROUP_KINDS])
{
    size_t n = 0;
    for (int k = 0; k < CGROUP_KINDS; k++) {
        bool seen = !g->dir[k];
        for (size_t i = 0; i < n && !seen; i++)
            seen = strcmp(out[i], g->dir[k]) == 0;
        if (!seen)
            out[n++] = g->dir[k];
    }
    return n;
}

void cgroup_free(struct cgroup *g)
{
    for (int k = 0; k < CGROUP_KINDS; k++) {
        free(g->dir[k]);
        g->dir[k] = NULL;
    }
    if (g->version && g->lock >= 0)
        close(g->lock);
    g->version = 0;
    g->lock = -1;
}

int cgroup__enable(const char *dir)
{
    static const char *const controllers[CGROUP_KINDS] = {"memory", "pids", "cpu"};
    for (int k = 0; k < CGROUP_KINDS; k++) {
        char *word = ag_format("+%s", controllers[k]);
        int rc = cgroup__write(dir, "cgroup.subtree_control", word);
        free(word);
        if (rc < 0 && k != CGROUP_CPU)
            return rc;
    }
    return 0;
}

/* ---- Borrar -------------------------------------------------------------------------------- */

/* Mata a quien haya dentro de una carpeta. */
static void kill_inside(const char *dir)
{
    if (cgroup__write(dir, "cgroup.kill", "1") == 0)
        return;
    char *path = ag_format("%s/cgroup.procs", dir), *list = cgroup__read(path);
    for (char *at = list; at && *at; at += strcspn(at, "\n"), at += *at != 0)
        if (atoi(at) > 0 && atoi(at) != (int)getpid())
            kill(atoi(at), SIGKILL);
    free(list);
    free(path);
}

/* La borra con lo que tenga dentro: mata, y espera a que acaben de morir. */
static void remove_dir(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_type != DT_DIR || e->d_name[0] == '.')
            continue;
        char *inside = ag_format("%s/%s", path, e->d_name);
        remove_dir(inside);
        free(inside);
    }
    if (dir)
        closedir(dir);
    for (int i = 0; rmdir(path) < 0 && errno == EBUSY && i < REMOVE_TRIES; i++) {
        kill_inside(path);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

void cgroup_close(struct cgroup *g)
{
    const char *dirs[CGROUP_KINDS];
    size_t n = cgroup__distinct(g, dirs);
    for (size_t i = 0; i < n; i++)
        remove_dir(dirs[i]);
    cgroup_free(g);
}

/* ---- Hacer --------------------------------------------------------------------------------- */

/* Uno dentro de `parent`, con las carpetas que haga falta. `kinds`: un bit por cada clase. */
static int make(const struct cgroup *parent, const char *name, unsigned kinds,
                struct cgroup *out)
{
    const char *dirs[CGROUP_KINDS];
    *out = (struct cgroup){.version = parent->version, .lock = -1};
    for (int k = 0; k < CGROUP_KINDS; k++)
        if (parent->dir[k] && (kinds & 1U << k))
            out->dir[k] = ag_format("%s/%s", parent->dir[k], name);
    size_t n = cgroup__distinct(out, dirs), made = 0;
    int rc = 0;
    while (made < n && (rc = mkdir(dirs[made], 0755) < 0 ? -errno : 0) == 0)
        made++;
    while (rc < 0 && made > 0)
        rmdir(dirs[--made]);
    if (rc < 0)
        cgroup_free(out);
    return rc;
}

static int put(const char *dir, const char *name, long value)
{
    char text[32];
    snprintf(text, sizeof text, "%ld", value);
    return dir ? cgroup__write(dir, name, text) : 0;
}

static int limit(const struct cgroup *g, const struct cgroup_budget *b)
{
    bool old = g->version == 1;
    const char *memory = g->dir[CGROUP_MEMORY];
    long bytes = b->memory_kib * 1024;
    int rc = 0;
    if (b->memory_kib > 0)
        rc = put(memory, old ? "memory.limit_in_bytes" : "memory.max", bytes);
    if (b->memory_kib > 0 && rc == 0) {
        /* Sin intercambio, donde se cuente: si no, lo que no cabe en memoria iría a él. */
        put(memory, old ? "memory.memsw.limit_in_bytes" : "memory.swap.max",
            old ? bytes : 0);
        /* La versión 1 cuenta los búferes de TCP aparte. */
        if (old)
            put(memory, "memory.kmem.tcp.limit_in_bytes", bytes / 4);
    }
    if (b->processes > 0 && rc == 0)
        rc = put(g->dir[CGROUP_PIDS], "pids.max", b->processes);
    return rc;
}

static int give(const char *dir, uid_t uid, gid_t gid)
{
    static const char *const files[] = {"", "/cgroup.procs", "/tasks",
                                        "/cgroup.subtree_control", "/cgroup.threads"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *path = ag_format("%s%s", dir, files[i]);
        int rc = chown(path, uid, gid) < 0 && errno != ENOENT ? -errno : 0;
        free(path);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Lo de dentro del de una calificación. `uid` puede hacer y deshacer ahí, y no cambiar sus topes. */
static int fill(const struct cgroup *g, const struct cgroup_budget *budget, uid_t uid,
                gid_t gid)
{
    static const char *const names[] = {JUDGE, BOXES};
    const struct cgroup_budget fewer = {.processes = budget->processes > 2 * JUDGE_ROOM
                                                         ? budget->processes - JUDGE_ROOM
                                                         : 0};
    const char *dirs[CGROUP_KINDS];
    size_t n = cgroup__distinct(g, dirs);
    int rc = g->version == 2 ? cgroup__enable(g->dir[0]) : 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = give(dirs[i], uid, gid);
    for (int i = 0; i < 2 && rc == 0; i++) {
        struct cgroup inside;
        if ((rc = make(g, names[i], ~0U, &inside)) < 0)
            return rc;
        n = cgroup__distinct(&inside, dirs);
        if (i == 1 && (rc = limit(&inside, &fewer)) == 0 && g->version == 2)
            rc = cgroup__enable(inside.dir[0]);
        for (size_t d = 0; d < n && rc == 0; d++)
            rc = give(dirs[d], uid, gid);
        cgroup_free(&inside);
    }
    return rc;
}

/* Un proceso que solo espera: si quien lo hizo muere sin avisar, con kill -9, mata lo que quede en el grupo
 * y lo borra. Deja en `lock` lo que lo retiene. */
static int leave_janitor(struct cgroup *g)
{
    int leash[2];
    if (pipe2(leash, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0) {
        char never;
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        setsid();
        dup2(leash[0], 0);
        close_range(1, ~0U, 0);
        g->lock = -1;
        while (read(0, &never, 1) < 0 && errno == EINTR)
            ;
        cgroup_close(g);
        _exit(0);
    }
    int rc = pid < 0 ? -errno : 0;
    close(leash[0]);
    if (rc == 0)
        g->lock = leash[1];
    else
        close(leash[1]);
    return rc;
}

int cgroup_open(struct cgroup *g, const struct cgroup_budget *budget, uid_t uid,
                gid_t gid)
{
    struct cgroup base;
    *g = (struct cgroup){.lock = -1};
    int rc = cgroup_base(&base);
    if (rc < 0)
        return rc;
    char *name = ag_format(CGROUP_NAME "%d", (int)getpid());
    rc = make(&base, name, ~0U, g);
    free(name);
    cgroup_free(&base);
    if (rc < 0)
        return rc;
    rc = limit(g, budget);
    if (rc == 0)
        rc = fill(g, budget, uid, gid);
    if (rc == 0)
        rc = leave_janitor(g);
    if (rc < 0)
        cgroup_close(g);
    return rc;
}

int cgroup_box(const struct cgroup *group, const struct cgroup_budget *budget,
               struct cgroup *box)
{
    unsigned long long name;
    char path[64];
    /* Al azar, de 64 bits: los pids de dos exteriores de la misma calificación se repiten. */
    if (getrandom(&name, sizeof name, 0) != sizeof name)
        return -EAGAIN;
    snprintf(path, sizeof path, BOXES "/%llx", name);
    int rc = make(group, path, 1U << CGROUP_MEMORY | 1U << CGROUP_CPU, box);
    if (rc == 0 && (rc = limit(box, budget)) < 0)
        cgroup_close(box);
    return rc;
}

/* ---- Entrar y contar ----------------------------------------------------------------------- */

int cgroup_enter(const struct cgroup *g)
{
    const char *dirs[CGROUP_KINDS];
    size_t n = cgroup__distinct(g, dirs);
    for (size_t i = 0; i < n; i++) {
        /* En la versión 1, por hilos: por procesos hay que esperar a todo el sistema. */
        int rc = cgroup__write(dirs[i], g->version == 1 ? "tasks" : "cgroup.procs", "0");
        if (rc < 0)
            return rc;
    }
    return 0;
}

pid_t cgroup_fork(const struct cgroup *g, bool *inside)
{
    int fd = g->version == 2 ? open(g->dir[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    struct clone_args args = {.flags = CLONE_INTO_CGROUP,
                              .exit_signal = SIGCHLD,
                              .cgroup = (unsigned long long)fd};
    pid_t pid = fd < 0 ? -1 : (pid_t)syscall(SYS_clone3, &args, sizeof args);
    *inside = pid >= 0;
    if (fd >= 0)
        close(fd);
    return pid >= 0 ? pid : fork();
}

int cgroup_join_judge(const struct cgroup *group)
{
    struct cgroup judge = {.version = group->version, .lock = -1};
    for (int k = 0; k < CGROUP_KINDS; k++)
        if (group->dir[k])
            judge.dir[k] = ag_format("%s/" JUDGE, group->dir[k]);
    int rc = cgroup_enter(&judge);
    cgroup_free(&judge);
    return rc;
}

int cgroup_open_counters(const struct cgroup *g, int fds[2])
{
    bool old = g->version == 1;
    char *paths[] = {
        ag_format("%s/%s", g->dir[CGROUP_CPU] ?: "", old ? "cpuacct.usage" : "cpu.stat"),
        ag_format("%s/%s", g->dir[CGROUP_MEMORY],
                  old ? "memory.oom_control" : "memory.events")};
    int rc = 0;
    for (int i = 0; i < 2; i++) {
        fds[i] = open(paths[i], O_RDONLY | O_CLOEXEC);
        if (fds[i] < 0 && i == 1) /* sin CPU se vive: la cuenta también el runner */
            rc = -errno;
        free(paths[i]);
    }
    if (rc < 0 && fds[0] >= 0)
        close(fds[0]);
    return rc;
}

/* ---- Como texto ---------------------------------------------------------------------------- */

char *cgroup_text(const struct cgroup *g)
{
    return ag_format("%d:%s:%s:%s", g->version, g->dir[0], g->dir[1] ?: "",
                     g->dir[2] ?: "");
}

int cgroup_parse(const char *text, struct cgroup *g)
{
    *g = (struct cgroup){.lock = -1};
    int version = text ? atoi(text) : 0;
    if (version != 1 && version != 2)
        return -EINVAL;
    const char *at = strchr(text, ':');
    for (int k = 0; at && k < CGROUP_KINDS; k++) {
        size_t n = strcspn(++at, ":");
        g->dir[k] = n > 0 ? ag_format("%.*s", (int)n, at) : NULL;
        at = at[n] == ':' ? at + n : NULL;
    }
    g->version = version;
    if (g->dir[CGROUP_MEMORY])
        return 0;
    cgroup_free(g);
    return -EINVAL;
}
