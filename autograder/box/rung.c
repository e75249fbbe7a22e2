/* Elegir el peldaño: probarlos de arriba abajo y quedarse con el primero que funciona. */
#include "box/rung.h"

#include "base/clock.h"
#include "base/process.h"
#include "box/confine.h"
#include "box/identity.h"
#include "box/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name, *title, *lacks;
} rungs[] = {
    [BOX_NONE] = {"no", "nula", "ve tus archivos y tu red, y nada lo encierra"},
    [BOX_ISOLATED] = {"ya-aislado", "de un sitio ya aislado",
                      "corre con otro usuario y no toca a ningún otro proceso, pero usa "
                      "la red de este sitio, ve qué procesos hay y lee lo que aquí pueda "
                      "leer cualquiera"},
    [BOX_MINIMAL] =
        {"minima", "mínima",
         "no ve más archivos que los suyos, pero usa la red de esta máquina y "
         "ve qué procesos hay, sin poder tocarlos"},
    [BOX_PARTIAL] = {"parcial", "parcial",
                     "ve qué procesos hay en esta máquina, sin poder tocarlos"},
    [BOX_FULL] = {"completa", "completa", NULL},
};
#define N_RUNGS ((int)(sizeof rungs / sizeof *rungs))

const char *box_rung_name(enum box_rung rung)
{
    return rungs[rung].name;
}

const char *box_rung_title(enum box_rung rung)
{
    return rungs[rung].title;
}

enum box_rung box_rung_named(const char *name)
{
    for (int i = 0; name && i < N_RUNGS; i++)
        if (strcmp(name, rungs[i].name) == 0)
            return (enum box_rung)i;
    return BOX_FULL;
}

const char *box_rung_lacks(enum box_rung rung)
{
    return rungs[rung].lacks;
}

/* ---- Por qué no -------------------------------------------------------------------- */

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

static bool in_container(void)
{
    return access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
}

/* AppArmor deja crear el espacio y no usarlo; si es el núcleo quien no deja crearlo, bwrap dice otra
 * cosa. Estas son de Ubuntu 24.04 y del perfil de Docker. */
static bool by_apparmor(const char *said)
{
    return strstr(said, "uid map: Permission denied") ||
           strstr(said, "make / slave: Permission denied");
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
    else if (in_container())
        snprintf(
            why, size,
            "este contenedor no deja hacer la caja completa. Remedio: arráncalo con "
            "--security-opt seccomp=unconfined --security-opt systempaths=unconfined%s "
            "(bwrap dijo: %s)",
            by_apparmor(said) ? " --security-opt apparmor=unconfined" : "", said);
    else if (knob("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) == 1 ||
             by_apparmor(said))
        snprintf(why, size,
                 "AppArmor restringe los espacios de nombres de usuario (Ubuntu 24.04 y "
                 "siguientes). Remedio: un perfil de AppArmor para /usr/bin/bwrap con la "
                 "regla «userns,», o sudo sysctl "
                 "kernel.apparmor_restrict_unprivileged_userns=0 (bwrap dijo: %s)",
                 said);
    else
        snprintf(why, size, "bwrap no pudo crear la caja: %s",
                 *said ? said : "sin explicación");
}

/* ¿Es de las que se pasan? Bajar por una de ellas sería encerrar peor sin motivo. Sin sitio es una,
 * salvo al hacer un espacio de nombres: ahí es que no caben más, y bwrap lo dice con otras palabras. */
static bool passing(const char *said)
{
    static const int errors[] = {EAGAIN, ENOMEM, EMFILE, ENFILE, ENOSPC};
    if (strstr(said, strerrordesc_np(ENOSPC)) && strstr(said, "unshare"))
        return false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strstr(said, strerrordesc_np(errors[i])))
            return true;
    return false;
}

enum { PATIENCE_MS = 2000, PAUSE_MS = 50 };

/* ---- La prueba --------------------------------------------------------------------- */

/* Una interior dentro de una exterior, con bubblewrap. */
static int try_bubblewrap(enum box_rung rung, uid_t uid, gid_t gid, char *why,
                          size_t size)
{
    /* Lo que box_start hace antes de ejecutar bwrap. */
    static const char *const plainly[] = {"/usr/bin/setpriv", "--inh-caps=-all",
                                          "--ambient-caps=-all", NULL};
    static const char *const inside[] = {
        "--unshare-net", "--ro-bind", "/usr",          "/usr",      "--symlink",
        "usr/lib",       "/lib",      "--symlink",     "usr/lib64", "/lib64",
        "--dev",         "/dev",      "--size",        "4096",      "--tmpfs",
        "/tmp",          "--",        "/usr/bin/true", NULL};
    struct strings argv = {0};
    box__outer_profile(&argv, rung, NULL);
    box__add_all(&argv, plainly);
    box__isolation(&argv, rung);
    box__add_all(&argv, inside);
    int out = box__memfd("caja-prueba", "", 0);
    int rc = out < 0 ? out : box__spawn(argv.items, uid, gid, out);
    box__strings_free(&argv);
    if (rc > 0) {
        int status = ag_wait(rc);
        rc = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EACCES;
        if (WIFSIGNALED(status))
            rc = -EAGAIN; /* quien mata así es el núcleo, si falta memoria */
        char said[256];
        ssize_t n = pread(out, said, sizeof said - 1, 0);
        said[n > 0 ? n : 0] = '\0';
        /* La primera línea, sin el «See <...>» que le ponen los de Debian 13 ni punto final. */
        said[strcspn(said, "\n")] = '\0';
        char *see = strstr(said, ". See ");
        size_t end = see ? (size_t)(see - said) : strlen(said);
        said[end - (end > 0 && said[end - 1] == '.')] = '\0';
        if (rc < 0 && passing(said))
            rc = -EAGAIN;
        if (rc == -EAGAIN)
            snprintf(why, size, "%s", *said ? said : "algo mató a bwrap");
        else if (rc < 0)
            explain(said, why, size);
    } else if (rc == -ENOENT) {
        snprintf(why, size,
                 "no está instalado bubblewrap. Remedio: sudo apt install bubblewrap");
    } else {
        snprintf(why, size, "no se pudo ejecutar bwrap: %s", strerror(-rc));
        rc = passing(strerrordesc_np(-rc)) ? -EAGAIN : rc;
    }
    if (out >= 0)
        close(out);
    return rc;
}

/* Las dos de abajo se apoyan en Landlock. */
static int try_landlock(char *why, size_t size)
{
    int version = confine_version();
    if (version >= CONFINE_VERSION)
        return 0;
    if (version < 0)
        snprintf(why, size, "el núcleo no ofrece Landlock (%s)", strerror(-version));
    else
        snprintf(why, size,
                 "el Landlock del núcleo es el %d y hace falta el %d, que llegó con "
                 "Linux 6.12",
                 version, CONFINE_VERSION);
    return -EOPNOTSUPP;
}

/* La de un sitio ya aislado, con otro usuario de verdad. */
static int try_identity(uid_t uid, gid_t gid, char *why, size_t size)
{
    if (geteuid() != 0) {
        snprintf(why, size,
                 "CAJA=ya-aislado necesita empezar como root, para que el programa corra "
                 "con otro usuario. Remedio: repite la orden como root, o quita CAJA");
        return -EPERM;
    }
    int rc = identity_prepare(), status = 0;
    pid_t pid = rc < 0 ? rc : fork();
    if (pid == 0) {
        uid_t other;
        rc = identity_drop(uid, gid);
        if (rc == 0 && (rc = identity_claim(&other)) >= 0)
            rc = identity_become(other, other);
        _exit(rc < 0 ? -rc : 0);
    }
    if (pid > 0)
        status = ag_wait(pid);
    rc = pid < 0 ? (rc < 0 ? rc : -errno) : -WEXITSTATUS(status);
    if (rc < 0)
        snprintf(why, size,
                 "CAJA=ya-aislado no puede dar otro usuario al programa: %s. Remedio: "
                 "arranca este sitio sin quitarle a root sus permisos (en Docker, sin "
                 "--cap-drop) y con " IDENTITY_DIR " solo para root",
                 strerror(-rc));
    return rc;
}

static int try_once(enum box_rung rung, uid_t uid, gid_t gid, char *why, size_t size)
{
    if (rung == BOX_ISOLATED)
        return try_identity(uid, gid, why, size);
    int rc = rung == BOX_FULL ? 0 : try_landlock(why, size);
    return rc == 0 && rung >= BOX_PARTIAL ? try_bubblewrap(rung, uid, gid, why, size)
                                          : rc;
}

/* Espera a que se pase lo que se pasa. */
static int try(enum box_rung rung, uid_t uid, gid_t gid, char *why, size_t size)
{
    double until = ag_ms() + PATIENCE_MS;
    int rc;
    while ((rc = try_once(rung, uid, gid, why, size)) == -EAGAIN && ag_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    if (rc == 0)
        *why = '\0'; /* lo que dijo antes ya se pasó */
    if (rc == -EAGAIN && strlen(why) < size / 2) {
        char *said = strdup(why);
        snprintf(
            why, size,
            "a esta máquina le faltan ahora memoria o procesos (%s). Remedio: cierra "
            "otros programas, libera espacio y repite",
            said ? said : "");
        free(said);
    }
    return rc;
}

int box_choose(enum box_rung highest, uid_t uid, gid_t gid, enum box_rung *rung,
               char *why, size_t size)
{
    char last[600] = "";
    *why = '\0';
    if (geteuid() == 0 && uid == 0) {
        snprintf(why, size,
                 "la caja no se usa como root: hace falta un usuario sin privilegios");
        return -EPERM;
    }
    /* En las que no encierran del todo no se cae: se piden. */
    enum box_rung lowest = highest > BOX_MINIMAL ? BOX_MINIMAL : highest;
    int rc = -EINVAL;
    for (*rung = highest; *rung > BOX_NONE && *rung >= lowest; --*rung) {
        bool first = *rung == highest;
        rc = try(*rung, uid, gid, first ? why : last, first ? size : sizeof last);
        if (rc == 0 || rc == -ENOENT)
            return rc;
        if (rc == -EAGAIN)
            break; /* bajar por algo que se pasa sería encerrar peor */
    }
    size_t used = strlen(why);
    if (*last && used < size)
        snprintf(why + used, size - used, ". Tampoco una menor: %s", last);
    return rc;
}
