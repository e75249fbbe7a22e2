/* Qué hacer ahora: un paso, con el archivo que abrir y la orden que teclear. */
#include "../box/box.h"
#include "grader.h"

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

const char *gr_first_todo(const struct gr_job *job, int *line)
{
    for (size_t i = 0; i < job->lab->n_sources; i++) {
        char *data;
        size_t size;
        if (box_read_file(job->source, job->lab->sources[i], MAX_SOURCE, &data, &size) <
            0)
            continue;
        *line = todo_line(data);
        free(data);
        if (*line)
            return job->lab->sources[i];
    }
    return NULL;
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

static void start_here(FILE *out, const struct gr_job *job, const char *source, int line)
{
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

static void attack(FILE *out, const struct gr_job *job, const struct gr_config *cfg)
{
    const struct gr_result *result = first_failure(job);
    if (!result)
        return;
    fprintf(out, "Siguiente paso: «%s» (%d puntos).\n", result->test->title,
            result->test->points);
    if (result->test->read)
        fprintf(out, "    %-10s %s\n", "Lee", result->test->read);
    row_if_file(out, "Pistas", gr_format("labs/%s/pistas.md", job->lab->dir));
    fprintf(out, "    %-10s %s PRUEBA=%s SEMILLA=%u\n", "Repite", job->repro,
            result->test->name, (unsigned)cfg->seed);
}

static void fix_build(FILE *out, const struct gr_job *job)
{
    if (job->missing)
        fprintf(out, "Siguiente paso: pon en su sitio el archivo que falta y repite.\n");
    else
        fprintf(out,
                "Siguiente paso: corrige el primer error de gcc; los demás suelen caer "
                "con él.\n");
    row_if_file(out, "Enunciado", gr_format("labs/%s/README.md", job->lab->dir));
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
    row_if_file(out, "Compara", gr_format("solutions/%s/README.md", last->dir));
    if (gr_labs_load(&all, NULL, &err) != 0)
        return;
    for (size_t i = 0; i + 1 < all.n; i++)
        if (strcmp(all.v[i].dir, last->dir) == 0)
            row_if_file(out, "Sigue", gr_format("labs/%s/README.md", all.v[i + 1].dir));
    gr_labs_free(&all);
}

void gr_report_next(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg)
{
    for (size_t i = 0; i < n; i++) {
        const struct gr_job *job = &jobs[i];
        int line;
        const char *source;
        if (job->verdict == GR_BIEN)
            continue;
        if (job->verdict == GR_FALLO)
            fprintf(out, "Siguiente paso: repite la calificación con «%s».\n",
                    job->repro);
        else if (job->verdict == GR_NO_COMPILA)
            fix_build(out, job);
        else if (job->points == 0 && !cfg->only && (source = gr_first_todo(job, &line)))
            start_here(out, job, source, line);
        else
            attack(out, job, cfg);
        return;
    }
    if (cfg->only)
        fprintf(out, "Siguiente paso: el laboratorio entero, con «%s».\n", jobs[0].repro);
    else
        congratulate(out, jobs, n);
}
