#include "base/dir.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *ag_tmp(void)
{
    const char *tmp = getenv("TMPDIR");
    return tmp && *tmp == '/' ? tmp : "/tmp";
}

int ag_temp_dir(const char *name, char **path)
{
    *path = ag_format("%s/%s-XXXXXX", ag_tmp(), name);
    if (mkdtemp(*path))
        return 0;
    int rc = -errno;
    free(*path);
    *path = NULL;
    return rc;
}

int ag_make_parents(const char *path, mode_t mode)
{
    char *copy = ag_format("%s", path);
    int rc = 0;
    for (char *slash = strchr(copy + 1, '/'); slash && rc == 0;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, mode) < 0 && errno != EEXIST)
            rc = -errno;
        *slash = '/';
    }
    free(copy);
    return rc;
}

long ag_room_mib(const char *path)
{
    enum { FEW_FILES = 64 };
    struct statvfs fs;
    /* Hay sistemas de archivos que no cuentan lo que no limitan. */
    if (statvfs(path, &fs) < 0 || fs.f_blocks == 0)
        return LONG_MAX;
    if (fs.f_files > 0 && fs.f_favail < FEW_FILES)
        return 0;
    return (long)(fs.f_bavail * fs.f_frsize >> 20);
}

/* ---- Borrar ------------------------------------------------------------------------- */

/*
 * Un programa puede dejar carpetas tan hondas que ninguna ruta llegue a ellas, o sin permisos.
 * Por eso no se baja: las carpetas que hay dentro de otra se suben a la primera, con otro
 * nombre, y así se vacían una a una. Bastan dos descriptores y nombres de una sola pieza.
 */

/* Abre una carpeta de `dir`, que quizá quedó cerrada. El descriptor, o -1. */
static int open_folder(int dir, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    struct stat here, there;
    int fd = openat(dir, name, flags);
    if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0700, 0) == 0)
        fd = openat(dir, name, flags);
    if (fd < 0)
        return -1;
    fchmod(fd, 0700); /* para sacar lo que tiene, y para poder moverla */
    if (dir == AT_FDCWD ||
        (fstat(dir, &here) == 0 && fstat(fd, &there) == 0 && here.st_dev == there.st_dev))
        return fd;
    close(fd); /* otro sistema de archivos: no es nuestro */
    return -1;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Mueve una carpeta a `top`, con un nombre libre. */
static void move_up(int from, const char *name, int top, unsigned *moved)
{
    char new[32];
    for (unsigned i = *moved;; i++) {
        snprintf(new, sizeof new, ".%u", i);
        if (renameat2(from, name, top, new, RENAME_NOREPLACE) == 0) {
            *moved = i + 1;
            return;
        }
        if (errno != EEXIST)
            return;
    }
}

/* Borra lo que hay en la carpeta `fd` (y la cierra); lo que sean carpetas, a `top`. */
static void empty_folder(int top, int fd, unsigned *moved)
{
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(folder));) {
        if (is_dots(e->d_name) || unlinkat(fd, e->d_name, 0) == 0)
            continue;
        int child = open_folder(fd, e->d_name); /* moverla exige poder escribir en ella */
        if (child < 0)
            continue;
        close(child);
        move_up(fd, e->d_name, top, moved);
    }
    closedir(folder);
}

/* Una pasada por la carpeta de arriba. Cuántas cosas quitó o movió. */
static size_t remove_pass(int top, unsigned *moved)
{
    size_t removed = 0;
    unsigned before = *moved;
    int copy = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy < 0 ? NULL : fdopendir(copy);
    if (!folder) {
        if (copy >= 0)
            close(copy);
        return 0;
    }
    for (struct dirent *e; (e = readdir(folder));) {
        if (is_dots(e->d_name))
            continue;
        if (unlinkat(top, e->d_name, 0) == 0) {
            removed++;
            continue;
        }
        int fd = open_folder(top, e->d_name);
        if (fd >= 0)
            empty_folder(top, fd, moved);
        removed += unlinkat(top, e->d_name, AT_REMOVEDIR) == 0;
    }
    closedir(folder);
    return removed + (*moved - before);
}

void ag_remove_tree(const char *path)
{
    unsigned moved = 0;
    int top = open_folder(AT_FDCWD, path);
    if (top >= 0) {
        while (remove_pass(top, &moved) > 0)
            ;
        close(top);
    }
    remove(path);
}

/* ---- Leer y escribir ---------------------------------------------------------------- */

int ag_open_beneath(int dir, const char *name, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    };
    int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof how);
    return fd < 0 ? -errno : fd;
}

/* Lee `fd` entero. El tamaño pudo cambiar desde fstat: manda lo que se lee, y con `whole`
 * un byte de más ya sobra. */
static int read_all(int fd, size_t expected, bool whole, char **data, size_t *size)
{
    size_t len = 0;
    char *bytes = ag_alloc(expected + 2, 1);
    while (len < expected + 1) {
        ssize_t n = read(fd, bytes + len, expected + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int rc = -errno;
            free(bytes);
            return rc;
        }
        if (n == 0)
            break;
        len += (size_t)n;
    }
    if (len > expected && whole) {
        free(bytes);
        return -EFBIG;
    }
    if (len > expected)
        len = expected;
    bytes[len] = '\0';
    *data = bytes;
    *size = len;
    return 0;
}

/* Con `whole`, uno más largo es un error; si no, se toma su principio. */
static int read_some(const char *dir, const char *name, size_t max, bool whole,
                     char **data, size_t *size)
{
    struct stat st;
    int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir_fd < 0)
        return -errno;
    int fd = ag_open_beneath(dir_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    close(dir_fd);
    if (fd < 0)
        return fd;
    int rc;
    if (fstat(fd, &st) < 0)
        rc = -errno;
    else if (!S_ISREG(st.st_mode))
        rc = -EINVAL;
    else if (whole && (size_t)st.st_size > max)
        rc = -EFBIG;
    else
        rc = read_all(fd, (size_t)st.st_size < max ? (size_t)st.st_size : max, whole,
                      data, size);
    close(fd);
    return rc;
}

int ag_read_file(const char *dir, const char *name, size_t max, char **data, size_t *size)
{
    return read_some(dir, name, max, true, data, size);
}

int ag_read_start(const char *dir, const char *name, size_t max, char **data,
                  size_t *size)
{
    return read_some(dir, name, max, false, data, size);
}

int ag_write(int fd, const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}
