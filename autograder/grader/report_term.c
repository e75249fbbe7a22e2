/* El informe en la terminal: en qué etapa está cada laboratorio, lo primero que falla y qué
 * hacer ahora. */
#include "base/memory.h"
#include "box/rung.h"
#include "grader/job.h"
#include "grader/report.h"

#include <stdlib.h>

static void put_total(const struct gr_screen *s, const struct gr_job *jobs, size_t n)
{
    int total = 0, max = 0, ungraded = 0;
    for (size_t i = 0; i < n; i++) {
        total += jobs[i].points;
        max += jobs[i].max;
        ungraded += jobs[i].ungraded;
    }
    fprintf(s->out, "%sTOTAL %d/%d%s\n", s->style.bold, total, max, s->style.off);
    if (!ungraded)
        return;
    char *text = ag_format("%d %s sin calificar: el corrector falló. Siguen en el total: "
                           "repite la calificación para ganarlos.",
                           ungraded, gr_points_word(ungraded));
    fputs(s->style.warn, s->out);
    gr_text_wrap(s->out, "", text, s->cols);
    fputs(s->style.off, s->out);
    free(text);
}

const char *gr_memory_law(bool group)
{
    return group ? "La memoria la contó el núcleo, con un grupo de control"
                 : "La memoria la contó el corrector: aquí no hay grupo de control";
}

static void put_rung(const struct gr_screen *s, FILE *out, enum box_rung rung)
{
    if (rung == BOX_FULL)
        return;
    char *text = rung == BOX_NONE
                     ? ag_format("Calificado sin caja: el programa %s.",
                                 box_rung_lacks(rung))
                     : ag_format("Calificado en la caja %s%s: el programa %s.",
                                 box_rung_title(rung),
                                 rung == BOX_ISOLATED ? ", como se pidió" : "",
                                 box_rung_lacks(rung));
    fputs(s->style.warn, out);
    gr_text_wrap(out, "", text, s->cols);
    fputs(s->style.off, out);
    free(text);
}

void gr_report_term(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg, int64_t elapsed_ms)
{
    struct gr_screen s = gr_screen_for(out);
    fputc('\n', out);
    if (n > 1 && !cfg->only && !cfg->all)
        gr_report_labs(&s, jobs, n);
    else
        for (size_t i = 0; i < n; i++)
            gr_report_lab(&s, &jobs[i], cfg);
    gr_report_stories(&s, jobs, n, cfg);
    if (cfg->brief) {
        put_rung(&s, out, cfg->rung);
        gr_report_next(out, jobs, n, cfg);
        return;
    }
    put_total(&s, jobs, n);
    if (cfg->only)
        fprintf(out, "Solo la prueba %s.\n", cfg->only);
    put_rung(&s, out, cfg->rung);
    if (cfg->sanitize)
        gr_text_wrap(
            out, "",
            "Con ASan y UBSan en todas las pruebas, para buscar errores de memoria: "
            "gastan más, y las pruebas de memoria y de tiempo pueden fallar por "
            "ellos. La nota es la de make grade sin SANITIZE.",
            s.cols);
    char *text = ag_format("Calificado en %d,%d s con los datos de SEMILLA=%s",
                           (int)(elapsed_ms / 1000), (int)(elapsed_ms / 100 % 10),
                           cfg->seed);
    fputs(s.style.dim, out);
    gr_text_wrap(out, "", text, s.cols);
    if (cfg->rung != BOX_NONE)
        gr_text_wrap(out, "", gr_memory_law(cfg->group != NULL), s.cols);
    fprintf(out, "%s\n", s.style.off);
    free(text);
    gr_report_next(out, jobs, n, cfg);
}
