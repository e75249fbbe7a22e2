#include "base/process.h"
#include "base/memory.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int ag_drop(uid_t uid, gid_t gid)
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

int ag_wait(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

void ag_kill_children(void)
{
    static const struct timespec pause = {.tv_nsec = 2000000};
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    for (;;) {
        FILE *f = fopen(path, "re");
        int pid;
        while (f && fscanf(f, "%d", &pid) == 1)
            kill(pid, SIGKILL);
        if (f)
            fclose(f);
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            ;
        if (pid < 0)
            return;
        nanosleep(&pause, NULL); /* mueren ya, y sus hijos pasan a ser nuestros */
    }
}

char *ag_read_all(int fd, size_t max)
{
    char *text = ag_alloc(1, 1), chunk[4096];
    size_t size = 0;
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) != 0;) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        size_t kept = (size_t)n < max - size ? (size_t)n : max - size;
        text = ag_grow(text, size + kept + 1, 1);
        memcpy(text + size, chunk, kept);
        size += kept;
        text[size] = '\0';
    }
    return text;
}
