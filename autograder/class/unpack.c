/* Una entrega que es una carpeta, o un archivo, comprimido o suelto. */
#include "class/unpack.h"
#include "base/dir.h"
#include "base/memory.h"
#include "class/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH   24
#define MAX_ENTRIES 50000 /* contando lo que se ignora */

/* Un recorrido. `top` es la carpeta de la entrega, abierta. */
struct walk {
    const char *dir, *name;
    const struct cl_wanted *wanted;
    const struct cl_limits *limits;
    struct cl_bag *bag;
    int top;
    size_t entries, files, found;
    char *nested[CL_MAX_NESTED];
    size_t n_nested;
};

/* La fecha de lo que se leyó. */
static void touch(struct cl_bag *bag, const struct stat *st)
{
    if (st->st_mtime > bag->newest)
        bag->newest = st->st_mtime;
}

/* Por qué no se acepta un archivo de los que se buscan. */
static char *reason(int rc)
{
    switch (-rc) {
    case ELOOP:
        return ag_format("es un enlace, y los enlaces no se siguen");
    case EINVAL:
        return ag_format("no es un archivo normal");
    case EFBIG:
        return ag_format("es demasiado grande para una solución escrita a mano");
    default:
        return ag_format("no se puede leer: %s", strerror(-rc));
    }
}

static void take_wanted(struct walk *w, const char *path, const struct stat *st)
{
    char *data;
    size_t size;
    int rc = ag_read_file(w->dir, path, CL_MAX_SOURCE, &data, &size);
    w->found++;
    if (rc == 0) {
        cl_bag_add(w->bag, path, data, size, NULL);
        touch(w->bag, st);
    } else {
        cl_bag_add(w->bag, path, NULL, 0, reason(rc));
    }
}

static void take_file(struct walk *w, const char *path, const struct stat *st)
{
    enum cl_kind kind = cl_kind_of(path, w->wanted);
    if (kind == CL_IGNORED)
        return;
    if (kind != CL_OTHER && ++w->files > w->limits->files) {
        cl_bag_refuse(w->bag, ag_format("«%s» tiene más de %zu archivos con nombres del "
                                        "laboratorio: entrega solo los tuyos.",
                                        w->name, w->limits->files));
        return;
    }
    if (kind == CL_WANTED)
        take_wanted(w, path, st);
    else
        cl_bag_other(w->bag, path);
    if (kind == CL_NESTED && S_ISREG(st->st_mode) && w->n_nested < CL_MAX_NESTED)
        w->nested[w->n_nested++] = ag_format("%s", path);
}

static int visible(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* Recorre la carpeta `path` («» es la entrega) sin seguir enlaces. */
static void walk_dir(struct walk *w, const char *path, int depth)
{
    int fd = ag_open_beneath(w->top, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0);
    struct dirent **list = NULL;
    int n = fd >= 0 ? scandirat(fd, ".", &list, visible, alphasort) : -1;
    for (int i = 0; i < n; i++) {
        struct stat st;
        char *own = ag_format("%s%s%s", path, *path ? "/" : "", list[i]->d_name);
        bool full = w->bag->refused || w->entries++ >= MAX_ENTRIES;
        if (full)
            cl_bag_refuse(w->bag, ag_format("«%s» tiene más de %d archivos: entrega solo "
                                            "los tuyos.",
                                            w->name, MAX_ENTRIES));
        if (!full && fstatat(fd, list[i]->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            if (!S_ISDIR(st.st_mode))
                take_file(w, own, &st);
            else if (depth < MAX_DEPTH && !cl_is_junk(list[i]->d_name))
                walk_dir(w, own, depth + 1);
        }
        free(own);
        free(list[i]);
    }
    free(list);
    if (fd >= 0)
        close(fd);
}

/* Abre un archivo comprimido de la entrega. */
static void open_archive(struct walk *w, const char *path)
{
    struct stat st;
    int fd = ag_open_beneath(w->top, path, O_RDONLY | O_NONBLOCK, 0);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        cl_archive_read(fd, path, w->wanted, w->limits, w->bag);
        touch(w->bag, &st);
    } else {
        char *text = cl_text(path), *why = reason(fd < 0 ? fd : -EINVAL);
        cl_bag_refuse(w->bag, ag_format("«%s» %s.", text, why));
        free(why);
        free(text);
    }
    if (fd >= 0)
        close(fd);
}

static void take_dir(struct walk *w)
{
    walk_dir(w, "", 0);
    for (size_t i = 0; i < w->n_nested; i++) {
        if (w->found == 0)
            open_archive(w, w->nested[i]);
        free(w->nested[i]);
    }
}

void cl_unpack(const char *path, const char *name, const struct cl_wanted *wanted,
               const struct cl_limits *limits, struct cl_bag *bag)
{
    char *copy = ag_format("%s", path), *slash = strrchr(copy, '/');
    const char *file = slash ? slash + 1 : copy;
    struct stat st;
    struct walk w = {.name = name, .wanted = wanted, .limits = limits, .bag = bag};
    if (slash)
        *slash = '\0';
    bool is_dir = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
    w.dir = is_dir ? path : slash ? copy : ".";
    w.top = open(w.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w.top < 0)
        cl_bag_fault(bag, ag_format("no se puede leer %s: %s", w.dir, strerror(errno)));
    else if (is_dir)
        take_dir(&w);
    else if (cl_is_archive(name))
        open_archive(&w, file);
    else if ((cl_kind_of(name, wanted) == CL_WANTED || (wanted->lone && cl_is_c(name))) &&
             lstat(path, &st) == 0) {
        size_t at = bag->n;
        take_wanted(&w, file, &st);
        free(bag->files[at].path);
        bag->files[at].path = ag_format("%s", name);
    } else {
        cl_bag_other(bag, name);
    }
    if (w.top >= 0)
        close(w.top);
    free(copy);
}
