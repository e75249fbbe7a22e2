/* Las historias de lo que no pasó: las primeras enteras; del resto, cuáles son. Nunca se
 * recorta un texto: se parte en líneas. */
#include "base/memory.h"
#include "base/text.h"
#include "grader/job.h"
#include "grader/report.h"

#include <stdlib.h>
#include <string.h>

#define FULL_STORIES 3

/* El título, y detrás, o debajo si no cabe, el laboratorio y el nombre con el que se pide. */
static void put_title(const struct gr_screen *s, const struct gr_job *job,
                      const struct gr_result *result)
{
    bool built = result->verdict != GR_UNCOMPILED;
    const char *title = built          ? result->test->title
                        : job->missing ? "Falta el programa"
                                       : "El programa no compila";
    char *mark = ag_format("%s ", built ? gr_result_mark(result) : "✗");
    char *name = ag_format("%s %s", job->lab->id,
                           built ? result->test->name : job->lab->dir + 3);
    size_t taken = ag_width(title, strlen(title)) + ag_width(name, strlen(name)) + 4;
    bool fits = taken <= s->cols;
    char *text = NULL;
    size_t size = 0;
    FILE *mem = open_memstream(&text, &size);
    if (!mem)
        abort();
    gr_text_wrap(mem, mark, title, s->cols);
    fclose(mem);
    fprintf(s->out, "%s%s%.*s%s%s  %s%s%s\n", gr_verdict_color(s, result->verdict),
            s->style.bold, (int)size - 1, text, s->style.off, fits ? "" : "\n",
            s->style.dim, name, s->style.off);
    free(text);
    free(name);
    free(mark);
}

/* Con `brief`, lo que se hizo y en qué falló; no lo que se escribió y se recibió mientras. */
static void put_story(const struct gr_screen *s, const struct gr_job *job,
                      const struct gr_result *result, bool brief)
{
    size_t i;
    json_t *line;
    put_title(s, job, result);
    json_array_foreach(result->story, i, line)
    {
        const char *text = json_string_value(line); /* ya limpio: ver collect.c */
        if (brief && strncmp(text, "Programa: ", 10) == 0)
            break;
        bool head = strncmp(text, "FALLO: ", 7) == 0;
        bool command = strncmp(text, "Para repetirlo: ", 16) == 0;
        fputs(head ? s->style.bad : "", s->out);
        gr_text_wrap(s->out, "    ", text, command ? SIZE_MAX : s->cols);
        fputs(head ? s->style.off : "", s->out);
    }
    if (result->verdict == GR_BROKEN && !result->blocked)
        gr_text_wrap(s->out, "    ",
                     "No es culpa tuya. Repítelo; si vuelve a pasar, "
                     "envía este texto a quien lleva el curso.",
                     s->cols);
    fputc('\n', s->out);
}

void gr_report_story(FILE *out, const struct gr_job *job, const struct gr_result *result)
{
    struct gr_screen screen = gr_screen_for(out);
    put_story(&screen, job, result, false);
}

/* ¿Dice algo por sí misma? No la que solo espera a otra y, sin compilar, la primera habla
 * por todas. */
static bool failed(const struct gr_job *job, size_t i)
{
    const struct gr_result *result = &job->results[i];
    return result->verdict != GR_PASS && !result->blocked &&
           (result->verdict != GR_UNCOMPILED || i == 0);
}

/* Lo que no se cuenta entero. */
struct rest {
    FILE *names; /* de las que tocan ahora */
    int named;
    int later; /* cuántas más */
};

/* De un laboratorio a solas se nombran las de su etapa siguiente o, con `all`, todas. De lo
 * demás se cuenta lo que falla, que no es lo que no se pudo calificar. */
static void add_rest(struct rest *rest, const struct gr_job *job, size_t i, bool all,
                     bool alone)
{
    const struct lab_test *test = job->results[i].test;
    bool now = all || job->milestones[test->milestone].reach == GR_NEXT;
    if (alone && now)
        fprintf(rest->names, "%s%s", rest->named++ ? ", " : "", test->name);
    else if (job->results[i].verdict != GR_BROKEN)
        rest->later++;
}

/* El mismo fallo del corrector no se cuenta dos veces. De lo que está sin empezar, entre
 * otros, no hay nada que contar: basta con decir por dónde. */
static void put_first_stories(const struct gr_screen *s, const struct gr_job *jobs,
                              size_t n, const struct gr_config *cfg, struct rest *rest)
{
    int told = 0, most = cfg->brief ? 1 : FULL_STORIES;
    const json_t *last_fault = NULL;
    for (size_t j = 0; j < n; j++) {
        if (n > 1 && gr_job_untouched(&jobs[j]))
            continue;
        for (size_t i = 0; i < jobs[j].n_results; i++) {
            const struct gr_result *result = &jobs[j].results[i];
            bool fault = result->verdict == GR_BROKEN;
            if (!failed(&jobs[j], i))
                continue;
            if (told < most && !(fault && json_equal(result->story, last_fault))) {
                put_story(s, &jobs[j], result, cfg->brief);
                if (told++ == 0)
                    gr_report_line(s, result->chronicle);
                last_fault = fault ? result->story : last_fault;
            } else {
                add_rest(rest, &jobs[j], i, cfg->all, n == 1);
            }
        }
    }
}

/* Cuáles son las demás, y cómo leer la historia de una. */
static void put_rest(const struct gr_screen *s, const char *repro, const char *names,
                     const struct rest *rest)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return;
    if (rest->named)
        fprintf(f, "Tampoco %s: %s.", rest->named == 1 ? "pasa" : "pasan", names);
    if (rest->named && rest->later)
        fputc(' ', f);
    if (rest->later == 1)
        fprintf(f, "Más adelante falla otra prueba.");
    else if (rest->later)
        fprintf(f, "Más adelante fallan otras %d pruebas.", rest->later);
    fclose(f);
    if (size > 0) {
        gr_text_wrap(s->out, "", text, s->cols);
        fprintf(s->out, "%s", s->style.dim);
        if (rest->named)
            fprintf(s->out, "    %-10s %s PRUEBA=nombre\n", "Una sola", repro);
        if (rest->later)
            fprintf(s->out, "    %-10s %s TODO=1\n", "Todas", repro);
        fprintf(s->out, "%s\n", s->style.off);
    }
    free(text);
}

void gr_report_stories(const struct gr_screen *s, const struct gr_job *jobs, size_t n,
                       const struct gr_config *cfg)
{
    char *names = NULL;
    size_t size = 0;
    struct rest rest = {.names = open_memstream(&names, &size)};
    if (!rest.names)
        return;
    put_first_stories(s, jobs, n, cfg, &rest);
    fclose(rest.names);
    if (!cfg->brief)
        put_rest(s, n > 1 ? "make grade" : jobs[0].repro, names, &rest);
    free(names);
}
