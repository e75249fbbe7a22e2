#include <asinc/file.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/task_internal.h"
#include "io/file_internal.h"

/* Cada cuánto se mira, a mitad de un archivo, si lo cancelaron. */
enum { STEP = 1024 * 1024 };

/* Los enlaces que se siguen, como hace el sistema. */
enum { MAX_LINKS = 40 };

int as__write_fully(int fd, const void *data, size_t size)
{
    const char *from = data;

    while (size > 0) {
        ssize_t n = write(fd, from, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return as__sys_error();
        from += n;
        size -= (size_t)n;
    }
    return 0;
}

/* ---- Leer entero -------------------------------------------------------------------- */

struct reading {
    struct as__offload offload;
    struct as__buffer text;
    char path[];
};

/* El búfer tiene de antemano el tamaño del archivo y un byte más, para ver el final sin
 * crecer; si crece mientras (o no dice su tamaño, como los de /proc), se dobla. */
static int read_to_end(struct reading *r, int fd)
{
    struct as__buffer *b = &r->text;

    while (!atomic_load(&r->offload.cancelled)) {
        if (as__buffer_size(b) > AS_FILE_ALL_MAX)
            return AS_EOVERFLOW;
        int rc = as__buffer_reserve(b, 1);
        if (rc < 0)
            return rc;
        size_t room = b->capacity - b->end;
        ssize_t n = read(fd, b->data + b->end, room < STEP ? room : STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? as__sys_error() : 0;
        b->end += (size_t)n;
    }
    return UV_ECANCELED;
}

static int run_reading(struct as__offload *offload)
{
    struct reading *r = as__container_of(offload, struct reading, offload);
    struct stat info;
    int rc;

    int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return as__sys_error();
    if (fstat(fd, &info) != 0)
        rc = as__sys_error();
    else if (info.st_size > (off_t)AS_FILE_ALL_MAX)
        rc = AS_EOVERFLOW;
    else
        rc = as__buffer_reserve(&r->text,
                                info.st_size > 0 ? (size_t)info.st_size + 1 : 4096);
    if (rc == 0)
        rc = read_to_end(r, fd);
    close(fd);
    return rc;
}

static void free_reading(struct as__offload *offload)
{
    struct reading *r = as__container_of(offload, struct reading, offload);

    as__buffer_free(&r->text);
    free(r);
}

int as_file_read_all(const char *path, char **data, size_t *size)
{
    as__task_required("as_file_read_all");
    bool abandoned;

    *data = NULL;
    if (size)
        *size = 0;
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    struct reading *r = calloc(1, sizeof *r + strlen(path) + 1);
    if (!r)
        return as__error(UV_ENOMEM);
    strcpy(r->path, path);
    as__offload_init(&r->offload, run_reading, free_reading);
    rc = as__offload_run(&r->offload, "que se lea un archivo", &abandoned);
    if (rc == 0) {
        size_t length = as__buffer_size(&r->text);
        *data = as__buffer_release(&r->text); /* cabe el '\0': no puede fallar */
        if (size)
            *size = length;
    }
    if (!abandoned)
        free_reading(&r->offload);
    if (rc == AS_EOVERFLOW)
        return as_error_set(rc, "«%s» pasa de %zu MiB: léelo por partes con as_file_read",
                            path, AS_FILE_ALL_MAX / 1024 / 1024);
    return as__file_error(rc, "leer", path);
}

/* ---- Escribir entero ---------------------------------------------------------------- */

struct writing {
    struct as__offload offload;
    const char *path, *data;
    size_t size;
};

static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Adónde lleva el enlace `path`, visto desde aquí; NULL si no es un enlace, o falta memoria (ENOMEM). */
static char *read_link(const char *path)
{
    char to[PATH_MAX], *joined = NULL;

    ssize_t size = readlink(path, to, sizeof to);
    if (size < 0)
        return NULL;
    char *dir = *to == '/' ? strdup("") : directory_of(path);
    if (!dir || asprintf(&joined, "%s%s%.*s", dir, *dir ? "/" : "", (int)size, to) < 0) {
        joined = NULL;
        errno = ENOMEM;
    }
    free(dir);
    return joined;
}

/* Lo que aún no existe, tras los enlaces que lleven a ello. */
static int find_missing(const char *path, char **target)
{
    char *next = strdup(path);

    for (int hops = 0; next; hops++) {
        free(*target);
        *target = next;
        if (hops == MAX_LINKS)
            return UV_ELOOP;
        next = read_link(*target);
    }
    return errno == ENOMEM ? UV_ENOMEM : 0;
}

/* El archivo de verdad, sea cual sea el enlace por el que se llegue, y cómo es, si ya existe. */
static int find_target(const char *path, char **target, struct stat *old)
{
    *target = realpath(path, NULL);
    if (!*target && errno == ENOENT)
        return find_missing(path, target);
    if (!*target || stat(*target, old) != 0)
        return as__sys_error();
    if (S_ISDIR(old->st_mode))
        return UV_EISDIR;
    if (!S_ISREG(old->st_mode))
        return UV_EINVAL;
    return old->st_nlink > 1 ? UV_EMLINK
                             : 0; /* los otros nombres seguirían con lo viejo */
}

#define ACL "system.posix_acl_access"

/* La ACL de uno, o que no tenga ninguna: la carpeta puede haberle dado la suya. */
static int copy_acl(const char *from, int fd)
{
    char acl[4096];
    ssize_t size = getxattr(from, ACL, acl, sizeof acl);

    if (size > 0)
        return fsetxattr(fd, ACL, acl, (size_t)size, 0) == 0 ? 0 : as__sys_error();
    if (size < 0 && errno != ENODATA && errno != ENOTSUP)
        return as__sys_error();
    fremovexattr(fd, ACL); /* si no había, no hay nada que quitar */
    return 0;
}

/* Que el nuevo sea de quien era el antiguo, y lo abran los mismos. */
static int make_alike(int fd, const struct stat *old, const char *target)
{
    struct stat now;

    if (fstat(fd, &now) != 0)
        return as__sys_error();
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0)
        return as__sys_error();
    int rc = copy_acl(target, fd);
    if (rc == 0 && fchmod(fd, old->st_mode & 07777) != 0)
        rc = as__sys_error();
    return rc;
}

/* Crea en el directorio `dir` el archivo que ocupará el sitio del otro, con estos permisos. */
static int create_beside(const char *dir, mode_t mode, char **name)
{
    unsigned long long luck;

    for (;;) {
        if (getrandom(&luck, sizeof luck, 0) != sizeof luck)
            return as__sys_error();
        if (asprintf(name, "%s/.asinc-%016llx", dir, luck) < 0) {
            *name = NULL;
            return UV_ENOMEM;
        }
        int fd = open(*name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
        if (fd >= 0)
            return fd;
        int rc = as__sys_error();
        free(*name);
        *name = NULL;
        if (rc != UV_EEXIST)
            return rc;
    }
}

static int fill_and_sync(struct writing *w, int fd)
{
    int rc = 0;

    for (size_t done = 0; rc == 0 && done < w->size; done += STEP) {
        size_t left = w->size - done;
        rc = as__write_fully(fd, w->data + done, left < STEP ? left : STEP);
        if (rc == 0 && atomic_load(&w->offload.cancelled))
            rc = UV_ECANCELED;
    }
    if (rc == 0 && fsync(fd) != 0)
        rc = as__sys_error();
    return rc;
}

/* Que también el nuevo nombre sobreviva a un apagón; si el sistema no sabe, qué remedio. */
static void sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static int run_writing(struct as__offload *offload)
{
    struct writing *w = as__container_of(offload, struct writing, offload);
    char *target = NULL, *dir = NULL, *name = NULL;
    struct stat old = {0}; /* sin nada, si no existe */

    int rc = find_target(w->path, &target, &old);
    if (rc < 0)
        goto done;
    dir = directory_of(target);
    if (!dir) {
        rc = UV_ENOMEM;
        goto done;
    }
    /* Si sustituye a otro, nadie más lo abre hasta que tiene los permisos de aquel. */
    int fd = create_beside(dir, old.st_nlink > 0 ? 0600 : 0666, &name);
    if (fd < 0) {
        rc = fd;
        goto done;
    }
    rc = old.st_nlink > 0 ? make_alike(fd, &old, target) : 0;
    if (rc == 0)
        rc = fill_and_sync(w, fd);
    if (close(fd) != 0 && rc == 0)
        rc = as__sys_error();
    if (rc == 0 && atomic_load(&offload->cancelled))
        rc = UV_ECANCELED;
    if (rc == 0 && rename(name, target) != 0)
        rc = as__sys_error();
    if (rc == 0)
        sync_directory(dir);
    else if (name)
        unlink(name);
done:
    free(name);
    free(dir);
    free(target);
    return rc;
}

int as_file_write_all(const char *path, const void *data, size_t size)
{
    struct writing w = {.path = path, .data = data, .size = size};

    as__task_required("as_file_write_all");
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    as__offload_init(&w.offload, run_writing, NULL);
    rc = as__offload_complete(&w.offload, "que se escriba un archivo");
    return as__file_error(rc, "escribir", path);
}
