/* La escalera: las etapas de un laboratorio y, de la siguiente, sus pruebas. */
#include "base/memory.h"
#include "base/text.h"
#include "grader/job.h"
#include "grader/report.h"

#include <stdlib.h>
#include <string.h>

#define WARNINGS    12 /* líneas de avisos de gcc que se enseñan */
#define WORDS_COLS  14 /* lo que ocupa como mucho el estado de un laboratorio */
#define POINTS_COLS 7  /* «100/100» */

/* ---- en qué está un laboratorio -------------------------------------------------- */

/* De una prueba pedida a solas, su veredicto; de un laboratorio, cuánto lleva. */
static const char *state_words(const struct gr_job *job)
{
    if (job->verdict == GR_BROKEN)
        return "no calificado";
    if (job->verdict == GR_UNCOMPILED)
        return job->missing ? "sin programa" : "no compila";
    if (job->only)
        return job->verdict == GR_PASS      ? "bien"
               : job->verdict == GR_TIMEOUT ? "tiempo agotado"
                                            : "mal";
    return job->verdict == GR_PASS ? "completo"
           : gr_job_untouched(job) ? "sin empezar"
                                   : "incompleto";
}

/* ¿Se ejecutó algo que enseñar por etapas? */
static bool has_ladder(const struct gr_job *job)
{
    return !job->only && job->verdict != GR_UNCOMPILED && job->ungraded < job->max;
}

static const char *milestone_mark(const struct gr_milestone *m)
{
    return m->reach == GR_REACHED ? "✓"
           : m->ungraded > 0      ? "!"
           : m->reach == GR_NEXT  ? "→"
                                  : "·";
}

/* «✓✓→··», en memoria nueva; tantos espacios como haga falta para ocupar `width`. */
static char *short_ladder(const struct gr_job *job, size_t width)
{
    size_t n = job->lab->n_milestones, pad = width > n ? width - n : 0;
    char *text = ag_alloc(n * strlen("→") + pad + 1, 1), *w = text;
    for (size_t i = 0; i < n; i++)
        w = stpcpy(w, has_ladder(job) ? milestone_mark(&job->milestones[i]) : "·");
    memset(w, ' ', pad);
    return text;
}

static const char *lab_mark(const struct gr_job *job, bool next)
{
    return job->verdict == GR_PASS     ? " ✓ "
           : job->verdict == GR_BROKEN ? " ! "
           : next                      ? " → "
                                       : " · ";
}

static const char *lab_color(const struct gr_screen *s, const struct gr_job *job)
{
    return job->verdict == GR_PASS     ? s->style.good
           : job->verdict == GR_BROKEN ? s->style.warn
                                       : s->style.bold;
}

/* ---- lo que hay que saber además ------------------------------------------------- */

static void put_altered(const struct gr_screen *s, const struct gr_job *job)
{
    if (!job->altered)
        return;
    char *text = ag_format(
        "calificado con los archivos que da el laboratorio, porque los "
        "entregados no son iguales: %s",
        job->altered);
    gr_text_wrap(s->out, "   ! ", text, s->cols);
    free(text);
}

static bool has_warnings(const struct gr_job *job)
{
    return job->gcc && job->compiles && !gr_job_untouched(job);
}

static void put_warnings(const struct gr_screen *s, const struct gr_job *job)
{
    if (!has_warnings(job))
        return;
    fprintf(s->out, "\n   gcc avisa (no resta puntos):\n");
    int lines = 0, left = 0;
    for (const char *p = job->gcc; *p; p += strcspn(p, "\n") + 1) {
        if (lines++ < WARNINGS)
            fprintf(s->out, "     %s%.*s%s\n", s->style.dim, (int)strcspn(p, "\n"), p,
                    s->style.off);
        else
            left++;
    }
    if (left)
        fprintf(s->out, "     (y %d %s más)\n", left, left == 1 ? "línea" : "líneas");
}

/* ---- las pruebas de una etapa ---------------------------------------------------- */

static void put_test(const struct gr_screen *s, const struct gr_result *result,
                     int indent, bool named)
{
    const char *note = result->verdict == GR_BROKEN    ? " — no calificada"
                       : result->verdict != GR_TIMEOUT ? ""
                                                       : " — tiempo agotado";
    char *mark = ag_format("%*s%s ", indent, "", gr_result_mark(result));
    char *left = named ? ag_format("%s (%s)%s", result->test->title, result->test->name,
                                   note)
                       : ag_format("%s%s", result->test->title, note);
    char *points = result->verdict == GR_BROKEN
                       ? ag_format("-/%d", result->test->points)
                       : ag_format("%d/%d", result->points, result->test->points);
    gr_put_row(s, mark, left, points,
               result->blocked ? "" : gr_verdict_color(s, result->verdict));
    free(points);
    free(left);
    free(mark);
}

/* ¿Espera `job->results[i]` a una prueba que ninguna anterior de su etapa esperaba ya? */
static bool waits_first(const struct gr_job *job, size_t i)
{
    const struct gr_result *result = &job->results[i];
    if (!result->blocked)
        return false;
    for (size_t k = 0; k < i; k++)
        if (job->results[k].blocked == result->blocked &&
            job->results[k].test->milestone == result->test->milestone)
            return false;
    return true;
}

/* Qué quiere decir el punto: a qué esperan las que no se pudieron mirar, sin repetir. */
static void put_waiting(const struct gr_screen *s, const struct gr_job *job,
                        size_t milestone)
{
    char *titles = NULL;
    size_t size = 0, n = 0;
    FILE *list = open_memstream(&titles, &size);
    if (!list)
        return;
    for (size_t i = 0; i < job->n_results; i++)
        if (job->results[i].test->milestone == milestone && waits_first(job, i))
            fprintf(list, "%s«%s»", n++ ? ", " : "", job->results[i].blocked->title);
    fclose(list);
    if (n > 0) {
        char *text = ag_format("= espera a que %s %s", n == 1 ? "pase" : "pasen", titles);
        gr_text_wrap(s->out, "       · ", text, s->cols);
        free(text);
    }
    free(titles);
}

static void put_milestone(const struct gr_screen *s, const struct gr_job *job, size_t at,
                          const struct gr_config *cfg)
{
    const struct gr_milestone *m = &job->milestones[at];
    char *mark = ag_format("   %s ", milestone_mark(m));
    char *title = ag_format("Etapa %zu. %s", at + 1, job->lab->milestones[at]);
    char *points = ag_format("%d/%d", m->points, m->max);
    bool next = m->reach == GR_NEXT;
    fputs(next ? s->style.bold : "", s->out);
    gr_put_row(s, mark, title, points,
               m->reach == GR_REACHED ? s->style.good
               : m->ungraded > 0      ? s->style.warn
                                      : "");
    fputs(next ? s->style.off : "", s->out);
    free(points);
    free(title);
    free(mark);
    if (cfg->brief || (!cfg->all && m->reach != GR_NEXT))
        return;
    for (size_t i = 0; i < job->n_results; i++)
        if (job->results[i].test->milestone == at)
            put_test(s, &job->results[i], 7, cfg->all);
    put_waiting(s, job, at);
}

/* ---- un laboratorio -------------------------------------------------------------- */

void gr_report_lab(const struct gr_screen *s, const struct gr_job *job,
                   const struct gr_config *cfg)
{
    bool whole = has_ladder(job) && (cfg->all || job->verdict != GR_PASS);
    char *title = ag_format("%s  %s", job->lab->id, job->lab->title);
    char *score = ag_format("%s  %d/%d", state_words(job), job->points, job->max);
    fputs(s->style.bold, s->out);
    gr_put_row(s, " ", title, score, "");
    fputs(s->style.off, s->out);
    for (size_t i = 0; whole && i < job->lab->n_milestones; i++)
        put_milestone(s, job, i, cfg);
    for (size_t i = 0; job->only && !cfg->brief && i < job->n_results; i++)
        put_test(s, &job->results[i], 3, false);
    put_altered(s, job);
    put_warnings(s, job);
    fputc('\n', s->out);
    free(score);
    free(title);
}

static void put_line(const struct gr_screen *s, const struct gr_job *job, size_t width,
                     bool next)
{
    const char *words = state_words(job);
    char *ladder = short_ladder(job, width);
    char *title = ag_format("%s  %s", job->lab->id, job->lab->title);
    char *score = ag_format("%d/%d", job->points, job->max);
    char *right = ag_format("%s  %-*s %*s", ladder, WORDS_COLS, words, POINTS_COLS,
                            score);
    gr_put_row(s, lab_mark(job, next), title, right, lab_color(s, job));
    free(right);
    free(score);
    free(title);
    free(ladder);
    put_altered(s, job);
    if (has_warnings(job)) {
        char *text = ag_format("gcc avisa, aunque no resta puntos: lo enseña %s",
                               job->repro);
        gr_text_wrap(s->out, "   ! ", text, s->cols);
        free(text);
    }
}

void gr_report_labs(const struct gr_screen *s, const struct gr_job *jobs, size_t n)
{
    const struct gr_job *next = gr_next_job(jobs, n);
    size_t width = 0;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].lab->n_milestones > width)
            width = jobs[i].lab->n_milestones;
    for (size_t i = 0; i < n; i++)
        put_line(s, &jobs[i], width, &jobs[i] == next);
    fputc('\n', s->out);
}
