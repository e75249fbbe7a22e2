/* La orden bwrap de la caja interior: qué ve el programa y qué no. */
#include "box/internal.h"
#include "box/wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define RUNNER_INSIDE "/run/runner"
#define SHM_BYTES     (4L << 20)

/* Sin /etc/hosts no hay «localhost» para glibc; sin passwd, libpq e initdb no saben quién
 * son; con `hosts: files` un nombre desconocido falla enseguida y siempre igual. */
static const struct {
    const char *path, *text;
} etc[BOX__DATA_COUNT] = {
    {"/etc/hosts", "127.0.0.1 localhost caja\n::1 localhost\n"},
    {"/etc/passwd", "alumno:x:1000:1000:alumno:" BOX_WORK_DIR ":/bin/sh\n"},
    {"/etc/group", "alumno:x:1000:\n"},
    {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
};

int box__profile_data(int data[BOX__DATA_COUNT])
{
    for (int i = 0; i < BOX__DATA_COUNT; i++) {
        data[i] = box__memfd(etc[i].path, etc[i].text, strlen(etc[i].text));
        if (data[i] < 0) {
            int rc = data[i];
            while (i-- > 0)
                close(data[i]);
            return rc;
        }
    }
    return 0;
}

/* Dónde lo ve el programa. */
static void add_inside(struct strings *argv, const struct box_bind *bind)
{
    box__add(argv, "%s%s", bind->inside[0] == '/' ? "" : BOX_WORK_DIR "/", bind->inside);
}

static void add_filesystem(struct strings *argv, const struct box_options *options)
{
    static const char *const system[] = {
        "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink",
        "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--dev", "/dev",
        /* Sin alternatives, «cc» o «awk» no existen; el resto acelera o da nombres. */
        "--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--ro-bind-try",
        "/etc/ld.so.cache", "/etc/ld.so.cache", NULL};
    box__add_all(argv, system);
    /* Con --ro-bind-data cada uno sería otro montaje, y bwrap relee la lista entera por cada uno.
     * Así son archivos de la raíz, que acaba siendo de solo lectura. */
    for (int i = 0; i < BOX__DATA_COUNT; i++) {
        box__add(argv, "--file");
        box__add(argv, "%d", BOX__DATA_FD + i);
        box__add(argv, "%s", etc[i].path);
    }
    const char *const sized[] = {"/tmp", BOX_WORK_DIR, "/dev/shm"};
    for (int i = 0; i < 3; i++) {
        long bytes = i == 2 ? SHM_BYTES : options->limits.tmp_bytes;
        if (bytes > 0) {
            box__add(argv, "--size");
            box__add(argv, "%ld", bytes);
        }
        box__add(argv, "--tmpfs");
        box__add(argv, "%s", sized[i]);
    }
    box__add(argv, "--ro-bind");
    box__add(argv, "%s", options->runner);
    box__add(argv, RUNNER_INSIDE);
    for (size_t i = 0; i < options->bind_count; i++) {
        const struct box_bind *bind = &options->binds[i];
        box__add(argv, "%s", bind->writable ? "--bind" : "--ro-bind");
        box__add(argv, "%s", bind->host);
        add_inside(argv, bind);
    }
}

void box__isolation(struct strings *argv, enum box_rung rung)
{
    static const char *const always[] = {
        "bwrap",
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--uid",
        "1000",
        "--gid",
        "1000",
        "--hostname",
        "caja",
        "--clearenv",
        NULL,
    };
    static const char *const processes[] = {
        "--unshare-pid", "--disable-userns", "--die-with-parent", "--proc", "/proc", NULL,
    };
    /* Sin --die-with-parent: mataría al runner y no a lo que cuelga de él. El runner ve morir
     * a quien lo llamó por su canal. Otro espacio de usuarios lo impide el filtro. */
    static const char *const borrowed[] = {"--ro-bind", "/proc", "/proc", NULL};
    box__add_all(argv, always);
    box__add_all(argv, rung == BOX_FULL ? processes : borrowed);
}

void box__profile(struct strings *argv, const struct box_options *options,
                  const struct strings *env)
{
    box__isolation(argv, options->rung);
    if (!options->shared_net)
        box__add(argv, "--unshare-net");
    for (size_t i = 0; i < env->count; i++) {
        const char *equals = strchr(env->items[i], '=');
        box__add(argv, "--setenv");
        box__add(argv, "%.*s", (int)(equals - env->items[i]), env->items[i]);
        box__add(argv, "%s", equals + 1);
    }
    add_filesystem(argv, options);

    /* Un programa del sistema se usa donde está; el del alumno se copia a la vista en
     * /prog con su nombre, sin contar de dónde viene. */
    const char *slash = strrchr(options->program, '/');
    const char *name = slash ? slash + 1 : options->program;
    bool of_system = box__of_system(options);
    if (!of_system) {
        box__add(argv, "--ro-bind");
        box__add(argv, "%s", options->program);
        box__add(argv, BOX_PROGRAM_DIR "/%s", name);
    }
    /* Al final: la raíz y /dev de bwrap son tmpfs sin tamaño, y dejan de poder
     * escribirse. */
    static const char *const closing[] = {
        "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", BOX_WORK_DIR, NULL};
    box__add_all(argv, closing);
    if (options->rung == BOX_FULL)
        box__add(argv, "--as-pid-1");
    box__add(argv, "--");
    box__add(argv, RUNNER_INSIDE);
    for (size_t i = 0; i < options->bind_count && !of_system; i++) {
        if (!options->binds[i].writable)
            continue;
        box__add(argv, "--write");
        add_inside(argv, &options->binds[i]);
    }
    box__add(argv, "--");
    if (of_system)
        box__add(argv, "%s", options->program);
    else
        box__add(argv, BOX_PROGRAM_DIR "/%s", name);
    for (char *const *arg = options->args; arg && *arg; arg++)
        box__add(argv, "%s", *arg);
}
