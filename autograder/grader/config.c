/* Con quién y en qué caja se califica. */
#include "grader/config.h"
#include "base/memory.h"
#include "grader/report.h"
#include "grader/shm.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
    if (box_choose(highest, cfg->uid, cfg->gid, &cfg->rung, why, sizeof why) < 0)
        return gr_error(
            err,
            "aquí no se puede encerrar al programa: %s.\n"
            "Si el código es tuyo, califícalo sin caja con «make grade CAJA=no»:\n"
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

int gr_configure(struct gr_config *cfg, enum box_rung highest, bool aloud,
                 struct gr_error *err)
{
    cfg->drop = geteuid() == 0;
    cfg->uid = cfg->drop ? id_from("SUDO_UID") : geteuid();
    cfg->gid = cfg->drop ? id_from("SUDO_GID") : getegid();
    if (choose_rung(cfg, highest, aloud, err) < 0)
        return -1;
    /* La caja exterior trae la suya. */
    return cfg->rung < BOX_PARTIAL ? gr_shm_check(cfg->uid, cfg->gid, err) : 0;
}
