#include <asinc/file.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file_internal.h"
#include "task_internal.h"

/* Una llamada al sistema con uno o dos nombres, que viajan copiados. */
struct errand {
    struct as__trip trip;
    struct stat info;
    char **names; /* as_file_list: vector y textos en un solo bloque */
    size_t count;
    char *to; /* as_file_rename */
    char path[];
};

int as__file_error(int rc, const char *doing, const char *path)
{
    if (rc < 0 && rc != UV_ECANCELED)
        as_error_set(rc, "no se puede %s «%s»: %s", doing, path, as_strerror(rc));
    return rc;
}

static void free_errand(struct as__trip *trip)
{
    struct errand *e = as__container_of(trip, struct errand, trip);

    free(e->names);
    free(e);
}

/* Hace el recado. Con 0 lo deja en `*out`, para liberarlo con free_errand. */
static int run_errand(int (*run)(struct as__trip *), const char *path, const char *to,
                      const char *doing, struct errand **out)
{
    size_t length = strlen(path) + 1;
    bool abandoned;

    *out = NULL;
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    struct errand *e = calloc(1, sizeof *e + length + (to ? strlen(to) + 1 : 0));
    if (!e)
        return UV_ENOMEM;
    memcpy(e->path, path, length);
    if (to)
        e->to = strcpy(e->path + length, to);
    as__trip_init(&e->trip, run, free_errand);
    rc = as__trip_ride(&e->trip, "algo del sistema de archivos", &abandoned);
    if (rc == 0)
        *out = e;
    else if (!abandoned)
        free_errand(&e->trip);
    return as__file_error(rc, doing, path);
}

/* Lo mismo, cuando solo importa si salió bien. */
static int just_do(int (*run)(struct as__trip *), const char *path, const char *to,
                   const char *doing)
{
    struct errand *e;

    int rc = run_errand(run, path, to, doing, &e);
    if (e)
        free_errand(&e->trip);
    return rc;
}

/* ---- Mirar -------------------------------------------------------------------------- */

static int run_stat(struct as__trip *trip)
{
    struct errand *e = as__container_of(trip, struct errand, trip);

    return stat(e->path, &e->info) == 0 ? 0 : as__sys_error();
}

int as_file_stat(const char *path, struct stat *info)
{
    struct errand *e;

    as__task_required("as_file_stat");
    int rc = run_errand(run_stat, path, NULL, "consultar", &e);
    if (!e)
        return rc;
    *info = e->info;
    free_errand(&e->trip);
    return rc;
}

static int is_a_name(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* El vector y, detrás, los textos a los que apunta. */
static char **pack_names(struct dirent **entries, size_t count)
{
    size_t size = (count + 1) * sizeof(char *);

    for (size_t i = 0; i < count; i++)
        size += strlen(entries[i]->d_name) + 1;
    char **names = malloc(size);
    if (!names)
        return NULL;
    char *text = (char *)(names + count + 1);
    for (size_t i = 0; i < count; i++) {
        names[i] = text;
        text = stpcpy(text, entries[i]->d_name) + 1;
    }
    names[count] = NULL;
    return names;
}

static int run_list(struct as__trip *trip)
{
    struct errand *e = as__container_of(trip, struct errand, trip);
    struct dirent **entries;

    int count = scandir(e->path, &entries, is_a_name, by_bytes);
    if (count < 0)
        return as__sys_error();
    e->count = (size_t)count;
    e->names = pack_names(entries, e->count);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return e->names ? 0 : UV_ENOMEM;
}

int as_file_list(const char *path, char ***names, size_t *count)
{
    struct errand *e;

    as__task_required("as_file_list");
    *names = NULL;
    if (count)
        *count = 0;
    int rc = run_errand(run_list, path, NULL, "leer el directorio", &e);
    if (!e)
        return rc;
    *names = e->names;
    e->names = NULL;
    if (count)
        *count = e->count;
    free_errand(&e->trip);
    return rc;
}

/* ---- Cambiar ------------------------------------------------------------------------ */

static int make_one(const char *path)
{
    struct stat info;

    if (mkdir(path, 0777) == 0)
        return 0;
    int rc = as__sys_error();
    if (rc == UV_EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return 0;
    return rc;
}

static int run_mkdir(struct as__trip *trip)
{
    char *path = as__container_of(trip, struct errand, trip)->path;

    if (!*path)
        return UV_ENOENT;
    /* De fuera adentro: los que ya están no son un error. */
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int rc = make_one(path);
        *slash = '/';
        if (rc < 0)
            return rc;
    }
    return make_one(path);
}

int as_file_mkdir(const char *path)
{
    as__task_required("as_file_mkdir");
    return just_do(run_mkdir, path, NULL, "crear el directorio");
}

static int run_remove(struct as__trip *trip)
{
    const char *path = as__container_of(trip, struct errand, trip)->path;

    return remove(path) == 0 ? 0 : as__sys_error();
}

int as_file_remove(const char *path)
{
    as__task_required("as_file_remove");
    return just_do(run_remove, path, NULL, "borrar");
}

static int run_rename(struct as__trip *trip)
{
    struct errand *e = as__container_of(trip, struct errand, trip);

    return rename(e->path, e->to) == 0 ? 0 : as__sys_error();
}

int as_file_rename(const char *from, const char *to)
{
    as__task_required("as_file_rename");
    return just_do(run_rename, from, to, "cambiar el nombre de");
}
