/* `make hint`: la pista siguiente de la prueba que falla ahora.
 *
 * De cada prueba hay tres, de menos a más: dónde se aprende, la pista de pistas.md que le toca y,
 * al final, la función y la idea. Si el corrector vio por qué falla (causes.c), las tres son de eso.
 * Cuántas se han visto está en el progreso. */
#include "base/memory.h"
#include "day/day.h"
#include "day/hints.h"
#include "day/progress.h"
#include "day/results.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARGIN "    "

extern char **environ;

/* ---- una prueba -------------------------------------------------------------------------- */

static void put(const struct gr_screen *s, const char *text)
{
    gr_text_wrap(s->out, MARGIN, text, s->cols);
}

static void put_where(const struct gr_screen *s, const struct lab_test *test,
                      const json_t *result, const struct day_cause *cause)
{
    const char *seen = day_failure_of(result, test->name);
    const char *read = cause ? cause->read : test->read;
    if (seen) {
        char *text = ag_format("El corrector vio esto: %s", seen);
        put(s, text);
        fputc('\n', s->out);
        free(text);
    }
    if (read) {
        put(s, "La sección que lo explica, que conviene leer otra vez antes de seguir:");
        fprintf(s->out, "\n" MARGIN "%s\n", read);
    }
}

/* En la lista va detrás de dos puntos; aquí, sola. */
static void put_last(const struct gr_screen *s, char *text)
{
    *text = (char)toupper((unsigned char)*text);
    day_markdown_put(s, text, strlen(text));
}

static void put_cause(const struct gr_screen *s, const char *text)
{
    day_markdown_put(s, text, strlen(text));
}

static int put_stage(const struct gr_screen *s, const struct day_hints *hints,
                     const struct lab_test *test, const json_t *result, int stage,
                     struct gr_error *err)
{
    char *last = NULL;
    int number = day_hint_of(hints, test->name, &last), rc = 0;
    const struct day_cause *cause = day_cause_of(day_failure_of(result, test->name));
    if (stage == 1)
        put_where(s, test, result, cause);
    else if (cause)
        put_cause(s, stage == 2 ? cause->what : cause->mend);
    else if (stage == 2 && day_hint_put(s, hints, number) < 0)
        rc = gr_error(err, "en %s no está la pista %d", hints->path, number);
    else if (stage == 3)
        put_last(s, last);
    free(last);
    return rc;
}

static int put_test(const struct gr_screen *s, const struct lab *lab,
                    const struct lab_test *test, const json_t *result,
                    struct gr_error *err)
{
    struct day_hints hints;
    struct day_progress progress;
    if (day_hints_load(&hints, lab->dir, err) < 0)
        return -1;
    day_progress_open(&progress);
    int shown = day_hints_shown(&progress, lab->dir, test->name);
    bool known = day_hint_of(&hints, test->name, NULL) > 0 ||
                 day_cause_of(day_failure_of(result, test->name));
    int all = known ? DAY_HINTS : 1;
    int stage = shown < all ? shown + 1 : all;

    char *title = ag_format("«%s»", test->title);
    char *count = ag_format("pista %d de %d", stage, all);
    fputs(s->style.bold, s->out);
    gr_put_row(s, " ", title, count, "");
    fprintf(s->out, "%s\n", s->style.off);
    free(count);
    free(title);
    int rc = put_stage(s, &hints, test, result, stage, err);
    if (rc == 0) {
        char *more = stage < all
                         ? ag_format("¿Hace falta más? Otra vez make hint LAB=%s",
                                     lab->id)
                         : ag_format("No hay más pistas de esta prueba. El dibujo del "
                                     "programa entero está en %s",
                                     hints.path);
        fprintf(s->out, "\n%s", s->style.dim);
        gr_text_wrap(s->out, " ", more, s->cols);
        fputs(s->style.off, s->out);
        free(more);
        day_note_hints(&progress, lab->dir, test->name, stage);
    }
    day_progress_close(&progress);
    day_hints_free(&hints);
    return rc;
}

/* ---- un laboratorio ---------------------------------------------------------------------- */

static int put_lab(const struct gr_screen *s, const struct lab *lab, const json_t *result,
                   struct gr_error *err)
{
    ssize_t at = day_first_failure(result, lab);
    if (at < 0) {
        char *text = ag_format("El laboratorio %s está completo: no queda nada que "
                               "insinuar.",
                               lab->id);
        gr_text_wrap(s->out, " ", text, s->cols);
        free(text);
        return 0;
    }
    const char *verdict = day_verdict_of(result, lab->tests[at].name);
    if (strcmp(verdict, "no_compila") == 0) {
        char *text = ag_format("El programa no compila. Corrige el primer error que dice "
                               "gcc, que los demás suelen caer con él: make grade LAB=%s",
                               lab->id);
        gr_text_wrap(s->out, " ", text, s->cols);
        free(text);
        return 0;
    }
    if (strcmp(verdict, "fallo_corrector") == 0)
        return gr_error(err, "el corrector falló: repite con make grade LAB=%s", lab->id);
    return put_test(s, lab, &lab->tests[at], result, err);
}

int day_hint_show(const struct gr_screen *s, const char *which, struct gr_error *err)
{
    struct labs labs;
    if (gr_labs_load(&labs, which, err) != 0)
        return -1;
    json_t *result = day_results_of(DAY_REPORT, &labs.v[0]);
    int rc = result ? put_lab(s, &labs.v[0], result, err)
                    : gr_error(err, "aún no se ha calificado el laboratorio %s",
                               labs.v[0].id);
    json_decref(result);
    labs_free(&labs);
    return rc;
}

/* Califica el laboratorio sin enseñar su informe. 0, o -1 con el motivo. */
static int run_grade(char *const *command, struct gr_error *err)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int rc = posix_spawn(&pid, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0)
        return gr_error(err, "no puedo ejecutar %s: %s", command[0], strerror(rc));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return gr_error(err, "no sé cómo acabó %s", command[0]);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? 0
               : gr_error(err,
                          "no se pudo calificar, y sin saber qué falla no hay pista");
}

/* ¿Hay que calificar antes? Lo que no dice qué prueba falla no sirve. */
static bool outdated(const struct lab *lab)
{
    json_t *result = day_results_of(DAY_REPORT, lab);
    bool old = !result || !day_results_whole(result, lab) ||
               day_results_stale(DAY_REPORT, lab);
    json_decref(result);
    return old;
}

int day_hint(const char *which, char *const *grade)
{
    struct gr_screen screen = gr_screen_for(stdout);
    struct gr_error err;
    struct labs labs;
    int rc = gr_labs_load(&labs, which, &err) == 0 ? 0 : -1;
    if (rc == 0) {
        bool old = outdated(&labs.v[0]);
        labs_free(&labs);
        if (old)
            rc = run_grade(grade, &err);
        if (rc == 0 && old)
            day_note_grade();
    }
    if (rc == 0)
        rc = day_hint_show(&screen, which, &err);
    if (rc < 0)
        fprintf(stderr, "make hint: %s\n", err.text);
    return rc < 0 ? GR_EXIT_USAGE : GR_EXIT_OK;
}

/* ---- las de todo el curso --------------------------------------------------------------- */

/* Qué le falta a la pista de una prueba, o NULL. */
static const char *fault_of(const struct day_hints *hints, const struct lab_test *test)
{
    char *last = NULL;
    struct gr_screen nowhere = {.out = fopen("/dev/null", "we"), .cols = SIZE_MAX};
    int number = day_hint_of(hints, test->name, &last);
    const char *fault = number == 0   ? "no la nombra nadie"
                        : !test->read ? "no dice qué leer"
                        : strpbrk(last, "{}") || strstr(last, ";\n")
                            ? "la última lleva código"
                        : !strchr(last, '`') ? "la última no nombra nada"
                        : !nowhere.out       ? "no hay dónde escribirla"
                        : day_hint_put(&nowhere, hints, number) < 0 ? "no hay tal pista"
                                                                    : NULL;
    if (nowhere.out)
        fclose(nowhere.out);
    free(last);
    return fault;
}

int day_hint_check(void)
{
    struct labs labs;
    struct gr_error err;
    int n = 0, bad = 0;
    if (gr_labs_load(&labs, NULL, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        return GR_EXIT_FAILURE;
    }
    for (size_t i = 0; i < labs.n; i++) {
        struct day_hints hints;
        int loaded = day_hints_load(&hints, labs.v[i].dir, &err);
        for (size_t t = 0; t < labs.v[i].n_tests; t++) {
            const struct lab_test *test = &labs.v[i].tests[t];
            const char *fault = loaded < 0 ? err.text : fault_of(&hints, test);
            if (fault)
                printf("%s %s: %s\n", labs.v[i].dir, test->name, fault);
            bad += fault != NULL;
            n++;
        }
        if (loaded == 0)
            day_hints_free(&hints);
    }
    labs_free(&labs);
    printf("%d pruebas, %d sin sus pistas\n", n, bad);
    return bad ? GR_EXIT_BELOW : GR_EXIT_OK;
}
