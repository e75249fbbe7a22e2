#include "check.h"

#include <ftw.h>
#include <glob.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char USAGE[] =
    "Uso: check [--escribe] [--programas CARPETA] [--plazo S] [--veces N] [RAÍZ]\n"
    "  Comprueba los capítulos de RAÍZ/lessons y los enlaces de todo "
    "el Markdown de RAÍZ (.).\n"
    "  --escribe     corrige los fragmentos y las salidas en lugar de "
    "quejarse\n"
    "  --programas   donde están compilados los ejemplos "
    "(build/normal/lessons)\n"
    "  --veces       ejecuta N veces cada ejemplo: siempre igual, y "
    "en menos de 100 ms\n";

static int tests, failed;

static void report_open(struct report *report)
{
    *report = (struct report){0};
    report->out = open_memstream(&report->notes, &report->size);
}

/* Enseña lo que se sabe de un archivo: una prueba de TAP. */
static void report_close(struct report *report, const char *what)
{
    fclose(report->out);
    printf("%s %d - %s%s\n%s", report->errors ? "not ok" : "ok", ++tests, what,
           report->updated ? " # corregido" : "", report->notes);
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

static void check_lesson(const struct options *o, const char *lesson)
{
    struct report report;
    const char *name = strrchr(lesson, '/') + 1;
    char *folder = format("%s/", name);
    bool pending = index_has(o->root, folder, "capítulo por escribir");
    char *chapter = format("%s/README.md", lesson);
    report_open(&report);
    if (!pending)
        chapter_check(&report, o, chapter, lesson);
    else if (access(chapter, F_OK) == 0)
        fail(&report, chapter, 1, "lessons/README.md aún lo da por escribir");
    report_close(&report, shown(pending ? lesson : chapter));
    free(chapter);
    free(folder);

    glob_t sources = list(lesson, "*.c");
    for (size_t i = 0; i < sources.gl_pathc; i++) {
        report_open(&report);
        output_check(&report, o, sources.gl_pathv[i], lesson);
        char *target = format("%s/%s", name, strrchr(sources.gl_pathv[i], '/') + 1);
        if (pending && !index_has(o->root, target, ""))
            fail(&report, sources.gl_pathv[i], 1,
                 "lessons/README.md no lleva a este ejemplo");
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

int main(int argc, char **argv)
{
    struct options o = {
        .root = ".", .programs = "build/normal/lessons", .limit_ms = 10000, .runs = 1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--escribe") == 0) {
            o.write = true;
        } else if (strcmp(argv[i], "--programas") == 0 && i + 1 < argc) {
            o.programs = argv[++i];
        } else if (strcmp(argv[i], "--plazo") == 0 && i + 1 < argc &&
                   atoi(argv[i + 1]) > 0) {
            o.limit_ms = 1000L * atoi(argv[++i]);
        } else if (strcmp(argv[i], "--veces") == 0 && i + 1 < argc &&
                   atoi(argv[i + 1]) > 0) {
            o.runs = atoi(argv[++i]);
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
    char *lessons = format("%s/lessons", o.root);
    glob_t chapters = list(lessons, "[0-9]*/");
    for (size_t i = 0; i < chapters.gl_pathc; i++) {
        char *lesson = chapters.gl_pathv[i];
        lesson[strlen(lesson) - 1] = '\0';
        check_lesson(&o, lesson);
    }
    globfree(&chapters);
    free(lessons);
    check_links(&o);
    printf("1..%d\n", tests);
    return failed > 0;
}
