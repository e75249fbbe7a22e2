/* El informe en la terminal: una tabla tranquila, las primeras historias enteras, el
 * resto en una lista. Nunca se recorta un texto: se parte en líneas. */
#include "grader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FULL_STORIES 3
#define WARNINGS     12 /* líneas de avisos de gcc que se enseñan */
#define MIN_COLS     50
#define MAX_COLS     80

struct gr_style gr_style_for(FILE *out)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((no && *no) || !term || strcmp(term, "dumb") == 0 || !isatty(fileno(out)))
        return (struct gr_style){"", "", "", "", "", ""};
    return (struct gr_style){.bold = "\x1b[1m",
                             .dim = "\x1b[2m",
                             .good = "\x1b[32m",
                             .bad = "\x1b[31m",
                             .warn = "\x1b[33m",
                             .off = "\x1b[0m"};
}

static size_t columns(FILE *out)
{
    struct winsize ws;
    if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &ws) < 0 || !ws.ws_col)
        return MAX_COLS;
    return ws.ws_col < MIN_COLS ? MIN_COLS : ws.ws_col > MAX_COLS ? MAX_COLS : ws.ws_col;
}

static const char *verdict_words(enum gr_verdict v)
{
    static const char *const words[] = {
        [GR_BIEN] = "bien",
        [GR_MAL] = "mal",
        [GR_FALLO] = "fallo del corrector",
        [GR_TIEMPO] = "tiempo agotado",
        [GR_NO_COMPILA] = "no compila",
    };
    return words[v];
}

struct report {
    FILE *out;
    size_t cols;
    struct gr_style style;
};

static const char *color_of(const struct report *r, enum gr_verdict v)
{
    return v == GR_BIEN ? r->style.good : v == GR_FALLO ? r->style.warn : r->style.bad;
}

/* `left` a la izquierda y `right` pegado al margen derecho de su primera línea. */
static void put_row(const struct report *r, const char *mark, const char *left,
                    const char *right, const char *color)
{
    char *text = NULL;
    size_t size = 0;
    FILE *mem = open_memstream(&text, &size);
    if (!mem)
        return;
    size_t room = r->cols - gr_text_width(right) - 1;
    gr_text_wrap(mem, mark, left, room);
    fclose(mem);
    char *rest = strchr(text, '\n');
    *rest++ = '\0';
    int gap = (int)(r->cols - gr_text_width(text) - gr_text_width(right));
    fprintf(r->out, "%s%.*s%s%s%*s%s\n%s", color, (int)strlen(mark), text, r->style.off,
            text + strlen(mark), gap > 1 ? gap : 1, "", right, rest);
    free(text);
}

static const char *mark_of(const struct gr_result *result)
{
    if (result->blocked || result->verdict == GR_NO_COMPILA)
        return "   · ";
    return result->verdict == GR_BIEN    ? "   ✓ "
           : result->verdict == GR_FALLO ? "   ! "
                                         : "   ✗ ";
}

static void put_test(const struct report *r, const struct gr_result *result)
{
    bool plain = result->blocked || result->verdict == GR_BIEN ||
                 result->verdict == GR_MAL || result->verdict == GR_NO_COMPILA;
    char *note = plain ? gr_format("%s", "")
                       : gr_format(" (%s)", verdict_words(result->verdict));
    char *left = gr_format("%s%s", result->test->title, note);
    char *points = result->verdict == GR_FALLO
                       ? gr_format("-/%d", result->test->points)
                       : gr_format("%d/%d", result->points, result->test->points);
    put_row(r, mark_of(result), left, points,
            result->blocked ? "" : color_of(r, result->verdict));
    free(points);
    free(left);
    free(note);
}

/* Una línea para todas las que esperan: a qué pruebas, sin repetir. */
static void put_waiting(const struct report *r, const struct gr_job *job)
{
    char *names = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&names, &size);
    if (!list)
        return;
    for (size_t i = 0; i < job->n_results; i++) {
        const struct gr_test *need = job->results[i].blocked;
        size_t k = 0;
        while (k < i && job->results[k].blocked != need)
            k++;
        if (need && k == i)
            fprintf(list, "%s%s", ftell(list) > 0 ? ", " : "", need->name);
    }
    fclose(list);
    if (size > 0) {
        char *text = gr_format("esperan a que pase: %s", names);
        gr_text_wrap(r->out, "   · ", text, r->cols);
        free(text);
    }
    free(names);
}

static void put_warnings(const struct report *r, const struct gr_job *job)
{
    int line;
    if (!job->gcc || !job->compiles || (job->points == 0 && gr_first_todo(job, &line)))
        return;
    fprintf(r->out, "\n   gcc avisa (no resta puntos):\n");
    int lines = 0, left = 0;
    for (const char *p = job->gcc; *p; p += strcspn(p, "\n") + 1) {
        if (lines++ < WARNINGS)
            fprintf(r->out, "     %s%.*s%s\n", r->style.dim, (int)strcspn(p, "\n"), p,
                    r->style.off);
        else
            left++;
    }
    if (left)
        fprintf(r->out, "     (y %d líneas más)\n", left);
}

static void put_lab(const struct report *r, const struct gr_job *job)
{
    char *title = gr_format("%s  %s", job->lab->id, job->lab->title);
    char *score = gr_format("%s  %d/%d", verdict_words(job->verdict), job->points,
                            job->max);
    fputs(r->style.bold, r->out);
    put_row(r, " ", title, score, "");
    fputs(r->style.off, r->out);
    for (size_t i = 0; i < job->n_results; i++)
        put_test(r, &job->results[i]);
    put_waiting(r, job);
    put_warnings(r, job);
    fputc('\n', r->out);
    free(score);
    free(title);
}

/* ---- historias
 * ----------------------------------------------------------------------------- */

static void put_story(const struct report *r, const struct gr_job *job,
                      const struct gr_result *result)
{
    size_t i;
    json_t *line;
    bool built = result->verdict != GR_NO_COMPILA;
    fprintf(r->out, "%s%s%s%s%s  %s%s %s%s\n", color_of(r, result->verdict),
            r->style.bold, built ? mark_of(result) + 3 : "✗ ",
            built          ? result->test->title
            : job->missing ? "Falta el programa"
                           : "El programa no compila",
            r->style.off, r->style.dim, job->lab->id,
            built ? result->test->name : job->lab->dir + 3, r->style.off);
    json_array_foreach(result->story, i, line)
    {
        char *clean = gr_text_clean(json_string_value(line));
        bool head = strncmp(clean, "FALLO: ", 7) == 0;
        bool command = strncmp(clean, "Para repetirlo: ", 16) == 0;
        fputs(head ? r->style.bad : "", r->out);
        gr_text_wrap(r->out, "    ", clean, command ? SIZE_MAX : r->cols);
        fputs(head ? r->style.off : "", r->out);
        free(clean);
    }
    if (result->verdict == GR_FALLO && !result->blocked)
        gr_text_wrap(
            r->out, "    ",
            "No es culpa tuya y sus puntos no cuentan. Repítelo; si vuelve a pasar, "
            "envía este texto a quien lleva el curso.",
            r->cols);
    fputc('\n', r->out);
}

void gr_report_story(FILE *out, const struct gr_job *job, const struct gr_result *result)
{
    struct report plain = {
        .out = out, .cols = SIZE_MAX, .style = {"", "", "", "", "", ""}};
    put_story(&plain, job, result);
}

/* ¿Dice algo por sí misma? No la que solo espera a otra y, sin compilar, la primera habla
 * por todas. */
static bool failed(const struct gr_job *job, size_t i)
{
    const struct gr_result *result = &job->results[i];
    return result->verdict != GR_BIEN && !result->blocked &&
           (result->verdict != GR_NO_COMPILA || i == 0);
}

/* Las primeras historias enteras; del resto, los nombres en `list`. El mismo fallo del
 * corrector no se cuenta dos veces. */
static void put_first_stories(const struct report *r, const struct gr_job *jobs, size_t n,
                              FILE *list)
{
    int told = 0;
    const json_t *last_fault = NULL;
    for (size_t j = 0; j < n; j++) {
        const char *before = "";
        for (size_t i = 0; i < jobs[j].n_results; i++) {
            const struct gr_result *result = &jobs[j].results[i];
            bool fault = result->verdict == GR_FALLO;
            if (!failed(&jobs[j], i))
                continue;
            if (told < FULL_STORIES &&
                !(fault && json_equal(result->story, last_fault))) {
                put_story(r, &jobs[j], result);
                told++;
                last_fault = fault ? result->story : last_fault;
                continue;
            }
            if (!*before && n > 1)
                fprintf(list, "%s%s: ", ftell(list) > 0 ? "\n" : "", jobs[j].lab->id);
            fprintf(list, "%s%s", before,
                    result->verdict == GR_NO_COMPILA ? "no compila" : result->test->name);
            before = ", ";
        }
    }
}

static void put_stories(const struct report *r, const struct gr_job *jobs, size_t n)
{
    char *others = NULL;
    size_t size = 0;
    FILE *list = open_memstream(&others, &size);
    if (!list)
        return;
    put_first_stories(r, jobs, n, list);
    fclose(list);
    if (size > 0) {
        fprintf(r->out, "Tampoco pasan:\n");
        gr_text_wrap(r->out, "    ", others, r->cols);
        fprintf(r->out,
                "    %sCada historia, con PRUEBA=nombre o en resultados.json%s\n\n",
                r->style.dim, r->style.off);
    }
    free(others);
}

void gr_report_term(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg, int64_t elapsed_ms)
{
    struct report r = {.out = out, .cols = columns(out), .style = gr_style_for(out)};
    int total = 0, max = 0, ungraded = 0;
    fputc('\n', out);
    for (size_t i = 0; i < n; i++) {
        put_lab(&r, &jobs[i]);
        total += jobs[i].points;
        max += jobs[i].max;
        ungraded += jobs[i].ungraded;
    }
    put_stories(&r, jobs, n);
    fprintf(out, "%sTOTAL %d/%d%s\n", r.style.bold, total, max, r.style.off);
    if (cfg->only)
        fprintf(out, "Solo la prueba %s.\n", cfg->only);
    if (ungraded)
        fprintf(out,
                "%s%d puntos sin calificar por un fallo del corrector: no cuentan.%s\n",
                r.style.warn, ungraded, r.style.off);
    fprintf(out, "%sCalificado en %d,%d s. Se repite igual con SEMILLA=%u%s\n\n",
            r.style.dim, (int)(elapsed_ms / 1000), (int)(elapsed_ms / 100 % 10),
            (unsigned)cfg->seed, r.style.off);
    gr_report_next(out, jobs, n, cfg);
}
