/* Listas de cadenas y archivos en memoria, con lo que se compone la orden bwrap, y lo que un
 * proceso deja antes de ejecutarla. */
#include "box/internal.h"

#include "base/dir.h"
#include "base/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

void box__add(struct strings *list, const char *format, ...)
{
    if (list->count + 2 > list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->items = ag_grow(list->items, list->capacity, sizeof *list->items);
    }
    va_list args;
    va_start(args, format);
    list->items[list->count++] = ag_vformat(format, args);
    va_end(args);
    list->items[list->count] = NULL;
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

int box__memfd(const char *name, const void *data, size_t size)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = ag_write(fd, data, size);
    if (rc == 0 && lseek(fd, 0, SEEK_SET) < 0)
        rc = -errno;
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

void box__clear_ambient(void)
{
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}
