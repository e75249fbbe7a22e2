/* Piezas pequeñas de la biblioteca de la caja. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_CLOSED 1000 /* directorios sin permisos que se abren para borrarlos */

void box__add(struct strings *list, const char *format, ...)
{
    if (list->failed)
        return;
    if (list->count + 2 > list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        char **bigger = realloc(list->items, capacity * sizeof *bigger);
        if (!bigger) {
            list->failed = true;
            return;
        }
        list->items = bigger;
        list->capacity = capacity;
    }
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        list->failed = true;
    else
        list->items[list->count++] = text;
    list->items[list->count] = NULL;
    va_end(args);
}

void box__add_all(struct strings *list, const char *const *items)
{
    for (; *items; items++)
        box__add(list, "%s", *items);
}

void box__strings_free(struct strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct strings){0};
}

int64_t box__now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int box__memfd(const char *name, const void *data, size_t size)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0) {
        int rc = errno ? -errno : -ENOSPC;
        close(fd);
        return rc;
    }
    return fd;
}

int box_drop(uid_t uid, gid_t gid)
{
    if (geteuid() != 0)
        return 0;
    if (uid == 0)
        return -EPERM;
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
        setresuid(uid, uid, uid) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    return 0;
}

/* Un directorio cerrado no se ha podido recorrer: se abre y se vuelve a empezar. */
static int open_up(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    if (kind == FTW_D || kind == FTW_DNR)
        chmod(path, 0700);
    return kind == FTW_DNR;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    remove(path);
    return 0;
}

void box_remove_tree(const char *path)
{
    for (int i = 0; i < MAX_CLOSED; i++)
        if (nftw(path, open_up, 16, FTW_PHYS | FTW_MOUNT) <= 0)
            break;
    nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
}
