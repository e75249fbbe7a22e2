/* Con quién y en qué caja se califica. */
#include "grader/config.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "box/identity.h"
#include "grader/report.h"
#include "grader/shm.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, WARNING_COLUMNS = 80 };

static uint32_t id_from(const char *name)
{
    const char *text = getenv(name);
    char *end;
    unsigned long n = text ? strtoul(text, &end, 10) : 0;
    return text && *text && !*end && n > 0 && n < UINT32_MAX ? (uint32_t)n : NOBODY;
}

/* Escribe en los errores un aviso, partido en líneas. */
static void warn(const char *text)
{
    fputs("AVISO: ", stderr);
    gr_text_wrap(stderr, "", text, WARNING_COLUMNS);
}

/* El peldaño más alto que se pueda. Sin caja solo se califica si se pidió por su nombre. */
static int choose_rung(struct gr_config *cfg, enum box_rung highest, bool aloud,
                       struct gr_error *err)
{
    char why[1200];
    cfg->rung = highest;
    if (cfg->rung == BOX_NONE) {
        if (aloud)
            warn("se califica sin caja, porque lo pediste. El programa verá tus archivos "
                 "y "
                 "tu red: hazlo solo con código tuyo.");
        return 0;
    }
    int rc = box_choose(highest, cfg->uid, cfg->gid, &cfg->rung, why, sizeof why);
    /* En una clase, otra caja sería otra nota. */
    if (cfg->exact && (rc < 0 || cfg->rung != highest))
        return gr_error(err, "ahora no se puede la caja %s, y se pidió esa: %s.",
                        box_rung_title(highest), why);
    if (rc < 0)
        return highest == BOX_ISOLATED
                   ? gr_error(err, "%s.", why)
                   : gr_error(err,
                              "aquí no se puede encerrar al programa: %s.\n"
                              "Si el código es tuyo, califícalo sin caja con «make grade "
                              "CAJA=no»:\n"
                              "verá tus archivos y tu red, y el informe lo dirá.",
                              why);
    if (*why && aloud) {
        char *text = ag_format(
            "se califica en la caja %s: el programa %s. No se puede en "
            "la %s: %s.",
            box_rung_title(cfg->rung), box_rung_lacks(cfg->rung), box_rung_title(highest),
            why);
        warn(text);
        free(text);
    }
    return 0;
}

/* ¿Entra en esa carpeta un usuario como los de los programas? Si no se sabe, -1. */
static int stranger_enters(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        uid_t id;
        if (identity_claim(&id) < 0 || identity_become(id, id) < 0)
            _exit(2);
        _exit(access(path, X_OK) == 0 || access(path, R_OK) == 0);
    }
    int status = pid > 0 ? ag_wait(pid) : -1;
    return WIFEXITED(status) && WEXITSTATUS(status) < 2 ? WEXITSTATUS(status) : -1;
}

int gr_check_closed(const struct gr_config *cfg, const char *path, struct gr_error *err)
{
    char real[PATH_MAX];
    if (cfg->rung != BOX_ISOLATED || !realpath(path, real))
        return 0;
    int enters = stranger_enters(real);
    if (enters < 0)
        return gr_error(err, "no se puede saber quién entra en %s: repite", real);
    return enters == 0 ? 0
                       : gr_error(err,
                                  "con CAJA=ya-aislado nada esconde al programa los "
                                  "archivos de este sitio, y en %s entra cualquier "
                                  "usuario. Remedio: chmod 700 '%s'",
                                  real, real);
}

/* Lo que pide un sitio ya aislado: el curso cerrado y un TMPDIR por el que se pase. */
static int check_site(const struct gr_config *cfg, struct gr_error *err)
{
    if (cfg->rung != BOX_ISOLATED)
        return 0;
    if (stranger_enters(ag_tmp()) == 0)
        return gr_error(err,
                        "con CAJA=ya-aislado el programa es de otro usuario y no puede "
                        "entrar en %s. Remedio: TMPDIR=/tmp",
                        ag_tmp());
    return gr_check_closed(cfg, ".", err);
}

/* ASan reserva terabytes de direcciones: con un tope, el programa moriría sin culpa. El que se puede
 * quitar, se quita. */
static int lift_memory_limits(struct gr_error *err)
{
    static const int limits[] = {RLIMIT_AS, RLIMIT_DATA};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit now;
        if (getrlimit(limits[i], &now) < 0 || now.rlim_cur == RLIM_INFINITY)
            continue;
        now.rlim_cur = RLIM_INFINITY;
        if (now.rlim_max == RLIM_INFINITY || geteuid() == 0)
            now.rlim_max = RLIM_INFINITY;
        if (now.rlim_max != RLIM_INFINITY || setrlimit(limits[i], &now) < 0)
            return gr_error(err,
                            "esta terminal limita la memoria de los programas (ulimit "
                            "-%c), y las pruebas de memoria no arrancan así. Remedio: "
                            "repítelo en otra sin ese límite; la caja ya pone el suyo",
                            limits[i] == RLIMIT_AS ? 'v' : 'd');
    }
    return 0;
}

/* Con menos de los que pide un laboratorio, quien los gasta parecería el programa. El límite blando se
 * sube hasta ahí; el duro, solo siendo root. */
int gr_lift_files(const struct labs *labs, struct gr_error *err)
{
    enum { ROUND = 1024 };
    const struct lab *most = &labs->v[0];
    for (size_t i = 1; i < labs->n; i++)
        if (labs->v[i].files > most->files)
            most = &labs->v[i];
    rlim_t wanted = (rlim_t)most->files;
    struct rlimit now;
    if (getrlimit(RLIMIT_NOFILE, &now) < 0 || now.rlim_cur >= wanted)
        return 0;
    rlim_t fit = now.rlim_max;
    now.rlim_cur = wanted;
    if (now.rlim_max < wanted)
        now.rlim_max = wanted;
    if (setrlimit(RLIMIT_NOFILE, &now) == 0)
        return 0;
    int ask = most->files > ROUND ? most->files : ROUND;
    return gr_error(
        err,
        "el laboratorio %s pide %d archivos abiertos por proceso y aquí caben "
        "%ju. Remedio: en otra terminal, ulimit -n %d; si no lo admite, es el "
        "límite duro, y lo sube quien administra la máquina (en Docker, --ulimit "
        "nofile=%d)",
        most->id, most->files, (uintmax_t)fit, ask, ask);
}

/* Siendo root, un usuario que nadie más tiene mientras dure: lo que el núcleo reparte por usuario
 * (vigilancias, tuberías, avisos) no lo comparten dos calificaciones. Si no se puede, el de siempre. */
static void choose_user(struct gr_config *cfg)
{
    uid_t own;
    cfg->claim = -1;
    cfg->drop = geteuid() == 0;
    cfg->uid = cfg->drop ? id_from("SUDO_UID") : geteuid();
    cfg->gid = cfg->drop ? id_from("SUDO_GID") : getegid();
    if (cfg->drop && identity_prepare() == 0 && (cfg->claim = identity_claim(&own)) >= 0)
        cfg->uid = cfg->gid = own;
}

int gr_configure(struct gr_config *cfg, enum box_rung highest, bool aloud,
                 struct gr_error *err)
{
    choose_user(cfg);
    if (lift_memory_limits(err) < 0 || choose_rung(cfg, highest, aloud, err) < 0 ||
        check_site(cfg, err) < 0)
        return -1;
    if (cfg->rung == BOX_ISOLATED && aloud) {
        char *text = ag_format("se califica como en un sitio ya aislado, porque lo "
                               "pediste: el programa %s.",
                               box_rung_lacks(BOX_ISOLATED));
        warn(text);
        free(text);
    }
    /* La caja exterior trae la suya. */
    return cfg->rung < BOX_PARTIAL ? gr_shm_check(cfg->uid, cfg->gid, err) : 0;
}
