#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * A qué sección manda cada laboratorio: la clave «leer» de cada prueba de su lab.json, que es lo
 * que se le dice a quien la falla, y «capitulo», lo que se le dice a quien empieza.
 *
 * La sección tiene que existir y ser del enunciado o de un capítulo que el laboratorio pide, según
 * la tabla de lessons/README.md. El que no está en esa tabla no es del curso, y no se mira.
 */

enum { LAB, WHAT, CHAPTERS, LAB_CELLS };

struct lab {
    struct report *report;
    const struct options *o;
    const char *path; /* su lab.json */
    char *dir;        /* «labs/07-monitor» */
    bool asked;       /* tiene su fila en el camino */
    bool needed[MAX_CHAPTERS + 1];
};

static bool starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* «01 a 05, 10» */
static void mark_chapters(struct lab *lab, const char *list)
{
    for (char *end; *list; list = end + strspn(end, ", ")) {
        long first = strtol(list, &end, 10), last = first;
        if (end == list)
            return;
        if (starts(end, " a "))
            last = strtol(end + strlen(" a "), &end, 10);
        for (long i = first; i > 0 && i <= last && i <= MAX_CHAPTERS; i++)
            lab->needed[i] = true;
    }
}

static void find_lab(void *arg, const struct row *row)
{
    struct lab *lab = arg;
    char *link = format("](../%s/README.md)", lab->dir);

    if (row->count == LAB_CELLS && strstr(row->cells[LAB], link)) {
        lab->asked = true;
        mark_chapters(lab, row->cells[CHAPTERS]);
    }
    free(link);
}

static void read_needs(struct lab *lab)
{
    char *page = format("%s/lessons/README.md", lab->o->root);
    struct text text;

    if (text_read(&text, page)) {
        table_each(&text, find_lab, lab);
        text_free(&text);
    }
    free(page);
}

/* ¿Es esa página de las que se pueden mandar leer? */
static bool page_allowed(struct lab *lab, const char *who, const char *page)
{
    char *statement = format("%s/README.md", lab->dir);
    bool own = strcmp(page, statement) == 0;
    int chapter = starts(page, "lessons/") ? atoi(page + strlen("lessons/")) : 0;

    free(statement);
    if (own)
        return true;
    if (chapter <= 0 || chapter > MAX_CHAPTERS) {
        fail(lab->report, lab->path, 1,
             "%s manda leer «%s», que no es el enunciado ni un capítulo", who, page);
        return false;
    }
    if (!lab->needed[chapter]) {
        fail(lab->report, lab->path, 1,
             "%s manda leer el capítulo %02d, que el laboratorio no pide", who, chapter);
        return false;
    }
    return true;
}

static void check_reading(struct lab *lab, const char *who, const char *reading)
{
    const char *hash = strchr(reading, '#');
    if (!hash) {
        fail(lab->report, lab->path, 1,
             "%s no dice qué sección leer: \"leer\" es página#sección", who);
        return;
    }
    char *page = format("%.*s", (int)(hash - reading), reading);
    if (page_allowed(lab, who, page)) {
        char *file = format("%s/%s", lab->o->root, page);
        size_t next;
        if (access(file, R_OK) != 0)
            fail(lab->report, lab->path, 1, "%s manda leer «%s», que no existe", who,
                 page);
        else if (anchor_line(file, hash + 1, &next) == 0)
            fail(lab->report, lab->path, 1, "%s manda leer «%s»: %s no tiene esa sección",
                 who, reading, page);
        free(file);
    }
    free(page);
}

/* El capítulo con que se empieza, y que el enunciado enlaza. */
static void check_chapter(struct lab *lab, const char *page)
{
    char *statement = format("%s/%s/README.md", lab->o->root, lab->dir);
    char *link = format("(../../%s", page);
    struct text text;
    bool linked = false;

    if (page_allowed(lab, "\"capitulo\"", page) && text_read(&text, statement)) {
        for (size_t i = 0; i < text.count; i++)
            linked |= strstr(text.lines[i], link) != NULL;
        text_free(&text);
        if (!linked)
            fail(lab->report, statement, 1, "el enunciado no enlaza su capítulo, %s",
                 page);
    }
    free(link);
    free(statement);
}

/* Cada pista va plegada: quien abre el archivo no lee más de la que buscaba. */
static void check_hints(struct lab *lab)
{
    char *page = format("%s/%s/pistas.md", lab->o->root, lab->dir);
    struct text text;
    bool folded = false, seen = false;

    if (access(page, F_OK) == 0 && text_read(&text, page)) {
        for (size_t i = 0; i < text.count; i++) {
            const char *line = text.lines[i];
            seen |= starts(line, "<details>");
            folded |= starts(line, "<details>");
            if (seen && !folded && *line)
                fail(lab->report, page, i + 1,
                     "esto está fuera de los <details>: las pistas van plegadas");
            folded &= !starts(line, "</details>");
        }
        if (!seen)
            fail(lab->report, page, 1,
                 "las pistas van plegadas, cada una en su <details>");
        text_free(&text);
    }
    free(page);
}

static void check_tests(struct lab *lab, const struct card *card, bool table)
{
    for (size_t i = 0; i < card->n_tests; i++) {
        const struct card_test *test = &card->tests[i];
        check_reading(lab, test->name, test->reading);
        if (table)
            printf("# | %s | %s | %s |\n", strrchr(lab->dir, '/') + 1, test->name,
                   test->reading);
    }
}

bool lab_check(struct report *report, const struct options *o, const char *path,
               bool table)
{
    const char *name = path + strlen(o->root) + 1;
    struct lab lab = {.report = report, .o = o, .path = path};
    struct card card;

    lab.dir = format("%.*s", (int)(strstr(name, "/.grader/") - name), name);
    read_needs(&lab);
    if (lab.asked && card_read(&card, report, o, path, strrchr(lab.dir, '/') + 1)) {
        char *statement = format("%s/%s/README.md", o->root, lab.dir);
        check_chapter(&lab, card.chapter);
        promises_check(report, &card, statement);
        check_hints(&lab);
        check_tests(&lab, &card, table);
        free(statement);
        card_free(&card);
    }
    free(lab.dir);
    return lab.asked;
}
