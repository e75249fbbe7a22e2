#include "check.h"

#include <ftw.h>
#include <glob.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char USAGE[] =
    "Uso: check [--escribe] [--tabla] [--programas CARPETA] [--plazo S] [--veces N] "
    "[--reloj R] [RAÍZ]\n"
    "  Comprueba los capítulos de RAÍZ/lessons y los enlaces de todo "
    "el Markdown de RAÍZ (.).\n"
    "  --escribe     corrige los fragmentos y las salidas en lugar de "
    "quejarse\n"
    "  --programas   donde están compilados los ejemplos "
    "(build/normal/lessons)\n"
    "  --dibujante   el que dibuja trazas (build/normal/common/tools/trace_svg)\n"
    "  --tabla       enseña además lo que pesa cada capítulo y lo que manda leer cada "
    "prueba\n"
    "  --prosa F     solo escribe la prosa de F, para el corrector ortográfico\n"
    "  --reloj R     solo las salidas con ese reloj: virtual o real\n"
    "  --veces       ejecuta N veces cada ejemplo: siempre igual, y "
    "en menos de un segundo\n"
    "  --carpeta D   solo los bloques de las páginas de D, que no es un capítulo; sus "
    "programas, en CARPETA/D\n"
    "  --ejecuta O   solo ejecuta la orden O con los programas de CARPETA, como un "
    "ejemplo, y enseña lo que escribe; con --real, con el reloj de verdad\n";

static int tests, failed;
static struct names *names;
static struct suspends *suspending;
static bool table; /* enseñar lo que pesa cada capítulo */

static void report_open(struct report *report)
{
    *report = (struct report){0};
    report->out = open_memstream(&report->notes, &report->size);
}

static void report_drop(struct report *report)
{
    fclose(report->out);
    free(report->notes);
}

/* Enseña lo que se sabe de un archivo: una prueba de TAP. */
static void report_close(struct report *report, const char *what)
{
    fclose(report->out);
    printf("%s %d - %s%s", report->errors ? "not ok" : "ok", ++tests, what,
           report->updated ? " # corregido" : "");
    if (report->skipped > 0 && report->errors == 0)
        printf(" # SKIP falta PostgreSQL: salidas sin comprobar: %d", report->skipped);
    printf("\n%s", report->notes);
    failed += report->errors > 0;
    free(report->notes);
}

/* Llama a fn con lo que case con el patrón dentro de la carpeta. */
static glob_t list(const char *dir, const char *pattern)
{
    glob_t found;
    char *full = format("%s/%s", dir, pattern);
    if (glob(full, 0, NULL, &found) == GLOB_NOSPACE)
        exit(3);
    free(full);
    return found;
}

/* Las preguntas y las respuestas de un capítulo. */
static void check_answers(const char *lesson, const glob_t *pages)
{
    struct report report;
    char *what = format("preguntas y respuestas de %s", shown(lesson));

    report_open(&report);
    answers_check(&report, pages->gl_pathv, pages->gl_pathc);
    report_close(&report, what);
    free(what);
}

/* Las páginas que acompañan al capítulo: un ejercicio resuelto. Las funciones nuevas. */
static size_t check_pages(const struct options *o, const char *lesson)
{
    glob_t pages = list(lesson, "*.md");
    size_t fresh = 0;

    for (size_t i = 0; i < pages.gl_pathc; i++) {
        const char *page = pages.gl_pathv[i];
        struct report report;
        if (strcmp(strrchr(page, '/'), "/README.md") == 0)
            continue;
        report_open(&report);
        chapter_check(&report, o, page, lesson);
        prose_check(&report, o, page, is_answers(page) ? ANY_WORDS : PAGE_WORDS);
        suspends_check(&report, suspending, page);
        fresh += names_check(&report, names, page);
        report_close(&report, shown(page));
    }
    check_answers(lesson, &pages);
    globfree(&pages);
    return fresh;
}

/* Los ejercicios solo usan lo explicado hasta su capítulo. */
static void check_exercises(const char *lesson)
{
    glob_t sources = list(lesson, "practica/*.c");

    for (size_t i = 0; i < sources.gl_pathc; i++) {
        struct report report;
        report_open(&report);
        names_check_source(&report, names, sources.gl_pathv[i]);
        code_check(&report, sources.gl_pathv[i]);
        report_close(&report, shown(sources.gl_pathv[i]));
    }
    globfree(&sources);
}

/* Una fila de la tabla de capítulos, detrás de un # de TAP. */
static void table_row(const char *lesson, const char *chapter, size_t fresh)
{
    struct minutes minutes = {0};
    glob_t programs = list(lesson, "*.c"), exercises = list(lesson, "practica/*.c");

    minutes_read(chapter, &minutes);
    printf("# | %s | %zu | %zu | %zu | %zu | %d | %d |\n", strrchr(lesson, '/') + 1,
           prose_words(chapter), programs.gl_pathc, exercises.gl_pathc, fresh,
           minutes.read, minutes.practice);
    globfree(&exercises);
    globfree(&programs);
}

/* Páginas con código y salidas que no son de un capítulo: un examen. */
static void check_folder(const struct options *o, const char *folder)
{
    glob_t pages = list(folder, "*.md");

    for (size_t i = 0; i < pages.gl_pathc; i++) {
        struct report report;
        report_open(&report);
        chapter_check(&report, o, pages.gl_pathv[i], folder);
        report_close(&report, shown(pages.gl_pathv[i]));
    }
    globfree(&pages);
    printf("1..%d\n", tests);
}

/* Lo que se vería en el terminal; el código con que acaba esto dice solo si se pudo ver. */
static int show_run(const struct options *o, const char *command, bool real)
{
    char *output;
    enum run_end end = run_example(command, real, o->programs, o->programs, o->limit_ms,
                                   &output);

    fputs(output, stdout);
    free(output);
    if (end == RUN_TIMEOUT)
        printf("no acaba en %ld s o escribe sin parar\n", o->limit_ms / 1000);
    return end != RUN_DONE;
}

static void check_lesson(const struct options *o, const char *lesson)
{
    struct report report;
    const char *name = strrchr(lesson, '/') + 1;
    char *chapter = format("%s/README.md", lesson);
    bool pending = access(chapter, F_OK) != 0 && path_pending(o->root, atoi(name));
    bool needed[MAX_CHAPTERS + 1];
    const bool *limit = path_needs(o->root, atoi(name), needed) ? needed : NULL;
    report_open(&report);
    size_t fresh = 0;
    names_chapter(names, atoi(name), limit);
    if (!pending) {
        chapter_check(&report, o, chapter, lesson);
        prose_check(&report, o, chapter, CHAPTER_WORDS);
        shape_check(&report, chapter);
        suspends_check(&report, suspending, chapter);
        fresh = names_check(&report, names, chapter);
    }
    report_close(&report, shown(pending ? lesson : chapter));
    if (!pending) {
        names_chapter(names, atoi(name),
                      NULL); /* un ejercicio resuelto puede pedir más */
        fresh += check_pages(o, lesson);
        names_chapter(names, atoi(name), limit);
        check_exercises(lesson);
    }
    if (!pending && table)
        table_row(lesson, chapter, fresh);
    free(chapter);

    glob_t sources = list(lesson, "*.c");
    for (size_t i = 0; i < sources.gl_pathc; i++) {
        report_open(&report);
        output_check(&report, o, sources.gl_pathv[i], lesson);
        code_check(&report, sources.gl_pathv[i]);
        char *target = format("%s/%s", name, strrchr(sources.gl_pathv[i], '/') + 1);
        if (pending && !origin_has(o->root, target))
            fail(&report, sources.gl_pathv[i], 1,
                 "lessons/procedencia.md no lleva a este ejemplo");
        free(target);
        report_close(&report, shown(sources.gl_pathv[i]));
    }
    globfree(&sources);

    glob_t outputs = list(lesson, "*.salida");
    for (size_t i = 0; i < outputs.gl_pathc; i++) {
        const char *path = outputs.gl_pathv[i];
        char *source = format("%.*s.c", (int)(strlen(path) - strlen(".salida")), path);
        glob_t twin = list(lesson, strrchr(source, '/') + 1);
        if (twin.gl_pathc == 0) {
            report_open(&report);
            fail(&report, path, 1, "es la salida de un ejemplo que no existe");
            report_close(&report, shown(path));
        }
        globfree(&twin);
        free(source);
    }
    globfree(&outputs);
}

/* El código que no es un ejemplo: las cabeceras de los capítulos y las respuestas. */
static void check_shared_code(const struct options *o)
{
    static const char *const patterns[] = {"lessons/[0-9]*/*.h",
                                           "solutions/practica/*/*.c"};

    for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
        glob_t sources = list(o->root, patterns[p]);
        for (size_t i = 0; i < sources.gl_pathc; i++) {
            struct report report;
            report_open(&report);
            code_check(&report, sources.gl_pathv[i]);
            report_close(&report, shown(sources.gl_pathv[i]));
        }
        globfree(&sources);
    }
}

/* Las páginas que hablan de todos los capítulos. */
static void check_guides(const struct options *o)
{
    char *lessons = format("%s/lessons", o->root);
    glob_t chapters = list(lessons, "[0-9]*/README.md");
    glob_t pages = list(lessons, "[0-9]*/*.md"), guides = list(lessons, "*.md");

    for (size_t i = 0; i < guides.gl_pathc; i++) {
        const char *page = guides.gl_pathv[i], *name = strrchr(page, '/');
        struct report report;
        report_open(&report);
        prose_check(&report, o, page, PAGE_WORDS);
        if (strcmp(name, "/README.md") == 0)
            path_check(&report, o, chapters.gl_pathv, chapters.gl_pathc);
        else if (strcmp(name, "/glosario.md") == 0)
            glossary_check(&report, o, page, pages.gl_pathv, pages.gl_pathc);
        else if (strcmp(name, "/procedencia.md") == 0)
            origin_check(&report, o, page);
        report_close(&report, shown(page));
    }
    globfree(&guides);
    globfree(&pages);
    globfree(&chapters);
    free(lessons);
}

/* Lo que cada laboratorio manda leer a quien falla una prueba, y lo que su enunciado promete. */
static void check_labs(const struct options *o)
{
    glob_t labs = list(o->root, "labs/[0-9]*/.grader/lab.json");

    if (table && labs.gl_pathc > 0)
        puts("# | laboratorio | prueba | manda leer |");
    for (size_t i = 0; i < labs.gl_pathc; i++) {
        struct report report;
        report_open(&report);
        bool ours = lab_check(&report, o, labs.gl_pathv[i], table);
        char *what = format("lo que manda leer y promete %s%s", shown(labs.gl_pathv[i]),
                            ours ? "" : " # SKIP no es del curso");
        report_close(&report, what);
        free(what);
    }
    globfree(&labs);
}

static char **markdown;
static size_t markdown_count;

static int find_markdown(const char *path, const struct stat *st, int type,
                         struct FTW *at)
{
    (void)st;
    const char *name = path + at->base;
    if (type == FTW_D &&
        (strcmp(name, ".git") == 0 || (at->level == 1 && !strcmp(name, "build"))))
        return FTW_SKIP_SUBTREE;
    size_t n = strlen(name);
    if (type == FTW_F && n > 3 && strcmp(name + n - 3, ".md") == 0) {
        markdown = reallocarray(markdown, markdown_count + 1, sizeof *markdown);
        if (!markdown)
            exit(3);
        markdown[markdown_count++] = format("%s", path);
    }
    return FTW_CONTINUE;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_links(const struct options *o)
{
    nftw(o->root, find_markdown, 16, FTW_PHYS | FTW_ACTIONRETVAL);
    if (markdown_count > 0)
        qsort(markdown, markdown_count, sizeof *markdown, by_name);
    for (size_t i = 0; i < markdown_count; i++) {
        struct report report;
        report_open(&report);
        links_check(&report, markdown[i]);
        char *what = format("enlaces de %s", shown(markdown[i]));
        report_close(&report, what);
        free(what);
        free(markdown[i]);
    }
    free(markdown);
}

static void print_line(void *arg, size_t number, const char *line)
{
    char *spanish = format("%s", line);

    (void)arg;
    (void)number;
    drop_english(spanish);
    puts(spanish);
    free(spanish);
}

static enum clock clock_named(const char *name)
{
    return strcmp(name, "virtual") == 0 ? CLOCK_VIRTUAL
           : strcmp(name, "real") == 0  ? CLOCK_REAL
                                        : CLOCK_ANY;
}

/* De un capítulo, solo las salidas con el reloj de verdad. Un archivo que no tiene no es una prueba. */
static void check_real(const struct options *o, const char *lesson)
{
    glob_t pages = list(lesson, "*.md"), sources = list(lesson, "*.c");

    for (size_t i = 0; i < pages.gl_pathc + sources.gl_pathc; i++) {
        bool page = i < pages.gl_pathc;
        const char *path = page ? pages.gl_pathv[i]
                                : sources.gl_pathv[i - pages.gl_pathc];
        struct report report;
        report_open(&report);
        if (page)
            chapter_check(&report, o, path, lesson);
        else
            output_check(&report, o, path, lesson);
        if (report.real > 0 || report.errors > 0)
            report_close(&report, shown(path));
        else
            report_drop(&report);
    }
    globfree(&pages);
    globfree(&sources);
}

int main(int argc, char **argv)
{
    struct options o = {.root = ".",
                        .programs = "build/normal/lessons",
                        .drawer = "build/normal/common/tools/trace_svg",
                        .limit_ms = 10000,
                        .runs = 1};
    const char *folder = NULL, *command = NULL;
    bool real = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--escribe") == 0) {
            o.write = true;
        } else if (strcmp(argv[i], "--prosa") == 0 && i + 2 == argc) {
            return !setlocale(LC_CTYPE, "C.UTF-8") ||
                   !prose_each(argv[++i], print_line, NULL);
        } else if (strcmp(argv[i], "--tabla") == 0) {
            table = true;
        } else if (strcmp(argv[i], "--dibujante") == 0 && i + 1 < argc) {
            o.drawer = argv[++i];
        } else if (strcmp(argv[i], "--programas") == 0 && i + 1 < argc) {
            o.programs = argv[++i];
        } else if (strcmp(argv[i], "--plazo") == 0 && i + 1 < argc &&
                   atoi(argv[i + 1]) > 0) {
            o.limit_ms = 1000L * atoi(argv[++i]);
        } else if (strcmp(argv[i], "--veces") == 0 && i + 1 < argc &&
                   atoi(argv[i + 1]) > 0) {
            o.runs = atoi(argv[++i]);
        } else if (strcmp(argv[i], "--reloj") == 0 && i + 1 < argc &&
                   (o.clock = clock_named(argv[i + 1])) != CLOCK_ANY) {
            i++;
        } else if (strcmp(argv[i], "--carpeta") == 0 && i + 1 < argc) {
            folder = argv[++i];
        } else if (strcmp(argv[i], "--ejecuta") == 0 && i + 1 < argc) {
            command = argv[++i];
        } else if (strcmp(argv[i], "--real") == 0) {
            real = true;
        } else if (argv[i][0] != '-' && i + 1 == argc) {
            o.root = argv[i];
        } else {
            fprintf(stderr, "%scheck: no entiendo «%s»\n", USAGE, argv[i]);
            return 2;
        }
    }
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        fputs("check: este sistema no tiene el idioma C.UTF-8\n", stderr);
        return 3;
    }
    if (command)
        return show_run(&o, command, real);
    if (folder) {
        check_folder(&o, folder);
        return failed > 0;
    }
    names = names_new();
    suspending = suspends_new(o.root);
    if (table)
        puts("# | capítulo | palabras | programas | ejercicios | funciones nuevas | min. "
             "lectura "
             "| min. práctica |");
    char *lessons = format("%s/lessons", o.root);
    glob_t chapters = list(lessons, "[0-9]*/");
    for (size_t i = 0; i < chapters.gl_pathc; i++) {
        char *lesson = chapters.gl_pathv[i];
        lesson[strlen(lesson) - 1] = '\0';
        if (o.clock == CLOCK_REAL)
            check_real(&o, lesson);
        else
            check_lesson(&o, lesson);
    }
    globfree(&chapters);
    free(lessons);
    names_free(names);
    suspends_free(suspending);
    if (o.clock != CLOCK_REAL) {
        check_shared_code(&o);
        check_guides(&o);
        check_labs(&o);
        check_links(&o);
    }
    printf("1..%d\n", tests);
    return failed > 0;
}
