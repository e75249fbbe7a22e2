#include "grader/shm.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEEDED (1 << 20) /* bytes; una suite usa unos pocos KiB */

/* 0, o el errno de lo que falló. */
static int try(uid_t uid, gid_t gid)
{
    char name[64];
    snprintf(name, sizeof name, "/asinc-grade-%d", (int)getpid());
    if (ag_drop(uid, gid) < 0)
        return EPERM;
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0)
        return errno;
    int rc = posix_fallocate(fd, 0, NEEDED);
    shm_unlink(name);
    close(fd);
    return rc;
}

int gr_shm_check(uid_t uid, gid_t gid, struct gr_error *err)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(try(uid, gid));
    int status = pid > 0 ? ag_wait(pid) : -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return gr_error(
        err,
        "en /dev/shm no se puede escribir (%s), y las pruebas comparten ahí su "
        "memoria.\n"
        "Remedio: sudo mount -o remount,rw,mode=1777 /dev/shm\n"
        "En un contenedor, arráncalo con --tmpfs /dev/shm:rw,mode=1777",
        WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "la comprobación murió");
}
