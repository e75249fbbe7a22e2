/* Las opciones de una ejecución: valores de siempre, comprobación y lo que sale de ellas. */
#include "box/box.h"

#include "base/dir.h"
#include "box/identity.h"
#include "box/internal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct box_limits box_limits_default(void)
{
    return (struct box_limits){
        .cpu_ms = 10000,
        .wall_ms = 30000,
        .rss_kib = 512L << 10,
        .processes = 1200,
        .files = 64,
        .fsize = 16L << 20,
        .tmp_bytes = 8L << 20,
        .inodes = 4096,
    };
}

struct box_limits box_limits_compile(void)
{
    return (struct box_limits){
        .cpu_ms = 60000,
        .wall_ms = 120000,
        .rss_kib = 2L << 20,
        .processes = 64,
        .files = 256,
        .fsize = 64L << 20,
        .tmp_bytes = 64L << 20,
        .inodes = 4096,
    };
}

struct box_options box_options_default(void)
{
    const char *processes = getenv(BOX_PROCESSES_VARIABLE),
               *ports = getenv(BOX_PORTS_VARIABLE);
    struct box_options o = {
        .limits = box_limits_default(),
        .group = getenv(BOX_GROUP_VARIABLE),
        .processes = processes ? strtol(processes, NULL, 10) : 0,
        .own_user = getenv(BOX_USER_VARIABLE) != NULL,
        .stdin_fd = -1,
        .stdout_fd = -1,
        .stderr_fd = -1,
        .shared_net = true,
        .rung = BOX_FULL,
    };
    o.limits.ports = ports ? strtol(ports, NULL, 10) : 0;
    return o;
}

const char *box_limit_name(enum box_limit limit)
{
    switch (limit) {
    case BOX_LIMIT_NONE:
        return "ninguno";
    case BOX_LIMIT_CPU:
        return "tiempo de CPU";
    case BOX_LIMIT_WALL:
        return "tiempo total";
    case BOX_LIMIT_MEMORY:
        return "memoria";
    case BOX_LIMIT_PROCESSES:
        return "procesos e hilos";
    case BOX_LIMIT_FSIZE:
        return "tamaño de archivo";
    case BOX_LIMIT_INODES:
        return "cantidad de archivos";
    case BOX_LIMIT_DISK:
        return "espacio en disco";
    case BOX_LIMIT_SOCKETS:
        return "cantidad de sockets";
    case BOX_LIMIT_OUTPUT:
        return "cantidad de salida";
    }
    return "desconocido";
}

static bool climbs(const char *path)
{
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

int box__check(const struct box_options *o)
{
    if (geteuid() == 0)
        return -EPERM;
    if (!o->program || !o->runner || o->limits.wall_ms <= 0)
        return -EINVAL;
    for (char *const *env = o->env; env && *env; env++)
        if (!strchr(*env, '=') || **env == '=')
            return -EINVAL;
    if (access(o->runner, F_OK) < 0 || access(o->program, F_OK) < 0)
        return -errno;
    for (size_t i = 0; i < o->bind_count; i++) {
        const struct box_bind *bind = &o->binds[i];
        if (!bind->host || !bind->inside || !*bind->inside || climbs(bind->inside) ||
            (o->rung <= BOX_MINIMAL && bind->inside[0] == '/'))
            return -EINVAL;
        if (access(bind->host, F_OK) < 0)
            return -errno;
    }
    return 0;
}

bool box__of_system(const struct box_options *o)
{
    return strncmp(o->program, "/usr/", 5) == 0;
}

void box__env(struct strings *env, const struct box_options *o, const char *home)
{
    /* En la mínima /tmp está cerrado, y en la de un sitio ya aislado es de todos. */
    const char *const base[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME", "TMPDIR"};
    for (int i = 0; i < (o->rung == BOX_MINIMAL || o->rung == BOX_ISOLATED ? 4 : 3);
         i++) {
        size_t name = strcspn(base[i], "=");
        bool replaced = false;
        for (char *const *mine = o->env; mine && *mine; mine++)
            replaced |= strncmp(*mine, base[i], name) == 0 && (*mine)[name] == '=';
        if (!replaced && i >= 2)
            box__add(env, "%s=%s", base[i], home);
        else if (!replaced)
            box__add(env, "%s", base[i]);
    }
    for (char *const *mine = o->env; mine && *mine; mine++)
        box__add(env, "%s", *mine);
}

/* ---- Sin bubblewrap ---------------------------------------------------------------------- */

int box__work_dir(char **out, const struct box_options *o)
{
    char path[PATH_MAX], host[PATH_MAX];
    int rc = ag_temp_dir("caja", out);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < o->bind_count; i++) {
        if (snprintf(path, sizeof path, "%s/%s", *out, o->binds[i].inside) >= PATH_MAX)
            return -ENAMETOOLONG;
        rc = ag_make_parents(path, 0700);
        if (rc < 0)
            return rc;
        if (!realpath(o->binds[i].host, host) || symlink(host, path) < 0)
            return -errno;
    }
    return 0;
}

static gid_t group(void)
{
    const char *text = getenv(IDENTITY_GROUP);
    return text ? (gid_t)strtoul(text, NULL, 10) : 0;
}

int box__lend(const struct box_options *o)
{
    int rc = o->rung == BOX_ISOLATED && group() == 0 ? -EPERM : 0;
    /* Lo de un programa nuestro no es de nadie más: se lo da el runner. */
    bool shared = o->rung == BOX_ISOLATED && !o->limits.trusted;
    for (size_t i = 0; i < o->bind_count && shared && rc == 0; i++)
        rc = identity_lend(o->binds[i].host, group(), o->binds[i].writable);
    return rc;
}

static int add_root(struct strings *argv, const char *flag, const char *path)
{
    char real[PATH_MAX];
    if (!realpath(path, real))
        return -errno;
    box__add(argv, "%s", flag);
    box__add(argv, "%s", real);
    return 0;
}

int box__plain(struct strings *argv, const struct box_options *o, const char *work_dir)
{
    char path[PATH_MAX];
    int rc = realpath(o->runner, path) ? 0 : -errno;
    box__add(argv, "%s", path);
    if (rc == 0)
        rc = add_root(argv, "--write", work_dir);
    if (o->rung == BOX_ISOLATED) {
        box__add(argv, "--group");
        box__add(argv, "%u", (unsigned)group());
    }
    for (size_t i = 0; i < o->bind_count && rc == 0; i++)
        rc = add_root(argv, o->binds[i].writable ? "--write" : "--read",
                      o->binds[i].host);
    for (size_t i = 0; i < o->port_count && rc == 0; i++) {
        box__add(argv, "--port");
        box__add(argv, "%d", o->ports[i]);
    }
    if (rc == 0)
        rc = add_root(argv, "--", o->program);
    for (char *const *arg = o->args; arg && *arg; arg++)
        box__add(argv, "%s", *arg);
    return rc;
}
