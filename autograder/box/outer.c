/* La caja exterior, y la prueba de que este sistema puede hacer cajas. */
#include "box.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSIDE_VARIABLE "ASINC_OUTER"

void box__outer_profile(struct strings *argv, const char *keep)
{
    /* --unshare-pid: si el corrector cae, no le sobrevive ni su PostgreSQL.
     * /tmp y /dev/shm propios: Criterion nombra ahí su socket y su memoria por el pid, y dos
     * exteriores a la vez repiten pids. Sin esto una suite recibiría los mensajes de otra. */
    static const char *const profile[] = {"bwrap",
                                          "--unshare-user",
                                          "--unshare-net",
                                          "--unshare-pid",
                                          "--die-with-parent",
                                          "--dev-bind",
                                          "/",
                                          "/",
                                          "--proc",
                                          "/proc",
                                          "--tmpfs",
                                          "/tmp",
                                          "--tmpfs",
                                          "/dev/shm",
                                          NULL};
    box__add_all(argv, profile);
    if (keep && strncmp(keep, "/tmp/", 5) == 0) {
        box__add(argv, "--bind");
        box__add(argv, "%s", keep);
        box__add(argv, "%s", keep);
    }
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

/* Lanza `argv` como `uid`. `out` >= 0 recibe lo que escriba. Devuelve el pid o -errno,
 * que incluye no haber podido cambiar de usuario o ejecutar bwrap. */
static pid_t spawn(char *const *argv, uid_t uid, gid_t gid, int out)
{
    int error_pipe[2], error = 0;
    if (pipe2(error_pipe, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int rc = box_drop(uid, gid);
        if (out >= 0) {
            dup2(out, 1);
            dup2(out, 2);
        }
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
        waitpid(pid, NULL, 0);
    close(error_pipe[0]);
    return error < 0 ? error : pid;
}

int box_outer_run(char *const *argv, uid_t uid, gid_t gid, int *status)
{
    if (geteuid() == 0 && uid == 0)
        return -EPERM;
    char *keep = realpath(argv[0], NULL);
    if (!keep)
        return -errno;
    *strrchr(keep, '/') = 0;
    struct strings command = {0};
    box__outer_profile(&command, keep);
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
    pid_t pid = command.failed ? -ENOMEM : spawn(command.items, uid, gid, -1);
    box__strings_free(&command);
    while (pid > 0 && waitpid(pid, status, WNOHANG) == 0) {
        int signum = sigwaitinfo(&watched, NULL);
        if (signum > 0 && signum != SIGCHLD)
            kill(pid, signum);
    }
    /* Ctrl+C llega dos veces, por la terminal y por aquí: la repetida no debe matarnos.
     */
    struct timespec now = {0};
    while (sigtimedwait(&watched, NULL, &now) > 0)
        ;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid < 0 ? pid : 0;
}

/* ---- La prueba --------------------------------------------------------------------- */

/* Valor de un archivo de /proc/sys; `absent` si no existe. */
static long knob(const char *path, long absent)
{
    char text[32];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return absent;
    text[n] = '\0';
    return strtol(text, NULL, 10);
}

/* Traduce el fallo de bwrap a una causa y su remedio. */
static void explain(const char *said, char *why, size_t size)
{
    if (knob("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0)
        snprintf(why, size,
                 "el sistema prohíbe los espacios de nombres de usuario. Remedio: "
                 "sudo sysctl kernel.unprivileged_userns_clone=1");
    else if (knob("/proc/sys/user/max_user_namespaces", 1) == 0)
        snprintf(why, size,
                 "el sistema no permite ningún espacio de nombres de usuario. Remedio: "
                 "sudo sysctl user.max_user_namespaces=10000");
    else if (knob("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 1)
        snprintf(why, size,
                 "AppArmor restringe los espacios de nombres de usuario (Ubuntu 24.04 y "
                 "siguientes). Remedio: un perfil de AppArmor para /usr/bin/bwrap con la "
                 "regla «userns,», o sudo sysctl "
                 "kernel.apparmor_restrict_unprivileged_userns=0 (bwrap dijo: %s)",
                 said);
    else if (access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0)
        snprintf(
            why, size,
            "este contenedor no deja crear espacios de nombres. Remedio: arráncalo con "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined "
            "--security-opt systempaths=unconfined (bwrap dijo: %s)",
            said);
    else
        snprintf(why, size, "bwrap no pudo crear la caja: %s",
                 *said ? said : "sin explicación");
}

int box_probe(uid_t uid, gid_t gid, char *why, size_t size)
{
    static const char *const inner[] = {"bwrap",
                                        "--unshare-user",
                                        "--unshare-pid",
                                        "--unshare-ipc",
                                        "--unshare-uts",
                                        "--unshare-net",
                                        "--disable-userns",
                                        "--die-with-parent",
                                        "--cap-drop",
                                        "ALL",
                                        "--uid",
                                        "1000",
                                        "--gid",
                                        "1000",
                                        "--ro-bind",
                                        "/",
                                        "/",
                                        "--proc",
                                        "/proc",
                                        "--dev",
                                        "/dev",
                                        "--size",
                                        "4096",
                                        "--tmpfs",
                                        "/tmp",
                                        "--",
                                        "/usr/bin/true",
                                        NULL};
    *why = '\0';
    if (geteuid() == 0 && uid == 0) {
        snprintf(why, size,
                 "la caja no se usa como root: hace falta un usuario sin privilegios");
        return -EPERM;
    }
    struct strings argv = {0};
    box__outer_profile(&argv, NULL);
    box__add_all(&argv, inner);
    int out = box__memfd("caja-prueba", "", 0);
    int rc = argv.failed ? -ENOMEM : out < 0 ? out : spawn(argv.items, uid, gid, out);
    box__strings_free(&argv);
    int status = 0;
    if (rc > 0) {
        waitpid(rc, &status, 0);
        rc = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EACCES;
        char said[256];
        ssize_t n = pread(out, said, sizeof said - 1, 0);
        said[n > 0 ? n : 0] = '\0';
        said[strcspn(said, "\n")] = '\0';
        if (rc < 0)
            explain(said, why, size);
    } else if (rc == -ENOENT) {
        snprintf(why, size,
                 "no está instalado bubblewrap. Remedio: sudo apt install bubblewrap");
    } else {
        snprintf(why, size, "no se pudo ejecutar bwrap: %s", strerror(-rc));
    }
    if (out >= 0)
        close(out);
    return rc;
}
