/* Archivos: copiar y escribir de una vez. */
#include "base/dir.h"
#include "grader/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `mode` exacto, sin contar con la umask: como root, quien lo use será otro usuario. */
static int create(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd >= 0 && fchmod(fd, mode) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int gr_write_file(const char *path, const char *data, size_t len, struct gr_error *err)
{
    int fd = create(path, 0644);
    int rc = fd < 0 ? -errno : ag_write(fd, data, len);
    if (fd >= 0 && close(fd) < 0 && rc == 0)
        rc = -errno;
    return rc < 0 ? gr_error(err, "no se puede escribir %s: %s", path, strerror(-rc)) : 0;
}

int gr_copy_file(const char *from, const char *to, mode_t mode, struct gr_error *err)
{
    static char buffer[1 << 16];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return gr_error(err, "no se puede leer %s: %s", from, strerror(errno));
    int out = create(to, mode), rc = out < 0 ? -errno : 0;
    for (ssize_t n = 1; n > 0 && rc == 0;) {
        n = read(in, buffer, sizeof buffer);
        if (n > 0)
            rc = ag_write(out, buffer, (size_t)n);
        else if (n < 0)
            rc = -errno;
    }
    if (out >= 0 && close(out) < 0 && rc == 0)
        rc = -errno;
    close(in);
    return rc < 0
               ? gr_error(err, "no se puede copiar %s a %s: %s%s", from, to,
                          strerror(-rc), rc == -ENOSPC ? ". Prueba con otro TMPDIR" : "")
               : 0;
}
