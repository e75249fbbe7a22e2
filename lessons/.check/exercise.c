#include "exercise.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const KINDS[] = {
    [PREDICT] = "Predecir", [MEND] = "Arreglar", [BUILD] = "Construir"};

const char *exercise_kind(const struct exercise *e)
{
    static const char *const shown_kinds[] = {
        [PREDICT] = "predecir", [MEND] = "arreglar", [BUILD] = "construir"};

    return shown_kinds[e->kind];
}

/* ---- Leerlos ------------------------------------------------------------------------ */

/* La línea « * 1 · Predecir · 5 minutos» de la cabecera. */
static bool parse_header(struct exercise *e, const char *line)
{
    char kind[32];

    /* El punto medio se salta: sscanf no casa bien los espacios de delante de un no ASCII. */
    if (sscanf(line, " * %d %*[^A-Z]%31[A-Za-z]%*[^0-9]%d minutos", &e->number, kind,
               &e->minutes) != 3)
        return false;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (strcmp(kind, KINDS[i]) == 0) {
            e->kind = (enum exercise_kind)i;
            return true;
        }
    }
    return false;
}

static bool read_one(struct exercise *e, const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    const char *chapter = strstr(path, "lessons/") + strlen("lessons/");
    size_t stem = strlen(name) - 2;
    struct text text;

    *e = (struct exercise){0};
    if (!text_read(&text, path)) {
        fprintf(stderr, "practica: no puedo leer %s: %s\n", path, strerror(errno));
        return false;
    }
    bool good = text.count > 1 && parse_header(e, text.lines[1]);
    text_free(&text);
    if (!good) {
        fprintf(stderr,
                "practica: %s:2: la cabecera debe decir «N · Predecir · M minutos»\n",
                shown(path));
        return false;
    }
    e->chapter = format("%.*s", (int)strcspn(chapter, "/"), chapter);
    e->name = format("%.*s", (int)stem, name);
    e->source = format("%s", path);
    e->expected = format("%.*s/.salidas/%s.salida", (int)(name - 1 - path), path,
                         e->name);
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct exercise *one = a, *two = b;
    int order = strcmp(one->chapter, two->chapter);

    return order ? order : (one->number > two->number) - (one->number < two->number);
}

bool exercises_read(struct exercises *all, const char *root, const char *chapter)
{
    char *pattern = format("%s/lessons/%s[0-9]*/practica/*.c", root, chapter);
    glob_t found;
    bool good = true;

    if (strlen(chapter) > 0) {
        free(pattern);
        pattern = format("%s/lessons/%s-*/practica/*.c", root, chapter);
    }
    *all = (struct exercises){0};
    glob(pattern, 0, NULL, &found);
    free(pattern);
    all->list = calloc(found.gl_pathc + 1, sizeof *all->list);
    for (size_t i = 0; all->list && i < found.gl_pathc && good; i++) {
        good = read_one(&all->list[all->count], found.gl_pathv[i]);
        all->count += good;
    }
    globfree(&found);
    if (all->list)
        qsort(all->list, all->count, sizeof *all->list, by_place);
    return good;
}

void exercises_free(struct exercises *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->list[i].chapter);
        free(all->list[i].name);
        free(all->list[i].source);
        free(all->list[i].expected);
    }
    free(all->list);
}

/* ---- Juzgarlos ---------------------------------------------------------------------- */

/* Lo que debe escribir: la orden y, detrás, sus líneas. */
struct expected {
    struct text text;
    char *command;
    bool real;
};

static bool expected_read(struct expected *want, const char *path)
{
    static const char real[] = " # real";

    if (!text_read(&want->text, path))
        return false;
    const char *first = want->text.count > 0 ? want->text.lines[0] : "";
    if (strncmp(first, "$ ./", 4) != 0) {
        text_free(&want->text);
        errno = EINVAL;
        return false;
    }
    size_t n = strlen(first), tail = strlen(real);
    want->real = n > tail && strcmp(first + n - tail, real) == 0;
    want->command = format("%s", first + 2);
    return true;
}

/* Con esto empieza lo que asinc-gcc añade a lo que dice gcc. */
#define EXPLAINED "  => "

/* La explicación del error que empieza en la línea `i`; "" si no la hay. */
static const char *explained(const struct text *text, size_t i)
{
    while (++i < text->count && !strstr(text->lines[i], "error: "))
        if (strncmp(text->lines[i], EXPLAINED, strlen(EXPLAINED)) == 0)
            return text->lines[i] + strlen(EXPLAINED);
    return "";
}

/* El primer error del compilador, con su línea y, si es de los corrientes, qué hacer. */
static char *compile_error(const char *program)
{
    char *path = format("%s.err", program), *result = NULL;
    struct text text;

    if (text_read(&text, path)) {
        for (size_t i = 0; i < text.count && !result; i++) {
            const char *error = strstr(text.lines[i], "error: ");
            const char *line = strchr(text.lines[i], ':');
            const char *what = explained(&text, i);
            if (error && line)
                result = format("no compila, línea %d: %s%s%s", atoi(line + 1), error + 7,
                                *what ? "\n" : "", what);
        }
        text_free(&text);
    }
    free(path);
    return result ? result : format("no compila");
}

static char *difference(char *const *want, size_t want_count, char *const *got,
                        size_t got_count)
{
    int code;

    for (size_t i = 0; i < want_count || i < got_count; i++) {
        if (i < want_count && i < got_count && strcmp(want[i], got[i]) == 0)
            continue;
        if (i < got_count && sscanf(got[i], "[salida: %d]", &code) == 1)
            return format("acaba con el código %d", code);
        if (i >= got_count)
            return format("falta la línea %zu: «%s»", i + 1, want[i]);
        if (i >= want_count)
            return format("sobra la línea %zu: «%s»", i + 1, got[i]);
        return format("línea %zu: debía decir «%s» y dice «%s»", i + 1, want[i], got[i]);
    }
    return NULL;
}

/* Parte un texto en líneas, sobre él mismo. */
static struct text split(char *bytes)
{
    struct text text = {.bytes = bytes};

    for (char *rest = bytes; rest && *rest;) {
        text.lines = reallocarray(text.lines, text.count + 1, sizeof *text.lines);
        if (!text.lines)
            exit(3);
        text.lines[text.count++] = strsep(&rest, "\n");
    }
    return text;
}

static char *run(const struct expected *want, const char *programs, const char *data,
                 long limit_ms, struct text *got)
{
    char *output;

    switch (run_example(want->command, want->real, programs, data, limit_ms, &output)) {
    case RUN_DONE:
        *got = split(output);
        return NULL;
    case RUN_MISSING:
        free(output);
        return format("no pude ejecutarlo");
    case RUN_TIMEOUT:
        break;
    }
    free(output);
    return format("no acaba en %ld s", limit_ms / 1000);
}

/* Un informe de memoria explica el fallo mejor que la línea en que se corta la salida. Con una
 * fuga el programa acabó: antes interesa que lo que escribió esté bien. */
static char *verdict(const struct exercise *e, const char *program, char *const *want,
                     size_t want_count, const struct text *got)
{
    struct memory_report report;

    if (got->count == 0 || !memory_report_find(&report, e, got->lines, got->count))
        return difference(want, want_count, got->lines, got->count);
    char *result = report.leak ? difference(want, want_count, got->lines, report.before)
                               : NULL;
    if (!result)
        result = format("%s\nel informe entero: %s", report.story, shown(program));
    free(report.story);
    return result;
}

/* ---- La predicción ------------------------------------------------------------------- */

/* Una línea del comentario sin « * » delante ni espacios detrás. */
static char *bare(char *line)
{
    line += strspn(line, " \t");
    if (*line == '*')
        line++;
    line += strspn(line, " \t");
    size_t n = strlen(line);
    while (n > 0 && strchr(" \t\r", line[n - 1]))
        line[--n] = '\0';
    return line;
}

/* Sin espacios de más: quien predice no tiene que adivinar el margen. */
static bool same_words(const char *a, const char *b)
{
    for (;;) {
        a += strspn(a, " \t");
        b += strspn(b, " \t");
        size_t n = strcspn(a, " \t");
        if (n != strcspn(b, " \t") || strncmp(a, b, n) != 0)
            return false;
        if (n == 0)
            return true;
        a += n;
        b += n;
    }
}

static char *judge_prediction(const char *source, char *const *want, size_t want_count)
{
    struct text text;
    size_t count = 0;
    bool inside = false, found = false;
    char *result = NULL;

    if (!text_read(&text, source))
        return format("no puedo leerlo: %s", strerror(errno));
    for (size_t i = 0; i < text.count && !result; i++) {
        char *line = bare(text.lines[i]);
        if (strcmp(line, "predicción:") == 0) {
            inside = found = true;
        } else if (strcmp(line, "fin") == 0) {
            inside = false;
        } else if (inside && *line) {
            if (count >= want_count)
                result = format("escribe menos líneas que tu predicción");
            else if (!same_words(line, want[count]))
                result = format("tu línea %zu, «%s», no es lo que escribe", count + 1,
                                line);
            count++;
        }
    }
    text_free(&text);
    if (!found)
        return format("falta el comentario con «predicción:» y «fin»");
    if (!result && count == 0)
        return format("escribe tu predicción en el comentario");
    if (!result && count < want_count)
        return format("vas bien, y escribe más líneas: acertaste %zu", count);
    return result;
}

char *exercise_judge(const struct exercise *e, const char *source, const char *programs,
                     long limit_ms)
{
    char *program = format("%s/%s", programs, e->name), *result = NULL;
    char *data = format("%.*s", (int)(strrchr(e->source, '/') - e->source), e->source);
    struct expected want;
    struct text got = {0};

    if (access(program, X_OK) != 0) {
        result = compile_error(program);
    } else if (!expected_read(&want, e->expected)) {
        result = format("%s: %s", shown(e->expected), strerror(errno));
    } else {
        char **lines = want.text.lines + 1;
        size_t count = want.text.count - 1;
        result = run(&want, programs, data, limit_ms, &got);
        if (!result)
            result = verdict(e, program, lines, count, &got);
        if (result && e->kind == PREDICT) {
            free(result);
            result = format("cambiaste el programa: aquí solo se predice");
        } else if (e->kind == PREDICT) {
            result = judge_prediction(source, lines, count);
        }
        free(want.command);
        text_free(&want.text);
        text_free(&got);
    }
    free(data);
    free(program);
    return result;
}

bool exercise_record(const struct exercise *e, const char *programs, long limit_ms)
{
    char *data = format("%.*s", (int)(strrchr(e->source, '/') - e->source), e->source);
    struct expected want;
    char *output = NULL;
    bool done = false;

    if (!expected_read(&want, e->expected)) {
        want = (struct expected){.command = format("./%s", e->name)};
    }
    if (run_example(want.command, want.real, programs, data, limit_ms, &output) ==
        RUN_DONE) {
        char *whole = format("$ %s\n%s", want.command, output);
        char *dir = format("%.*s", (int)(strrchr(e->expected, '/') - e->expected),
                           e->expected);
        mkdir(dir, 0755);
        done = file_replace(e->expected, whole);
        free(dir);
        free(whole);
    }
    free(output);
    free(want.command);
    text_free(&want.text);
    free(data);
    return done;
}
