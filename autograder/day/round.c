/* Una vuelta de `make watch`: qué orden se ejecuta y cómo se cuenta lo que pasó.
 *
 * De un laboratorio se corre primero, sola, la prueba que fallaba: en medio segundo se sabe si ya
 * pasa. Después se califica entero. La práctica se prueba de una vez. */
#include "base/clock.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "day/day.h"
#include "day/hints.h"
#include "day/progress.h"
#include "day/results.h"
#include "day/watch.h"
#include "grader/grader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALONE_REPORT DAY_REPORT "/prueba"
#define BUILT        "build/normal"

enum { MAX_ERRORS = 1 << 18, SHOWN_ERRORS = 16 };

/* ---- qué se ejecuta ----------------------------------------------------------------------- */

static void append(char ***argv, size_t *n, const char *word)
{
    *argv = ag_grow(*argv, *n + 2, sizeof **argv);
    (*argv)[(*n)++] = ag_format("%s", word);
    (*argv)[*n] = NULL;
}

char **day_round_command(const struct day_round *r)
{
    char **argv = NULL;
    size_t n = 0;
    if (!r->target->lab) {
        char *chapter = ag_format("CAP=%.2s", r->target->chapter->dir);
        append(&argv, &n, "make");
        append(&argv, &n, "-s");
        append(&argv, &n, "--no-print-directory");
        append(&argv, &n, "practica");
        append(&argv, &n, chapter);
        free(chapter);
        return argv;
    }
    for (char *const *word = r->grader; *word; word++)
        append(&argv, &n, *word);
    append(&argv, &n, "--breve");
    append(&argv, &n, "--lab");
    append(&argv, &n, r->target->lab->id);
    append(&argv, &n, "--informe");
    append(&argv, &n, r->alone ? ALONE_REPORT : DAY_REPORT);
    if (r->alone) {
        append(&argv, &n, "--prueba");
        append(&argv, &n, r->focus);
    }
    return argv;
}

void day_command_free(char **argv)
{
    for (size_t i = 0; argv && argv[i]; i++)
        free(argv[i]);
    free(argv);
}

/* ---- el tiempo ---------------------------------------------------------------------------- */

/* Segundos con un decimal, con coma. */
static char *seconds(double ms)
{
    int tenths = (int)(ms / 100 + 0.5);
    return ag_format("%d,%d", tenths / 10, tenths % 10);
}

static void put_times(const struct gr_screen *s, const struct day_round *r,
                      const struct day_times *t)
{
    char *total = seconds(t->total), *waited = seconds(t->waited);
    char *compile = seconds(t->compile), *run = seconds(t->run);
    char *text =
        r->saved ? ag_format("De guardar %s al veredicto, %s s: %s %s, %s compilando y "
                             "%s probando.",
                             r->saved, total, waited,
                             r->early ? "en lo que fallaba" : "esperando", compile, run)
                 : ag_format("Veredicto en %s s: %s compilando y %s probando.", total,
                             compile, run);
    fputs(s->style.dim, s->out);
    gr_text_wrap(s->out, " ", text, s->cols);
    fputs(s->style.off, s->out);
    free(text);
    free(run);
    free(compile);
    free(waited);
    free(total);
}

static struct day_times times_of(const struct day_round *r, double compile)
{
    double now = ag_ms();
    double spent = now - r->start_ms;
    compile = compile < 0 ? 0 : compile > spent ? spent : compile;
    return (struct day_times){.waited = r->start_ms - r->first_ms,
                              .compile = compile,
                              .run = spent - compile,
                              .total = now - r->first_ms};
}

/* ---- un laboratorio ------------------------------------------------------------------------ */

static void put_points(const struct gr_screen *s, const struct day_round *r,
                       const json_t *result)
{
    int now = (int)json_integer_value(json_object_get(result, "puntos"));
    if (r->before < 0 || now == r->before)
        return;
    char *text = ag_format("%+d %s: antes %d, ahora %d.", now - r->before,
                           gr_points_word(abs(now - r->before)), r->before, now);
    fputs(now > r->before ? s->style.good : s->style.bad, s->out);
    gr_text_wrap(s->out, " ", text, s->cols);
    fputs(s->style.off, s->out);
    free(text);
}

/* Lo que tardó en compilar, según el informe. */
static double compile_ms(const json_t *result)
{
    json_t *spent = json_object_get(result, "segundos");
    return json_number_value(json_object_get(spent, "compilar")) * 1000;
}

static void put_lab(const struct gr_screen *s, struct day_round *r, const char *output,
                    int64_t status)
{
    const char *report = r->alone ? ALONE_REPORT : DAY_REPORT;
    json_t *result = status == 0 ? day_results_of(report, r->target->lab) : NULL;
    struct day_times times = times_of(r, compile_ms(result));
    const char *verdict = json_string_value(json_object_get(result, "veredicto"));
    bool good = verdict && strcmp(verdict, "bien") == 0;
    if (r->alone && good) {
        ssize_t at = lab_find(r->target->lab, r->focus);
        char *text = ag_format("«%s» ya pasa.", r->target->lab->tests[at].title);
        fputs(s->style.good, s->out);
        gr_text_wrap(s->out, " ✓ ", text, s->cols);
        fprintf(s->out, "%s\n", s->style.off);
        free(text);
    } else {
        fputs(output + strspn(output, "\n"), s->out);
        fputc('\n', s->out);
    }
    if (result && !r->alone) {
        put_points(s, r, result);
        r->before = (int)json_integer_value(json_object_get(result, "puntos"));
        day_note_grade();
    }
    /* Sin compilar no hay más que ver, y sin resultado no se sabe. */
    if (!verdict || strcmp(verdict, "no_compila") == 0)
        r->alone = false;
    put_times(s, r, &times);
    json_decref(result);
}

/* ---- la práctica --------------------------------------------------------------------------- */

static const struct day_exercise *find_exercise(const struct day_practice *p,
                                                const char *name)
{
    for (size_t i = 0; name && i < p->n; i++)
        if (strcmp(p->v[i].name, name) == 0)
            return &p->v[i];
    return NULL;
}

/* Las primeras líneas útiles de lo que dijo gcc. El enlazador pone la ruta entera. */
static void put_errors(const struct gr_screen *s, const struct day_exercise *e)
{
    char *dir = ag_format(BUILT "/lessons/%s/practica", e->chapter);
    char *name = ag_format("%s.err", e->name), *here = getcwd(NULL, 0);
    char *text = NULL, *useful = NULL;
    size_t size, skip = here ? strlen(here) : 0;
    if (ag_read_start(dir, name, MAX_ERRORS, &text, &size) == 0)
        useful = gr_diag_trim(text, "");
    int lines = 0;
    for (char *rest = useful; rest && *rest && lines <= SHOWN_ERRORS; lines++) {
        const char *line = strsep(&rest, "\n");
        if (skip > 0 && strncmp(line, here, skip) == 0)
            line += skip + 1;
        fprintf(s->out, "     %s\n",
                lines < SHOWN_ERRORS ? line : "(y más, que suelen caer con el primero)");
    }
    free(useful);
    free(text);
    free(here);
    free(name);
    free(dir);
}

static void put_exercise(const struct gr_screen *s, const struct day_exercise *e)
{
    fprintf(s->out, "\n %s%s. %s%s  %s, %s minutos\n", s->style.bold, e->number, e->name,
            s->style.off, e->kind, e->minutes);
    if (e->done) {
        fprintf(s->out, "   %s✓ Está hecho.%s\n", s->style.good, s->style.off);
        return;
    }
    char *program = ag_format(BUILT "/lessons/%s/practica/%s", e->chapter, e->name);
    bool built = access(program, X_OK) == 0;
    free(program);
    fputs(s->style.bad, s->out);
    gr_text_wrap(s->out, "   ✗ ", built ? e->missing : "no compila:", s->cols);
    fputs(s->style.off, s->out);
    if (!built)
        put_errors(s, e);
    if (*e->more)
        gr_text_wrap(s->out, "     ", e->more, s->cols);
    if (built)
        fprintf(s->out, "   %sAS_CLOCK=virtual " BUILT "/lessons/%s/practica/%s%s\n",
                s->style.dim, e->chapter, e->name, s->style.off);
    fprintf(s->out, "   %slessons/%s/practica/%s.c%s\n", s->style.dim, e->chapter,
            e->name, s->style.off);
}

static void put_chapter(const struct gr_screen *s, const struct day_practice *p,
                        const struct day_exercise *focus)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct day_exercise *e = &p->v[i];
        char *mark = ag_format("   %s ", e->done ? "✓" : e == focus ? "→" : "·");
        char *left = ag_format("%s. %s", e->number, e->name);
        gr_put_row(s, mark, left, e->kind,
                   e->done      ? s->style.good
                   : e == focus ? s->style.bold
                                : "");
        free(left);
        free(mark);
    }
}

/* Cuándo se enlazó su programa: lo demás hasta el final es probar. */
static double linked_ms(const struct day_round *r, const struct day_exercise *e)
{
    char *path = ag_format(BUILT "/lessons/%s/practica/%s", e->chapter, e->name);
    struct stat st;
    double ms = 0;
    if (stat(path, &st) == 0)
        ms = (double)st.st_mtim.tv_sec * 1e3 + (double)st.st_mtim.tv_nsec / 1e6 -
             r->wall_start;
    free(path);
    return ms;
}

static void put_practice(const struct gr_screen *s, struct day_round *r,
                         const char *output, int64_t status)
{
    struct day_practice p;
    const struct day_exercise *e = NULL;
    struct day_times times = times_of(r, 0);
    if (status != 0 || day_practice_read(&p, DAY_PRACTICE) < 0) {
        fputs(output, s->out);
        put_times(s, r, &times);
        return;
    }
    e = find_exercise(&p, r->focus);
    for (size_t i = 0; i < p.n && !e; i++)
        if (!p.v[i].done)
            e = &p.v[i];
    put_chapter(s, &p, e);
    if (e) {
        if (!r->focus)
            r->focus = ag_format("%s", e->name);
        times = times_of(r, linked_ms(r, e));
        put_exercise(s, e);
    }
    bool left = false;
    for (size_t i = 0; i < p.n; i++)
        left = left || !p.v[i].done;
    if (!left)
        fputs("\n Está hecha toda la práctica del capítulo.\n", s->out);
    else if (e && e->done)
        fputs("\n Con la tecla n pasas al siguiente.\n", s->out);
    fputc('\n', s->out);
    put_times(s, r, &times);
    day_practice_free(&p);
}

/* ---- lo común ------------------------------------------------------------------------------ */

void day_round_put(const struct gr_screen *s, struct day_round *r, const char *output,
                   int64_t status)
{
    if (r->target->lab)
        put_lab(s, r, output, status);
    else
        put_practice(s, r, output, status);
}

bool day_round_next(struct day_round *r)
{
    bool more = r->alone;
    r->early = more;
    r->alone = false;
    return more;
}

char *day_target_title(const struct day_target *t)
{
    return t->lab ? ag_format("Laboratorio %s · %s", t->lab->id, t->lab->title)
                  : ag_format("Práctica %.2s · %s", t->chapter->dir, t->chapter->title);
}

/* Detrás de `after`; de uno hecho se vuelve a los que quedaron atrás, y de uno sin hacer, no: quien
 * lo deja se va a otra cosa. */
static char *first_missing(const struct day_target *t, const char *after)
{
    struct day_practice p;
    const char *first = NULL, *next = NULL;
    bool here = false, done = !after;
    if (day_practice_read(&p, DAY_PRACTICE) < 0)
        return NULL;
    for (size_t i = 0; i < p.n; i++) {
        const struct day_exercise *e = &p.v[i];
        if (strcmp(e->chapter, t->chapter->dir) != 0)
            continue;
        if (!e->done && !first)
            first = e->name;
        if (!e->done && here && !next)
            next = e->name;
        if (after && strcmp(e->name, after) == 0) {
            here = true;
            done = e->done;
        }
    }
    char *found = next            ? ag_format("%s", next)
                  : done && first ? ag_format("%s", first)
                                  : NULL;
    day_practice_free(&p);
    return found;
}

char *day_target_focus(const struct day_target *t, const char *after)
{
    if (!t->lab)
        return first_missing(t, after);
    json_t *result = day_results_of(DAY_REPORT, t->lab);
    ssize_t at = result && day_results_whole(result, t->lab)
                     ? day_first_failure(result, t->lab)
                     : -1;
    const char *verdict = at < 0 ? NULL : day_verdict_of(result, t->lab->tests[at].name);
    char *name = verdict && strcmp(verdict, "fallo_corrector") != 0
                     ? ag_format("%s", t->lab->tests[at].name)
                     : NULL;
    json_decref(result);
    return name;
}

/* El comentario con que empieza un archivo, sin sus asteriscos; en memoria nueva. */
static char *first_comment(char *text)
{
    char *end = strstr(text, "*/"), *out = NULL;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    if (end)
        *end = '\0';
    /* La primera línea abre el comentario; la segunda, la clase y los minutos. */
    int number = 0;
    for (char *rest = end ? text : NULL; f && rest; number++) {
        const char *line = strsep(&rest, "\n");
        line += strspn(line, " /*");
        if (strcmp(line, "predicción:") == 0)
            break;
        if (number > 1)
            fprintf(f, "%s\n", line);
    }
    if (f)
        fclose(f);
    return out;
}

/* El enunciado de un ejercicio. */
static void put_question(const struct gr_screen *s, const struct day_target *t,
                         const char *name)
{
    char *file = ag_format("%s.c", name), *text;
    size_t size;
    if (ag_read_file(t->dir, file, MAX_ERRORS, &text, &size) == 0) {
        char *words = first_comment(text);
        day_markdown_put(s, words, strlen(words));
        free(words);
        free(text);
    }
    free(file);
}

void day_target_hint(const struct gr_screen *s, const struct day_target *t,
                     const char *focus)
{
    struct gr_error err;
    if (t->lab) {
        if (day_hint_show(s, t->lab->id, &err) < 0)
            gr_text_wrap(s->out, " ", err.text, s->cols);
        return;
    }
    if (focus)
        put_question(s, t, focus);
    fputs("\n Lo que hace falta está en el capítulo:\n", s->out);
    fprintf(s->out, "   lessons/%s/README.md\n", t->chapter->dir);
}
