/* Archivos: copiar y escribir de una vez. */
#include "grader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

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
    int fail = fd < 0 || write_all(fd, data, len) < 0;
    if (fd >= 0)
        fail |= close(fd) < 0;
    return fail ? gr_error(err, "no se puede escribir %s: %s", path, strerror(errno)) : 0;
}

int gr_copy_file(const char *from, const char *to, mode_t mode, struct gr_error *err)
{
    static char buffer[1 << 16];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return gr_error(err, "no se puede leer %s: %s", from, strerror(errno));
    int out = create(to, mode), fail = out < 0;
    while (!fail) {
        ssize_t n = read(in, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            break;
        fail = n < 0 || write_all(out, buffer, (size_t)n) < 0;
    }
    if (out >= 0)
        fail |= close(out) < 0;
    int why = errno;
    close(in);
    return fail ? gr_error(err, "no se puede copiar %s a %s: %s", from, to, strerror(why))
                : 0;
}
