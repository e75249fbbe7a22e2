/* Qué hacer ahora: un paso, con el archivo que abrir y la orden que teclear. */
#include "base/dir.h"
#include "base/memory.h"
#include "grader/job.h"
#include "grader/labs_load.h"
#include "grader/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SOURCE (1 << 20)
#define PROGRESS   ".progreso.json"    /* lo escribe autograder/day */
#define PATH       "lessons/README.md" /* el camino: qué capítulos pide cada laboratorio */

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
    bool ran = job->verdict == GR_FAIL || job->verdict == GR_TIMEOUT;
    return ran && job->points == 0 && !job->only && first_todo(job, &line);
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

/* ---- lo que se sabe de quien estudia --------------------------------------------------- */

/* Los capítulos que ha leído, por su número, y los laboratorios que tiene enteros, por su carpeta. */
struct known {
    json_t *chapters, *labs;
    char *path; /* el texto del camino, o NULL */
};

/* Los capítulos que pide un laboratorio según su fila del camino, con los que esos piden:
 * «01 a 05, 10», en memoria nueva; NULL si no la tiene. */
static char *asked_chapters(const struct known *k, const struct lab *lab)
{
    char *start = ag_format("\n| [%s](../labs/%s/README.md) |", lab->id, lab->dir);
    const char *row = k->path ? strstr(k->path, start) : NULL;
    free(start);
    if (!row++)
        return NULL;
    const char *end = row + strcspn(row, "\n");
    while (end[-1] == '|' || end[-1] == ' ')
        end--;
    const char *cell = end;
    while (cell[-1] != '|')
        cell--;
    cell += strspn(cell, " ");
    return ag_format("%.*s", (int)(end - cell), cell);
}

/* Sus números, en una lista nueva. Sin fila, los de su lab.json. */
static json_t *chapters_of(const struct known *k, const struct lab *lab)
{
    char *asked = asked_chapters(k, lab);
    if (!asked)
        return json_deep_copy(lab->chapters);
    json_t *list = json_array();
    for (char *at = asked; *at; at += strspn(at, ", ")) {
        long first = strtol(at, &at, 10), last = first;
        if (strncmp(at, " a ", 3) == 0)
            last = strtol(at + 3, &at, 10);
        else if (first == 0)
            break;
        for (; first <= last && first < 100; first++) {
            char *number = ag_format("%02ld", first);
            json_array_append_new(list, json_string(number));
            free(number);
        }
    }
    free(asked);
    return list;
}

/* Leerlos para un laboratorio que se tiene, o se tuvo, entero también es haberlos leído. */
static void know_lab(struct known *k, const struct lab *lab, bool whole)
{
    size_t i;
    json_t *number, *chapters = chapters_of(k, lab);
    if (whole)
        json_object_set_new(k->labs, lab->dir, json_true());
    json_array_foreach(chapters, i, number)
        json_object_set_new(k->chapters, json_string_value(number), json_true());
    json_decref(chapters);
}

/* De un capítulo con práctica se guardan todos sus ejercicios: leído está si hay alguno hecho. */
static bool any_done(json_t *exercises)
{
    const char *name;
    json_t *done;
    json_object_foreach(exercises, name, done)
    {
        if (json_is_true(done))
            return true;
    }
    return json_is_true(exercises);
}

static void know_chapters(struct known *k, json_t *dirs)
{
    const char *dir;
    json_t *value;
    json_object_foreach(dirs, dir, value)
    {
        char *number = ag_format("%.2s", dir);
        if (any_done(value))
            json_object_set_new(k->chapters, number, json_true());
        free(number);
    }
}

/* Lo apuntado en el progreso, si lo hay. */
static void know_progress(struct known *k, const struct labs *all)
{
    json_t *progress = json_load_file(PROGRESS, 0, NULL);
    json_t *labs = json_object_get(progress, "laboratorios");
    for (size_t i = 0; i < all->n; i++) {
        json_t *lab = json_object_get(labs, all->v[i].dir);
        json_int_t points = json_integer_value(json_object_get(lab, "puntos"));
        json_int_t best = json_integer_value(json_object_get(lab, "mejor"));
        if (best > 0 && best == json_integer_value(json_object_get(lab, "maximo")))
            know_lab(k, &all->v[i], points == best);
    }
    know_chapters(k, json_object_get(progress, "leidos"));
    know_chapters(k, json_object_get(progress, "practica"));
    json_decref(progress);
}

static void know(struct known *k, const struct labs *all)
{
    size_t size;
    *k = (struct known){json_object(), json_object(), NULL};
    if (ag_read_file(".", PATH, MAX_SOURCE, &k->path, &size) < 0)
        k->path = NULL;
    know_progress(k, all);
}

static void forget(struct known *k)
{
    json_decref(k->chapters);
    json_decref(k->labs);
    free(k->path);
}

/* Los que ese laboratorio pide y no se han leído, en una lista nueva. */
static json_t *to_read(const struct known *k, const struct lab *lab)
{
    size_t i;
    json_t *number, *asked = chapters_of(k, lab), *left = json_array();
    json_array_foreach(asked, i, number)
    {
        if (!json_object_get(k->chapters, json_string_value(number)))
            json_array_append(left, number);
    }
    json_decref(asked);
    return left;
}

static size_t how_many_to_read(const struct known *k, const struct lab *lab)
{
    json_t *left = to_read(k, lab);
    size_t n = json_array_size(left);
    json_decref(left);
    return n;
}

/* Si pide leer menos que otro, o no hay otro. */
static bool asks_less(const struct known *k, const struct lab *lab,
                      const struct lab *than)
{
    return !than || how_many_to_read(k, lab) < how_many_to_read(k, than);
}

/* De los que están sin empezar, el que pide leer menos; de los que pidan lo mismo, el primero. */
static const struct gr_job *least_to_read(const struct gr_job *jobs, size_t n)
{
    const struct gr_job *least = NULL;
    struct labs all;
    struct gr_error err;
    struct known known;
    if (gr_labs_load(&all, NULL, &err) != 0)
        return NULL;
    know(&known, &all);
    for (size_t i = 0; i < n; i++)
        if (jobs[i].verdict == GR_PASS)
            know_lab(&known, jobs[i].lab, true);
    for (size_t i = 0; i < n; i++)
        if (jobs[i].verdict != GR_PASS &&
            asks_less(&known, jobs[i].lab, least ? least->lab : NULL))
            least = &jobs[i];
    forget(&known);
    labs_free(&all);
    return least;
}

const struct lab *gr_next_lab(const struct labs *labs)
{
    const struct lab *least = NULL;
    struct known known;
    know(&known, labs);
    for (size_t i = 0; i < labs->n; i++)
        if (!json_object_get(known.labs, labs->v[i].dir) &&
            asks_less(&known, &labs->v[i], least))
            least = &labs->v[i];
    forget(&known);
    return least;
}

const struct gr_job *gr_next_job(const struct gr_job *jobs, size_t n)
{
    const struct gr_job *untouched = NULL;
    for (size_t i = 0; i < n; i++) {
        if (jobs[i].verdict == GR_PASS)
            continue;
        if (!gr_job_untouched(&jobs[i]))
            return &jobs[i];
        if (!untouched)
            untouched = &jobs[i];
    }
    const struct gr_job *least = untouched ? least_to_read(jobs, n) : NULL;
    return least ? least : untouched;
}

/* ---- un laboratorio sin empezar -------------------------------------------------------- */

/* Los capítulos que pide, a quien le falta alguno. Si es así, escribe esa fila y devuelve 1. */
static int put_chapters(FILE *out, const struct lab *lab)
{
    struct labs all;
    struct gr_error err;
    struct known known;
    if (gr_labs_load(&all, NULL, &err) != 0)
        return 0;
    know(&known, &all);
    char *asked = asked_chapters(&known, lab);
    bool some = asked && how_many_to_read(&known, lab) > 0;
    if (some)
        fprintf(out, "    1. Lee sus capítulos:    %s (el camino: %s)\n", asked, PATH);
    free(asked);
    forget(&known);
    labs_free(&all);
    return some;
}

static void start_here(FILE *out, const struct gr_job *job)
{
    int line = 0;
    const char *source = first_todo(job, &line);
    fprintf(out, "Por dónde empezar el laboratorio %s:\n", job->lab->id);
    int n = put_chapters(out, job->lab);
    fprintf(out, "    %d. Lee el enunciado:     labs/%s/README.md\n", ++n, job->lab->dir);
    fprintf(out, "    %d. Ve al primer TODO:    %s/%s:%d\n", ++n, job->shown, source,
            line);
    fprintf(out, "    %d. Mira cuánto avanzas:  %s\n", ++n, job->repro);
    fprintf(out, "    El capítulo que lo explica: %s\n", job->lab->chapter);
}

static const struct gr_result *first_failure(const struct gr_job *job)
{
    for (size_t i = 0; i < job->n_results; i++)
        if (job->results[i].verdict != GR_PASS && !job->results[i].blocked)
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

/* ---- el laboratorio que sigue ----------------------------------------------------- */

/* El que pide leer menos de los que faltan por hacer; de los que pidan lo mismo, el primero de los
 * que van detrás de `last`. NULL si no queda ninguno. */
static const struct lab *choose_next(const struct known *k, const struct labs *all,
                                     const struct lab *last)
{
    const struct lab *next = NULL;
    size_t at = 0;
    while (at < all->n && strcmp(all->v[at].dir, last->dir) != 0)
        at++;
    for (size_t i = 1; i <= all->n; i++) {
        const struct lab *lab = &all->v[(at + i) % all->n];
        if (!json_object_get(k->labs, lab->dir) &&
            (!next || how_many_to_read(k, lab) < how_many_to_read(k, next)))
            next = lab;
    }
    return next;
}

static void put_to_read(FILE *out, const struct known *k, const struct lab *lab)
{
    json_t *left = to_read(k, lab), *number;
    size_t i, n = json_array_size(left);
    if (n > 0)
        fprintf(out, "    %-10s %s", "Antes lee",
                n == 1 ? "el capítulo" : "los capítulos");
    json_array_foreach(left, i, number) fprintf(out, " %s%s", json_string_value(number),
                                                i + 2 < n    ? ","
                                                : i + 2 == n ? " y"
                                                             : "\n");
    json_decref(left);
}

static void put_next_lab(FILE *out, const struct gr_job *jobs, size_t n)
{
    struct labs all;
    struct gr_error err;
    struct known known;
    if (gr_labs_load(&all, NULL, &err) != 0)
        return;
    know(&known, &all);
    for (size_t i = 0; i < n; i++)
        know_lab(&known, jobs[i].lab, true);
    const struct lab *next = choose_next(&known, &all, jobs[n - 1].lab);
    if (next) {
        row_if_file(out, "Sigue", ag_format("labs/%s/README.md", next->dir));
        put_to_read(out, &known, next);
    } else {
        row_if_file(out, "Y ahora", ag_format("lessons/y-ahora-que.md"));
    }
    forget(&known);
    labs_free(&all);
}

/* Con todo bien: lo que el programa aguanta ya, y el laboratorio que sigue. */
static void congratulate(FILE *out, const struct gr_job *jobs, size_t n)
{
    const struct lab *last = jobs[n - 1].lab;
    fprintf(out,
            n > 1 ? "Todo correcto: los %zu laboratorios están completos.\n"
                  : "Todo correcto: el laboratorio está completo.\n",
            n);
    if (n == 1 && last->withstands)
        say(out, last->withstands);
    row_if_file(out, "Compara",
                n > 1 ? ag_format("solutions/")
                      : ag_format("solutions/%s/README.md", last->dir));
    put_next_lab(out, jobs, n);
}

void gr_report_next(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg)
{
    const struct gr_job *job = gr_next_job(jobs, n);
    if (!job && cfg->only)
        fprintf(out, "Siguiente paso: el laboratorio entero, con %s\n", jobs[0].repro);
    else if (!job)
        congratulate(out, jobs, n);
    else if (job->verdict == GR_BROKEN)
        fprintf(out, "Siguiente paso: repite la calificación con %s\n", job->repro);
    else if (job->verdict == GR_UNCOMPILED)
        fix_build(out, job);
    else if (gr_job_untouched(job))
        start_here(out, job);
    else
        attack(out, job, n == 1, cfg);
}
