#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Lo que cabe sin recortar en el libro y en un móvil apaisado. */
#define MAX_COLUMNS 72

#define REAL_TRIES 5
#define MOST_SEEN  200

/* Con el reloj virtual un ejemplo no espera de verdad, y un segundo es mucho: en una máquina ocupada el
 * disco o los demás pueden quitarle unas décimas, y alguna de estas veces no lo harán. Cada milisegundo
 * de procesador le puede costar varios. */
#define MAX_MS     1000
#define RIVALS     10
#define SPEED_RUNS 4

enum mark_kind {
    NO_MARK,
    FRAGMENT,
    OUTPUT,
    OUTPUT_REAL,
    OUTPUT_POSTGRES,
    TRACE,
    ILLUSTRATIVE
};

struct mark {
    enum mark_kind kind;
    char *value; /* lo que sigue a los dos puntos */
    size_t line;
};

/* Lo que hace falta para revisar un bloque. */
struct block {
    const char *path;
    const char *lesson;
    size_t line; /* donde se abre */
    const char *info;
    struct mark mark;
};

static const struct {
    const char *start;
    enum mark_kind kind;
} MARKS[] = {
    {"<!-- fragmento:", FRAGMENT},
    {"<!-- salida real:", OUTPUT_REAL},
    {"<!-- salida postgres:", OUTPUT_POSTGRES},
    {"<!-- salida:", OUTPUT},
    {"<!-- traza:", TRACE},
    {"<!-- ilustrativo:", ILLUSTRATIVE},
};

static struct mark parse_mark(const char *line, size_t number)
{
    line += strspn(line, " ");
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++) {
        size_t n = strlen(MARKS[i].start);
        const char *end = strstr(line, "-->");
        if (strncmp(line, MARKS[i].start, n) != 0 || !end)
            continue;
        const char *value = line + n + strspn(line + n, " ");
        size_t size = end > value ? (size_t)(end - value) : 0;
        while (size > 0 && value[size - 1] == ' ')
            size--;
        return (struct mark){MARKS[i].kind, format("%.*s", (int)size, value), number};
    }
    return (struct mark){0};
}

size_t fence_length(const char *line, const char **info)
{
    line += strspn(line, " ");
    size_t n = strspn(line, *line == '~' ? "~" : "`");
    if (n < 3)
        return 0;
    *info = line + n + strspn(line + n, " ");
    return strchr(*info, '`') ? 0 : n;
}

/* La primera palabra de la línea que abre un bloque es el lenguaje. */
static bool is_lang(const char *info, const char *lang)
{
    size_t n = strcspn(info, " {");
    return strlen(lang) == n && strncmp(info, lang, n) == 0;
}

/* ¿Acaba mal a propósito? Lo dice un programa en su código: con «mal:» en la línea que falla, o
 * con «acaba mal». El de otro capítulo también vale: el 16 ejecuta los del 03. */
static bool failure_announced(const struct options *o, const struct block *b)
{
    const char *start = strstr(b->mark.value, "./");
    size_t n = start ? strcspn(start + 2, " |;\n") : 0;
    char *own = format("%s/%.*s.c", b->lesson, (int)n, start ? start + 2 : "");
    char *others = format("%s/lessons/*/%.*s.c", o->root, (int)n, start ? start + 2 : "");
    glob_t sources = {0};
    bool announced = false;

    glob(own, 0, NULL, &sources);
    glob(others, GLOB_APPEND, NULL, &sources);
    for (size_t i = 0; i < sources.gl_pathc; i++) {
        struct text text;
        if (!text_read(&text, sources.gl_pathv[i]))
            continue;
        for (size_t l = 0; l < text.count; l++)
            announced |= strstr(text.lines[l], "mal:") ||
                         strstr(text.lines[l], "acaba mal");
        text_free(&text);
    }
    globfree(&sources);
    free(others);
    free(own);
    return announced;
}

/* ¿Lleva la salida detrás un código de error? */
static bool ends_badly(const char *output)
{
    const char *last = NULL;

    for (const char *at = output; (at = strstr(at, "[salida: ")); at++)
        last = at == output || at[-1] == '\n' ? at : last;
    return last && last[strcspn(last, "\n") + 1] == '\0';
}

/* Lo que escribe `command`, bajo la orden que enseña el bloque. */
static char *output_truth(struct report *report, const struct options *o,
                          const struct block *b, const char *command)
{
    const char *value = b->mark.value;
    char *programs = format("%s/%s", o->programs, strrchr(b->lesson, '/') + 1);
    char *output, *truth = NULL;

    switch (run_example(command, b->mark.kind != OUTPUT, programs, b->lesson, o->limit_ms,
                        &output)) {
    case RUN_DONE:
        if (!ends_badly(output) || failure_announced(o, b))
            truth = format("$ %s\n%s", value, output);
        else
            fail(report, b->path, b->line,
                 "«%s» acaba mal, y su código no lo anuncia: arréglalo o, si es lo que "
                 "enseña, dilo en él con «mal:» o con «acaba mal»",
                 value);
        break;
    case RUN_MISSING:
        fail(report, b->path, b->line, "no pude ejecutar «%s»: %s", value, output);
        break;
    case RUN_TIMEOUT:
        fail(report, b->path, b->line, "«%s» no acaba en %ld s o escribe sin parar",
             value, o->limit_ms / 1000);
        break;
    }
    free(output);
    free(programs);
    return truth;
}

/* El número que hay en `*at`, y lo deja detrás; *time, si mide un tiempo: le sigue « s» o « ms». */
static double read_number(const char **at, bool *time)
{
    char *end;
    double number = strtod(*at, &end);
    const char *unit = end + strspn(end, " m");

    *time = *end == ' ' && *unit == 's' && !isalpha((unsigned char)unit[1]);
    *at = end;
    return number;
}

/* ¿Dicen lo mismo, salvo que algún tiempo sea ahora mayor? Una máquina ocupada alarga los tiempos; a
 * ninguna se le acortan. */
static bool same_but_slower(const char *expected, const char *now)
{
    while (*expected && *now) {
        bool digits = isdigit((unsigned char)*expected) && isdigit((unsigned char)*now);
        if (!digits) {
            if (*expected++ != *now++)
                return false;
            continue;
        }
        bool time, also;
        double wanted = read_number(&expected, &time), got = read_number(&now, &also);
        if (time != also || (time ? got < wanted : got != wanted))
            return false;
    }
    return *expected == *now;
}

/* Lo último que se vio bien de un capítulo con el reloj de verdad. La misma orden está en un bloque y en un .salida, con
 * «# real» detrás: una ejecución, que espera de verdad, vale por las dos. */
static struct {
    char *lesson, *command, *output;
} seen[MOST_SEEN];
static size_t seen_count;

static size_t command_length(const char *command)
{
    const char *real = strstr(command, " # real");

    return real ? (size_t)(real - command) : strlen(command);
}

static void remember(const struct block *b, const char *command, const char *truth)
{
    if (seen_count == MOST_SEEN)
        return;
    seen[seen_count].lesson = format("%s", b->lesson);
    seen[seen_count].command = format("%.*s", (int)command_length(command), command);
    seen[seen_count++].output = format("%s", strchr(truth, '\n') + 1);
}

static char *remembered(const struct block *b, const char *command)
{
    size_t n = command_length(command);

    for (size_t i = 0; i < seen_count; i++)
        if (strcmp(seen[i].lesson, b->lesson) == 0 && strlen(seen[i].command) == n &&
            strncmp(seen[i].command, command, n) == 0)
            return format("$ %s\n%s", b->mark.value, seen[i].output);
    return NULL;
}

/* Con el reloj de verdad, un programa dice lo que dice el texto si la máquina lo deja correr: se
 * le dan varias ocasiones, cada una cuando se calma. */
static char *patient_truth(struct report *report, const struct options *o,
                           const struct block *b, const char *command,
                           const char *expected)
{
    if (b->mark.kind == OUTPUT_REAL && o->clock == CLOCK_VIRTUAL)
        return format("%s", expected);
    char *truth = o->clock == CLOCK_REAL ? remembered(b, command) : NULL;

    if (truth)
        return truth;
    truth = output_truth(report, o, b, command);
    if (b->mark.kind != OUTPUT_REAL)
        return truth;
    for (int i = 1; i < REAL_TRIES && truth && !same_but_slower(expected, truth); i++) {
        if (o->write)
            return truth;
        wait_for_calm();
        free(truth);
        truth = output_truth(report, o, b, command);
    }
    if (!truth || !same_but_slower(expected, truth))
        return truth;
    free(truth);
    remember(b, command, expected);
    return format("%s", expected);
}

/* Lo que debe decir un bloque marcado, que ahora dice `written`. NULL si no se puede saber, tras
 * apuntar por qué. */
static char *block_truth(struct report *report, const struct options *o,
                         const struct block *b, const char *written)
{
    const char *value = b->mark.value;
    if (o->clock == CLOCK_REAL && b->mark.kind != OUTPUT_REAL)
        return format("%s", written);
    report->real += b->mark.kind == OUTPUT_REAL;
    if (b->mark.kind == FRAGMENT) {
        const char *region = strchr(value, '#');
        size_t n = region ? (size_t)(region - value) : strlen(value);
        char *path = format("%s/%.*s", b->lesson, (int)n, value);
        char *truth = region_text(report, path, region ? region + 1 : NULL, b->path,
                                  b->line);
        free(path);
        return truth;
    }
    if (b->mark.kind == OUTPUT_POSTGRES && !getenv("ASINC_PG_CLUSTER")) {
        report->skipped++;
        return NULL;
    }
    return patient_truth(report, o, b, value, written);
}

/* Si el bloque debía llevar otra marca, apunta cuál y devuelve false.
 */
static bool block_marked(struct report *report, const struct block *b, const char *body)
{
    bool is_c = is_lang(b->info, "c"), is_console = is_lang(b->info, "console");
    switch (b->mark.kind) {
    case NO_MARK:
        if (is_c)
            fail(report, b->path, b->line,
                 "este código no dice de dónde sale: falta <!-- "
                 "fragmento: archivo.c#region --> "
                 "o <!-- ilustrativo: por qué -->");
        else if (is_console && strncmp(body, "$ ./", 4) == 0)
            fail(report, b->path, b->line,
                 "esta salida no se comprueba: falta <!-- salida: "
                 "./programa -->");
        return false;
    case FRAGMENT:
        if (!is_c)
            fail(report, b->path, b->line, "un fragmento va en un bloque ```c");
        return is_c;
    case OUTPUT:
    case OUTPUT_REAL:
    case OUTPUT_POSTGRES:
        if (!is_console)
            fail(report, b->path, b->line, "una salida va en un bloque ```console");
        return is_console;
    case TRACE:
        fail(report, b->path, b->line, "una traza va ante un dibujo, no ante un bloque");
        return false;
    case ILLUSTRATIVE:
        if (!*b->mark.value)
            fail(report, b->path, b->line, "di por qué este bloque es ilustrativo");
        return false;
    }
    return false;
}

static void check_width(struct report *report, const struct block *b, const char *body)
{
    if (!is_lang(b->info, "c") && !is_lang(b->info, "python"))
        return;
    size_t number = b->line;
    char *copy = format("%s", body), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));) {
        number++;
        if (columns(line) > MAX_COLUMNS)
            fail(report, b->path, number, "línea de código de %d columnas; caben %d",
                 columns(line), MAX_COLUMNS);
    }
    free(copy);
}

static void put_lines(FILE *out, const char *body, size_t margin)
{
    while (*body) {
        size_t n = strcspn(body, "\n");
        fprintf(out, "%*s%.*s\n", n ? (int)margin : 0, "", (int)n, body);
        body += n + (body[n] == '\n');
    }
}

/* Compara un bloque con la verdad y escribe en fresh el que debe
 * quedar. */
static void check_block(struct report *report, const struct options *o,
                        const struct block *b, char **lines, size_t count, size_t margin,
                        FILE *fresh)
{
    char *body = lines_join(lines, count, margin);
    char *truth = block_marked(report, b, body) ? block_truth(report, o, b, body) : NULL;
    bool drifted = truth && strcmp(truth, body) != 0;
    if (drifted && !o->write) {
        fail(report, b->path, b->line, "el bloque de «%s» ya no dice la verdad",
             b->mark.value);
        note_diff(report, body, truth);
    }
    if (drifted && o->write)
        put_lines(fresh, truth, margin);
    else
        for (size_t i = 0; i < count; i++)
            fprintf(fresh, "%s\n", lines[i]);
    check_width(report, b, drifted && o->write ? truth : body);
    free(truth);
    free(body);
}

static void save(struct report *report, const char *path, const char *content)
{
    if (file_replace(path, content))
        report->updated = true;
    else
        fail(report, path, 1, "no puedo escribirlo: %s", strerror(errno));
}

void chapter_check(struct report *report, const struct options *o, const char *path,
                   const char *lesson)
{
    struct text text;
    if (!text_read(&text, path)) {
        fail(report, path, 1, "falta el capítulo: %s", strerror(errno));
        return;
    }
    char *fresh_text = NULL;
    size_t size;
    FILE *fresh = open_memstream(&fresh_text, &size);
    struct block b = {.path = path, .lesson = lesson};
    int errors = report->errors;

    for (size_t i = 0; i < text.count; i++) {
        const char *info;
        size_t fence = fence_length(text.lines[i], &info), close = i + 1;
        struct mark mark = fence ? b.mark : parse_mark(text.lines[i], i + 1);
        if (!fence && b.mark.kind == TRACE) {
            if (o->clock != CLOCK_REAL)
                trace_check(report, o, path, lesson, b.mark.value, text.lines[i], i + 1);
            free(b.mark.value);
        } else if (!fence && b.mark.kind != NO_MARK) {
            fail(report, path, b.mark.line, "la marca «%s» no va seguida de su bloque",
                 b.mark.value);
            free(b.mark.value);
        }
        fprintf(fresh, "%s\n", text.lines[i]);
        b.mark = mark;
        if (!fence)
            continue;

        char kind = text.lines[i][strspn(text.lines[i], " ")];
        for (const char *rest; close < text.count; close++)
            if (fence_length(text.lines[close], &rest) >= fence && !*rest &&
                text.lines[close][strspn(text.lines[close], " ")] == kind)
                break;
        b.line = i + 1;
        b.info = info;
        if (close == text.count)
            fail(report, path, b.line, "el bloque no se cierra");
        else
            check_block(report, o, &b, text.lines + i + 1, close - i - 1,
                        strspn(text.lines[i], " "), fresh);
        free(b.mark.value);
        b.mark = (struct mark){0};
        i = close;
        if (close < text.count)
            fprintf(fresh, "%s\n", text.lines[close]);
    }
    if (b.mark.kind != NO_MARK)
        fail(report, path, b.mark.line, "la marca «%s» no va seguida de su bloque",
             b.mark.value);
    free(b.mark.value);
    fclose(fresh);

    if (o->write && report->errors == errors) {
        char *old = lines_join(text.lines, text.count, 0);
        if (strcmp(old, fresh_text) != 0)
            save(report, path, fresh_text);
        free(old);
    }
    free(fresh_text);
    text_free(&text);
}

/* Lo que llevan de procesador los procesos que han acabado, en milisegundos. */
static long processor_ms(void)
{
    struct rusage used;

    getrusage(RUSAGE_CHILDREN, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

/* La segunda vez, en la misma carpeta, escribe lo mismo que la primera: lo que dejó no estorba. */
static void check_twice(struct report *report, const struct options *o,
                        const struct block *b, const char *truth)
{
    char *command = format("(%s\n:) >/dev/null 2>&1\n%s", b->mark.value, b->mark.value);
    char *second = patient_truth(report, o, b, command, truth);

    if (second && strcmp(second, truth) != 0) {
        fail(report, b->path, b->line,
             "«%s» escribe otra cosa si se repite en la misma carpeta", b->mark.value);
        note_diff(report, truth, second);
    }
    free(second);
    free(command);
}

/*
 * Lo que se enseña no es fruto de la suerte: sale igual todas las veces, por mucho que el
 * programa crea dormir. Quien espera de verdad tarda más de lo que trabaja, también la mejor de
 * las veces; a quien solo esperó su turno, alguna vez le llega.
 */
static void check_repeats(struct report *report, const struct options *o,
                          const struct block *b, const char *truth)
{
    long best = LONG_MAX, fair = 0;
    for (int i = 2; i <= o->runs || (best >= fair && i <= SPEED_RUNS); i++) {
        long start = now_ms(), worked = processor_ms();
        char *again = block_truth(report, o, b, truth);
        if (!again)
            return;
        bool same = strcmp(again, truth) == 0;
        if (!same) {
            fail(report, b->path, b->line, "«%s» escribe otra cosa a la vez n.º %d",
                 b->mark.value, i);
            note_diff(report, truth, again);
        }
        free(again);
        if (!same)
            return;
        if (now_ms() - start < best) {
            best = now_ms() - start;
            fair = MAX_MS + RIVALS * (processor_ms() - worked);
        }
    }
    if (best >= fair)
        fail(report, b->path, b->line,
             "«%s» nunca baja de %ld ms con el reloj virtual: caben %ld", b->mark.value,
             best, fair);
}

static bool ends_with(const char *line, const char *end)
{
    size_t n = strlen(line), m = strlen(end);

    return n > m && strcmp(line + n - m, end) == 0;
}

/* ejemplo.salida empieza por «$ ./ejemplo args»; «# real» al final pide
 * el reloj de verdad, y «# postgres», también un PostgreSQL. */
void output_check(struct report *report, const struct options *o, const char *source,
                  const char *lesson)
{
    size_t stem = strlen(source) - 2;
    const char *name = strrchr(source, '/') + 1;
    char *path = format("%.*s.salida", (int)stem, source);
    struct text text;
    bool exists = text_read(&text, path);
    char *written = lines_join(text.lines, text.count, 0);
    bool starts = text.count > 0 && strncmp(text.lines[0], "$ ", 2) == 0;
    struct block b = {
        .path = path, .lesson = lesson, .line = 1, .mark = {.kind = OUTPUT}};

    if (starts) {
        if (ends_with(text.lines[0], "# real"))
            b.mark.kind = OUTPUT_REAL;
        else if (ends_with(text.lines[0], "# postgres"))
            b.mark.kind = OUTPUT_POSTGRES;
        b.mark.value = format("%s", text.lines[0] + 2);
    } else {
        b.mark.value = format("./%.*s", (int)(strlen(name) - 2), name);
    }
    char *truth = NULL;
    if (!exists && !o->write)
        fail(report, path, 1, "falta: créalo con make update-lessons");
    else if (exists && !starts && !o->write)
        fail(report, path, 1, "la primera línea debe ser «$ %s»", b.mark.value);
    else
        truth = block_truth(report, o, &b, written);

    if (truth && strcmp(truth, written) != 0) {
        if (o->write) {
            save(report, path, truth);
        } else {
            fail(report, path, 1, "ya no es lo que escribe %s", b.mark.value);
            note_diff(report, written, truth);
        }
    } else if (truth && !o->write && o->runs > 1 &&
               (o->clock == CLOCK_ANY ||
                (o->clock == CLOCK_REAL) == (b.mark.kind == OUTPUT_REAL))) {
        check_twice(report, o, &b, truth);
        if (b.mark.kind == OUTPUT)
            check_repeats(report, o, &b, truth);
    }
    free(truth);
    free(written);
    free(b.mark.value);
    text_free(&text);
    free(path);
}
