#include "box/executioner.h"

#include "box/confine.h"
#include "box/identity.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

bool executioner_needed(enum box_rung rung)
{
    return rung > BOX_NONE && rung < BOX_FULL;
}

/* Sin espacio de procesos, kill(-1) alcanzaría a todos los del usuario. Salvo desde un proceso
 * que solo puede mandar señales a los que nacen con él, o que es de otro usuario con el que solo
 * alcanza a los del programa. Es hermano del programa, que se encierra después y no puede
 * devolverle el golpe. Los mata a todos a la vez. */
pid_t executioner_start(enum box_rung rung, const struct identity *who, int order_fd)
{
    bool isolated = rung == BOX_ISOLATED;
    int rc = isolated ? 0 : confine_signals();
    if (rc < 0)
        return rc;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid != 0)
        return pid < 0 ? -errno : pid;
    for (int fd = 0; fd < order_fd; fd++)
        if (!isolated || fd != who->claim)
            close(fd);
    close_range((unsigned)order_fd + 1, ~0U, 0);
    if (isolated && identity_become_executioner(who->uid, who->group) < 0)
        _exit(1);
    char never;
    while (read(order_fd, &never, 1) < 0 && errno == EINTR)
        ;
    if (isolated)
        identity_erase(who->uid);
    else
        kill(-1, SIGKILL);
    _exit(0);
}
