/* La caja exterior. */
#include "box/outer.h"

#include "base/process.h"
#include "box/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSIDE_VARIABLE "ASINC_OUTER"
#define TCP_BYTES       "524288"
#define TMP_BYTES       "536870912" /* 512 MiB: lo de todas las pruebas de un laboratorio */

void box__outer_profile(struct strings *argv, enum box_rung rung, const char *keep)
{
    /* /tmp y /dev/shm propios: Criterion nombra ahí su socket y su memoria por el pid, y dos
     * exteriores a la vez repiten pids. Sin esto una suite recibiría los mensajes de otra.
     * Y lo que se presta a los programas está ahí: entre todos no pasan de ese tamaño, y
     * desaparece con la caja, muera como muera. */
    static const char *const profile[] = {"bwrap",
                                          "--unshare-user",
                                          "--unshare-net",
                                          "--die-with-parent",
                                          "--dev-bind",
                                          "/",
                                          "/",
                                          "--size",
                                          TMP_BYTES,
                                          "--tmpfs",
                                          "/tmp",
                                          "--setenv",
                                          "TMPDIR",
                                          "/tmp",
                                          "--tmpfs",
                                          "/dev/shm",
                                          NULL};
    /* Si el corrector cae, no le sobrevive ni su PostgreSQL. */
    static const char *const processes[] = {"--unshare-pid", "--proc", "/proc", NULL};
    box__add_all(argv, profile);
    if (rung == BOX_FULL)
        box__add_all(argv, processes);
    if (keep && strncmp(keep, "/tmp/", 5) == 0) {
        box__add(argv, "--bind");
        box__add(argv, "%s", keep);
        box__add(argv, "%s", keep);
    }
    /* Para box_new_network y box_ration. Quien esté dentro los tiene en su espacio de usuarios y en ningún
     * otro; box_start no se los da a ningún programa. */
    box__add(argv, "--cap-add");
    box__add(argv, "CAP_SYS_ADMIN");
    box__add(argv, "--cap-add");
    box__add(argv, "CAP_NET_ADMIN");
    box__add(argv, "--cap-add");
    box__add(argv, "CAP_SYS_RESOURCE");
    box__add(argv, "--setenv");
    box__add(argv, INSIDE_VARIABLE);
    box__add(argv, "1");
    box__add(argv, "--");
}

bool box_inside_outer(void)
{
    if (!getenv(INSIDE_VARIABLE))
        return false;
    struct if_nameindex *interfaces = if_nameindex();
    bool only_lo = interfaces != NULL;
    for (struct if_nameindex *i = interfaces; i && i->if_index; i++)
        only_lo &= strcmp(i->if_name, "lo") == 0;
    if_freenameindex(interfaces);
    return only_lo;
}

/* ---- Una red para cada prueba --------------------------------------------------------- */

static void drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    box__clear_ambient();
    syscall(SYS_capset, &head, none);
}

/* Una red nueva nace con lo apagado. */
static int lift_loopback(void)
{
    struct ifreq lo = {.ifr_name = "lo"};
    int rc = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (ioctl(fd, SIOCGIFFLAGS, &lo) < 0)
        rc = -errno;
    lo.ifr_flags |= IFF_UP;
    if (rc == 0 && ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
        rc = -errno;
    close(fd);
    return rc;
}

/* Escribe en un archivo de /proc/sys, que bwrap deja tapado de solo lectura. Donde no se puede, no:
 * queda lo que cuentan el runner y el grupo de control. */
static void set_knob(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 && errno == EROFS && umount2("/proc/sys", MNT_DETACH) == 0)
        fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, value, strlen(value)) < 0)
        errno = 0; /* se vive igual */
    if (fd >= 0)
        close(fd);
}

int box_new_network(void)
{
    int rc = unshare(CLONE_NEWNET) < 0 ? -errno : lift_loopback();
    /* Los búferes de TCP crecen solos, hasta 6 MiB cada uno: en bucle no hace falta. */
    set_knob("/proc/sys/net/ipv4/tcp_rmem", "4096 131072 " TCP_BYTES);
    set_knob("/proc/sys/net/ipv4/tcp_wmem", "4096 16384 " TCP_BYTES);
    drop_capabilities();
    return rc;
}

void box_ration(void)
{
    set_knob("/proc/sys/user/max_inotify_instances", "128");
    set_knob("/proc/sys/user/max_inotify_watches", "8192");
}

pid_t box__spawn(char *const *argv, uid_t uid, gid_t gid, int out)
{
    int error_pipe[2], error = 0;
    if (pipe2(error_pipe, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int rc = ag_drop(uid, gid);
        if (out >= 0) {
            dup2(out, 1);
            dup2(out, 2);
            setenv("LC_ALL", "C", 1); /* lo que diga se lee en inglés */
        }
        box__clear_ambient(); /* si ya estamos en una */
        if (rc == 0) {
            execvp(argv[0], argv);
            rc = -errno;
        }
        if (write(error_pipe[1], &rc, sizeof rc) < 0)
            _exit(126);
        _exit(127);
    }
    if (pid < 0)
        error = -errno;
    close(error_pipe[1]);
    if (pid > 0 && read(error_pipe[0], &error, sizeof error) == sizeof error)
        ag_wait(pid);
    close(error_pipe[0]);
    return error < 0 ? error : pid;
}

int box_outer_run(char *const *argv, enum box_rung rung, uid_t uid, gid_t gid,
                  int *status)
{
    if (geteuid() == 0 && uid == 0)
        return -EPERM;
    char *keep = realpath(argv[0], NULL);
    if (!keep)
        return -errno;
    *strrchr(keep, '/') = 0;
    struct strings command = {0};
    box__outer_profile(&command, rung, keep);
    free(keep);
    for (; *argv; argv++)
        box__add(&command, "%s", *argv);
    sigset_t watched, before;
    sigemptyset(&watched);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGHUP);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watched, &before);
    pid_t pid = box__spawn(command.items, uid, gid, -1);
    box__strings_free(&command);
    while (pid > 0 && waitpid(pid, status, WNOHANG) == 0) {
        int signum = sigwaitinfo(&watched, NULL);
        if (signum > 0 && signum != SIGCHLD)
            kill(pid, signum);
    }
    /* Ctrl+C llega dos veces, por la terminal y por aquí: la repetida no debe matarnos. */
    struct timespec now = {0};
    while (sigtimedwait(&watched, NULL, &now) > 0)
        ;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid < 0 ? pid : 0;
}
