/* Leer un archivo de un directorio en el que escribió un programa en el que no confiamos.
 */
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int box_read_file(const char *dir, const char *name, size_t max, char **data,
                  size_t *size)
{
    int rc, fd = -1, dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return -errno;
    struct open_how how = {
        .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    };
    struct stat st;
    char *buf = NULL;
    fd = (int)syscall(SYS_openat2, dir_fd, name, &how, sizeof how);
    if (fd < 0 || fstat(fd, &st) < 0) {
        rc = -errno;
        goto done;
    }
    if (!S_ISREG(st.st_mode)) {
        rc = -EINVAL;
        goto done;
    }
    if (st.st_size < 0 || (unsigned long long)st.st_size > max) {
        rc = -EFBIG;
        goto done;
    }
    /* El tamaño pudo cambiar desde fstat: manda lo que se lee, y un byte de más ya sobra.
     */
    size_t capacity = (size_t)st.st_size + 1, len = 0;
    buf = malloc(capacity + 1);
    if (!buf) {
        rc = -ENOMEM;
        goto done;
    }
    while (len < capacity) {
        ssize_t n = read(fd, buf + len, capacity - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            rc = -errno;
            goto done;
        }
        if (n == 0)
            break;
        len += (size_t)n;
    }
    if (len > (size_t)st.st_size) {
        rc = -EFBIG;
        goto done;
    }
    buf[len] = '\0';
    *data = buf;
    *size = len;
    buf = NULL;
    rc = 0;

done:
    free(buf);
    if (fd >= 0)
        close(fd);
    close(dir_fd);
    return rc;
}
