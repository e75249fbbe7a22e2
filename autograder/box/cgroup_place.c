/* Dónde está quien llama, y bajo qué grupo puede hacer otros. */
#include "base/memory.h"
#include "base/process.h"
#include "box/cgroup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SCOPE_MS = 2000 }; /* lo que puede tardar systemd en hacer un ámbito */

/* ¿Está esa palabra entera en una lista separada por `by`? */
static bool listed(const char *list, const char *word, const char *by)
{
    size_t len = strlen(word);
    for (const char *at = list; *at; at += strspn(at, by)) {
        size_t n = strcspn(at, by);
        if (n == len && strncmp(at, word, n) == 0)
            return true;
        at += n;
    }
    return false;
}

static bool enabled(const char *dir, const char *file)
{
    char *path = ag_format("%s/%s", dir, file), *list = cgroup__read(path);
    bool all = list && listed(list, "memory", " \n") && listed(list, "pids", " \n");
    free(list);
    free(path);
    return all;
}

/* ---- Dónde se está ------------------------------------------------------------------------- */

/* La ruta del grupo en la jerarquía que tiene ese controlador, según /proc/PID/cgroup: «N:a,b:/ruta».
 * La versión 2 es «0::/ruta». */
static char *path_of(const char *self, const char *controller)
{
    for (const char *line = self; *line;
         line += strcspn(line, "\n"), line += *line != 0) {
        const char *first = strchr(line, ':'), *end = line + strcspn(line, "\n");
        const char *second = first ? strchr(first + 1, ':') : NULL;
        if (!second || second > end)
            continue;
        char *list = ag_format("%.*s", (int)(second - first - 1), first + 1);
        bool mine = *controller ? listed(list, controller, ",") : *list == '\0';
        free(list);
        if (mine)
            return ag_format("%.*s", (int)(end - second - 1), second + 1);
    }
    return NULL;
}

/* La carpeta del grupo `path` en el montaje de ese controlador («» es el de la versión 2). */
static char *dir_of(const char *mountinfo, const char *controller, const char *path)
{
    for (const char *line = mountinfo; *line;
         line += strcspn(line, "\n"), line += *line != 0) {
        char root[2048], point[2048], type[64], options[512];
        char *text = ag_format("%.*s", (int)strcspn(line, "\n"), line);
        const char *tail = strstr(text, " - ");
        bool mine = tail && sscanf(text, "%*s %*s %*s %2047s %2047s", root, point) == 2 &&
                    sscanf(tail, " - %63s %*s %511s", type, options) == 2 &&
                    (*controller
                         ? strcmp(type, "cgroup") == 0 && listed(options, controller, ",")
                         : strcmp(type, "cgroup2") == 0);
        free(text);
        if (!mine)
            continue;
        /* Con un espacio de grupos, o un montaje de una parte, la ruta cuenta desde otro sitio. */
        size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
        if (strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0'))
            path += n;
        else if (n > 0)
            path = "";
        return ag_format("%s%s", point, strcmp(path, "/") == 0 ? "" : path);
    }
    return NULL;
}

int cgroup_locate(const char *self, const char *mountinfo, struct cgroup *own)
{
    static const char *const old[CGROUP_KINDS] = {"memory", "pids", "cpuacct"};
    *own = (struct cgroup){.lock = -1, .version = 1};
    for (int k = 0; k < CGROUP_KINDS; k++) {
        char *path = path_of(self, old[k]);
        own->dir[k] = path ? dir_of(mountinfo, old[k], path) : NULL;
        free(path);
    }
    if (own->dir[CGROUP_MEMORY] && own->dir[CGROUP_PIDS])
        return 0;
    cgroup_free(own);
    char *path = path_of(self, ""), *dir = path ? dir_of(mountinfo, "", path) : NULL;
    free(path);
    if (dir && strcmp(dir, "") != 0 && enabled(dir, "cgroup.controllers")) {
        own->version = 2;
        for (int k = 0; k < CGROUP_KINDS; k++)
            own->dir[k] = ag_format("%s", dir);
    }
    free(dir);
    return own->version ? 0 : -ENOENT;
}

/* ---- Bajo cuál se pueden hacer otros ------------------------------------------------------- */

static bool may_create(const char *dir)
{
    char *path = ag_format("%s/cgroup.procs", dir);
    bool can = access(dir, W_OK) == 0 && access(path, W_OK) == 0;
    free(path);
    return can;
}

/* ¿Somos el único proceso del grupo? */
static bool alone(const char *dir)
{
    char *path = ag_format("%s/cgroup.procs", dir), *list = cgroup__read(path);
    bool only = list && *list && atoi(list) == (int)getpid() &&
                list[strcspn(list, "\n")] == '\n' && !list[strcspn(list, "\n") + 1];
    free(list);
    free(path);
    return only;
}

static void set_all(struct cgroup *g, const char *dir)
{
    char *copy = ag_format("%s", dir);
    for (int k = 0; k < CGROUP_KINDS; k++) {
        free(g->dir[k]);
        g->dir[k] = ag_format("%s", copy);
    }
    free(copy);
}

/* Nos aparta en uno de dentro, porque en la versión 2 quien tiene procesos no reparte. */
static int step_aside(const char *dir)
{
    char *leaf = ag_format("%s/" CGROUP_ASIDE, dir);
    int rc = mkdir(leaf, 0755) < 0 && errno != EEXIST ? -errno : 0;
    if (rc == 0)
        rc = cgroup__write(leaf, "cgroup.procs", "0");
    if (rc == 0)
        rc = cgroup__enable(dir);
    free(leaf);
    return rc;
}

int cgroup_base_from(struct cgroup *own)
{
    const char *dirs[CGROUP_KINDS];
    size_t n = cgroup__distinct(own, dirs);
    if (own->version == 1) {
        for (size_t i = 0; i < n; i++)
            if (!may_create(dirs[i]))
                return -EACCES;
        return n > 0 ? 0 : -ENOENT;
    }
    if (own->version != 2)
        return -ENOENT;
    if (may_create(dirs[0]) && alone(dirs[0]))
        return step_aside(dirs[0]);
    /* El de la raíz reparte aunque tenga procesos; los demás no quieren. */
    if (may_create(dirs[0]) && cgroup__enable(dirs[0]) == 0)
        return 0;
    /* El que nos contiene, si ya reparte memoria y procesos. */
    char *parent = ag_format("%s", dirs[0]), *slash = strrchr(parent, '/');
    int rc = -EACCES;
    if (slash && slash > parent) {
        *slash = '\0';
        if (may_create(parent) && enabled(parent, "cgroup.subtree_control")) {
            set_all(own, parent);
            rc = 0;
        }
    }
    free(parent);
    return rc;
}

static int locate_self(struct cgroup *own)
{
    char *self = cgroup__read("/proc/self/cgroup"),
         *mounts = cgroup__read("/proc/self/mountinfo");
    int rc = self && mounts ? cgroup_locate(self, mounts, own) : -ENOENT;
    free(self);
    free(mounts);
    return rc;
}

/* Le pide a systemd un ámbito delegado para este proceso, que pasa a él. Es lo que hace systemd-run
 * --scope, sin dejar de ser el mismo proceso. */
static int ask_systemd(const char *before)
{
    char name[64], pid[16];
    snprintf(name, sizeof name, CGROUP_NAME "%d.scope", (int)getpid());
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    char *argv[] = {"/usr/bin/busctl",
                    geteuid() == 0 ? "--system" : "--user",
                    "call",
                    "org.freedesktop.systemd1",
                    "/org/freedesktop/systemd1",
                    "org.freedesktop.systemd1.Manager",
                    "StartTransientUnit",
                    "ssa(sv)a(sa(sv))",
                    name,
                    "fail",
                    "3",
                    "PIDs",
                    "au",
                    "1",
                    pid,
                    "Delegate",
                    "b",
                    "true",
                    "CollectMode",
                    "s",
                    "inactive-or-failed",
                    "0",
                    NULL};
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execv(argv[0], argv);
        _exit(127);
    }
    int status = child < 0 ? -1 : ag_wait(child);
    if (status != 0)
        return -ENOENT;
    /* Contesta antes de hacerlo. */
    for (int ms = 0; ms < SCOPE_MS; ms++) {
        char *now = cgroup__read("/proc/self/cgroup");
        bool moved = now && strcmp(now, before) != 0;
        free(now);
        if (moved)
            return 0;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return -ETIMEDOUT;
}

int cgroup_base(struct cgroup *base)
{
    int rc = locate_self(base);
    if (rc == 0 && base->version == 2 && access("/run/systemd/system", F_OK) == 0 &&
        !strstr(base->dir[0], "/" CGROUP_NAME)) {
        char *before = cgroup__read("/proc/self/cgroup");
        if (before && ask_systemd(before) == 0) {
            cgroup_free(base);
            rc = locate_self(base);
        }
        free(before);
    }
    if (rc == 0)
        rc = cgroup_base_from(base);
    if (rc < 0)
        cgroup_free(base);
    return rc;
}
