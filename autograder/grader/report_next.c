/* Qué hacer ahora: un paso, con el archivo que abrir y la orden que teclear. */
#include "base/dir.h"
#include "base/memory.h"
#include "grader/job.h"
#include "grader/manifest.h"
#include "grader/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SOURCE (1 << 20)

/* Línea de la primera marca: «TODO» al principio de un comentario, no citado en él. 0 si
 * no hay. */
static int todo_line(const char *text)
{
    for (int line = 1; *text; line++) {
        if (strncmp(text + strspn(text, " \t*/"), "TODO", 4) == 0)
            return line;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return 0;
}

/* Nombre de la fuente con el primer TODO y su línea, o NULL. */
static const char *first_todo(const struct gr_job *job, int *line)
{
    for (size_t i = 0; i < job->lab->n_sources; i++) {
        char *data;
        size_t size;
        if (ag_read_file(job->source, job->lab->sources[i], MAX_SOURCE, &data, &size) < 0)
            continue;
        *line = todo_line(data);
        free(data);
        if (*line)
            return job->lab->sources[i];
    }
    return NULL;
}

bool gr_job_untouched(const struct gr_job *job)
{
    int line;
    bool ran = job->verdict == GR_MAL || job->verdict == GR_TIEMPO;
    return ran && job->points == 0 && !job->only && first_todo(job, &line);
}

const struct gr_job *gr_next_job(const struct gr_job *jobs, size_t n)
{
    const struct gr_job *untouched = NULL;
    for (size_t i = 0; i < n; i++) {
        if (jobs[i].verdict == GR_BIEN)
            continue;
        if (!gr_job_untouched(&jobs[i]))
            return &jobs[i];
        if (!untouched)
            untouched = &jobs[i];
    }
    return untouched;
}

static bool exists(const char *path)
{
    return access(path, R_OK) == 0;
}

/* «    Etiqueta    valor», si el archivo que nombra está. */
static void row_if_file(FILE *out, const char *label, char *path)
{
    if (exists(path))
        fprintf(out, "    %-10s %s\n", label, path);
    free(path);
}

/* Una frase, partida donde se acabe la línea. */
static void say(FILE *out, const char *text)
{
    gr_text_wrap(out, "", text, gr_screen_for(out).cols);
}

static void start_here(FILE *out, const struct gr_job *job)
{
    int line = 0;
    const char *source = first_todo(job, &line);
    fprintf(out, "Por dónde empezar el laboratorio %s:\n", job->lab->id);
    fprintf(out, "    1. Lee el enunciado:     labs/%s/README.md\n", job->lab->dir);
    fprintf(out, "    2. Ve al primer TODO:    %s/%s:%d\n", job->shown, source, line);
    fprintf(out, "    3. Mira cuánto avanzas:  %s\n", job->repro);
    fprintf(out, "    El capítulo que lo explica: %s\n", job->lab->chapter);
}

static const struct gr_result *first_failure(const struct gr_job *job)
{
    for (size_t i = 0; i < job->n_results; i++)
        if (job->results[i].verdict != GR_BIEN && !job->results[i].blocked)
            return &job->results[i];
    return NULL;
}

static void attack(FILE *out, const struct gr_job *job, bool alone,
                   const struct gr_config *cfg)
{
    const struct gr_result *result = first_failure(job);
    if (!result)
        return;
    char *where = alone ? ag_format("%s", "")
                        : ag_format(", en el laboratorio %s", job->lab->id);
    char *text = ag_format("Siguiente paso%s: «%s» (%d %s).", where, result->test->title,
                           result->test->points, gr_points_word(result->test->points));
    free(where);
    say(out, text);
    free(text);
    if (result->test->read)
        fprintf(out, "    %-10s %s\n", "Lee", result->test->read);
    row_if_file(out, "Pistas", ag_format("labs/%s/pistas.md", job->lab->dir));
    fprintf(out, "    %-10s %s PRUEBA=%s SEMILLA=%s\n", "Repite", job->repro,
            result->test->name, cfg->seed);
}

static void fix_build(FILE *out, const struct gr_job *job)
{
    say(out,
        job->missing
            ? "Siguiente paso: pon en su sitio el archivo que falta y repite."
            : "Siguiente paso: corrige el primer error de gcc; los demás suelen caer "
              "con él.");
    row_if_file(out, "Enunciado", ag_format("labs/%s/README.md", job->lab->dir));
    fprintf(out, "    %-10s %s\n", "Repite", job->repro);
}

/* Con todo bien: el laboratorio que sigue al último o, si no queda otro, la solución. */
static void congratulate(FILE *out, const struct gr_job *jobs, size_t n)
{
    const struct gr_lab *last = jobs[n - 1].lab;
    struct gr_labs all;
    struct gr_error err;
    fprintf(out,
            n > 1 ? "Todo correcto: los %zu laboratorios están completos.\n"
                  : "Todo correcto: el laboratorio está completo.\n",
            n);
    row_if_file(out, "Compara",
                n > 1 ? ag_format("solutions/")
                      : ag_format("solutions/%s/README.md", last->dir));
    if (gr_labs_load(&all, NULL, &err) != 0)
        return;
    for (size_t i = 0; i + 1 < all.n; i++)
        if (strcmp(all.v[i].dir, last->dir) == 0)
            row_if_file(out, "Sigue", ag_format("labs/%s/README.md", all.v[i + 1].dir));
    gr_labs_free(&all);
}

void gr_report_next(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg)
{
    const struct gr_job *job = gr_next_job(jobs, n);
    if (!job && cfg->only)
        fprintf(out, "Siguiente paso: el laboratorio entero, con %s\n", jobs[0].repro);
    else if (!job)
        congratulate(out, jobs, n);
    else if (job->verdict == GR_FALLO)
        fprintf(out, "Siguiente paso: repite la calificación con %s\n", job->repro);
    else if (job->verdict == GR_NO_COMPILA)
        fix_build(out, job);
    else if (gr_job_untouched(job))
        start_here(out, job);
    else
        attack(out, job, n == 1, cfg);
}
