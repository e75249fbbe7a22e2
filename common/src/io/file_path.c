#include <asinc/file.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/task_internal.h"
#include "io/file_internal.h"

/* Una llamada al sistema con uno o dos nombres, que se lleva copiados al hilo. */
struct call {
    struct as__offload offload;
    struct stat info;
    char **names; /* as_file_list: vector y textos en un solo bloque */
    size_t count;
    char *to; /* as_file_rename */
    char path[];
};

int as__file_error(int rc, const char *doing, const char *path)
{
    /* Con UV_EAGAIN no hay hilos, y ya está dicho por qué. */
    if (rc < 0 && rc != UV_ECANCELED)
        as_error_set(rc, "no se puede %s «%s»: %s", doing, path,
                     rc == UV_EAGAIN ? as_error_text(rc) : as_strerror(rc));
    return rc;
}

static void free_call(struct as__offload *offload)
{
    struct call *call = as__container_of(offload, struct call, offload);

    free(call->names);
    free(call);
}

/* La hace en un hilo. Con 0 la deja en `*out`, para liberarla con free_call. */
static int do_call(int (*run)(struct as__offload *), const char *path, const char *to,
                   const char *doing, struct call **out)
{
    size_t length = strlen(path) + 1;
    bool abandoned;

    *out = NULL;
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    struct call *call = calloc(1, sizeof *call + length + (to ? strlen(to) + 1 : 0));
    if (!call)
        return as__error(UV_ENOMEM);
    memcpy(call->path, path, length);
    if (to)
        call->to = strcpy(call->path + length, to);
    as__offload_init(&call->offload, run, free_call);
    rc = as__offload_run(&call->offload, "algo del sistema de archivos", &abandoned);
    if (rc == 0)
        *out = call;
    else if (!abandoned)
        free_call(&call->offload);
    return as__file_error(rc, doing, path);
}

/* Lo mismo, cuando solo importa si salió bien. */
static int just_call(int (*run)(struct as__offload *), const char *path, const char *to,
                     const char *doing)
{
    struct call *call;

    int rc = do_call(run, path, to, doing, &call);
    if (call)
        free_call(&call->offload);
    return rc;
}

/* ---- Mirar -------------------------------------------------------------------------- */

static int run_stat(struct as__offload *offload)
{
    struct call *call = as__container_of(offload, struct call, offload);

    return stat(call->path, &call->info) == 0 ? 0 : as__sys_error();
}

int as_file_stat(const char *path, struct stat *info)
{
    struct call *call;

    as__task_required("as_file_stat");
    int rc = do_call(run_stat, path, NULL, "consultar", &call);
    if (!call)
        return rc;
    *info = call->info;
    free_call(&call->offload);
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

static int run_list(struct as__offload *offload)
{
    struct call *call = as__container_of(offload, struct call, offload);
    struct dirent **entries;

    int count = scandir(call->path, &entries, is_a_name, by_bytes);
    if (count < 0)
        return as__sys_error();
    call->count = (size_t)count;
    call->names = pack_names(entries, call->count);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return call->names ? 0 : UV_ENOMEM;
}

int as_file_list(const char *path, char ***names, size_t *count)
{
    struct call *call;

    as__task_required("as_file_list");
    *names = NULL;
    if (count)
        *count = 0;
    int rc = do_call(run_list, path, NULL, "leer el directorio", &call);
    if (!call)
        return rc;
    *names = call->names;
    call->names = NULL;
    if (count)
        *count = call->count;
    free_call(&call->offload);
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

static int run_mkdir(struct as__offload *offload)
{
    char *path = as__container_of(offload, struct call, offload)->path;

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
    return just_call(run_mkdir, path, NULL, "crear el directorio");
}

static int run_remove(struct as__offload *offload)
{
    const char *path = as__container_of(offload, struct call, offload)->path;

    return remove(path) == 0 ? 0 : as__sys_error();
}

int as_file_remove(const char *path)
{
    as__task_required("as_file_remove");
    return just_call(run_remove, path, NULL, "borrar");
}

static int run_rename(struct as__offload *offload)
{
    struct call *call = as__container_of(offload, struct call, offload);

    return rename(call->path, call->to) == 0 ? 0 : as__sys_error();
}

int as_file_rename(const char *from, const char *to)
{
    as__task_required("as_file_rename");
    return just_call(run_rename, from, to, "cambiar el nombre de");
}
