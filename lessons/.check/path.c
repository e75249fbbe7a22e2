#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * El camino del lector, lessons/README.md, y de dónde viene cada cosa, lessons/procedencia.md.
 *
 * La fila de un capítulo lleva a él, con su título y los minutos que él dice. Mientras no está
 * escrito, su fila dice «por escribir», y procedencia.md, «capítulo NN» sin enlace y un enlace a
 * cada uno de sus ejemplos.
 */

enum { NUMBER, TITLE, QUESTION, READ, PRACTICE, NEEDS, OPENS, PATH_CELLS };

static const char PENDING[] = "por escribir";

/* ---- Preguntas sueltas ------------------------------------------------------------------ */

struct query {
    int number;
    bool found;
};

static void find_pending(void *arg, const struct row *row)
{
    struct query *query = arg;

    if (row->count == PATH_CELLS && row_number(row->cells[NUMBER]) == query->number)
        query->found |= strcmp(row->cells[READ], PENDING) == 0;
}

bool path_pending(const char *root, int number)
{
    char *path = format("%s/lessons/README.md", root);
    struct query query = {.number = number};
    struct text text;

    if (text_read(&text, path)) {
        table_each(&text, find_pending, &query);
        text_free(&text);
    }
    free(path);
    return query.found;
}

struct needs {
    char *lists[MAX_CHAPTERS + 1]; /* lo que dice la celda «Necesita» de cada capítulo */
};

static void learn_needs(void *arg, const struct row *row)
{
    struct needs *needs = arg;
    int number = row->count == PATH_CELLS ? row_number(row->cells[NUMBER]) : 0;

    if (number > 0 && number <= MAX_CHAPTERS && !needs->lists[number])
        needs->lists[number] = format("%s", row->cells[NEEDS]);
}

static void mark_needs(const struct needs *needs, int number, bool *needed)
{
    const char *at = needs->lists[number] ? needs->lists[number] : "";

    for (; *at; at += strcspn(at, ",") + (strchr(at, ',') != NULL)) {
        int other = atoi(at);
        if (other <= 0 || other > MAX_CHAPTERS || needed[other])
            continue;
        needed[other] = true;
        mark_needs(needs, other, needed);
    }
}

bool path_needs(const char *root, int number, bool needed[MAX_CHAPTERS + 1])
{
    char *path = format("%s/lessons/README.md", root);
    struct needs needs = {0};
    struct text text;

    memset(needed, 0, (MAX_CHAPTERS + 1) * sizeof *needed);
    if (text_read(&text, path)) {
        table_each(&text, learn_needs, &needs);
        text_free(&text);
    }
    bool found = number > 0 && number <= MAX_CHAPTERS && needs.lists[number];
    if (found)
        mark_needs(&needs, number, needed);
    for (int i = 0; i <= MAX_CHAPTERS; i++)
        free(needs.lists[i]);
    free(path);
    return found;
}

bool origin_has(const char *root, const char *target)
{
    char *path = format("%s/lessons/procedencia.md", root);
    char *link = format("](%s)", target);
    struct text text;
    bool found = false;

    if (text_read(&text, path)) {
        for (size_t i = 0; i < text.count && !found; i++)
            found = strstr(text.lines[i], link) != NULL;
        text_free(&text);
    }
    free(link);
    free(path);
    return found;
}

/* ---- El camino -------------------------------------------------------------------------- */

/* Un capítulo escrito. */
struct stage {
    char *link; /* «[Título](carpeta/README.md)» */
    struct minutes minutes;
    bool seen; /* tiene su fila */
};

struct path {
    struct report *report;
    const char *page;
    struct text *text;
    struct stage stages[MAX_CHAPTERS + 1];
    struct minutes total;
    bool write;
    char **fresh; /* las filas corregidas */
    size_t fresh_count;
};

/* El título de un Markdown, de su primera línea. */
static char *title_of(const char *path)
{
    struct text text;
    char *title = NULL;

    if (!text_read(&text, path))
        return NULL;
    if (text.count > 0 && strncmp(text.lines[0], "# ", 2) == 0)
        title = format("%s", text.lines[0] + 2);
    text_free(&text);
    return title;
}

/* «NN-nombre/README.md», de la ruta de un capítulo. */
static const char *folder_of(const char *chapter)
{
    const char *name = chapter + strlen(chapter) - strlen("/README.md");

    while (name[-1] != '/')
        name--;
    return name;
}

static void add_stage(struct path *path, const char *chapter)
{
    const char *name = folder_of(chapter);
    int number = atoi(name);
    struct stage *stage = &path->stages[number <= MAX_CHAPTERS ? number : 0];
    char *title = title_of(chapter);

    stage->link = format("[%s](%s)", title ? title : "", name);
    free(title);
    minutes_read(chapter, &stage->minutes);
    path->total.read += stage->minutes.read;
    path->total.practice += stage->minutes.practice;
}

/* Los capítulos que enlaza el párrafo «Necesitas...» de uno, y los que estos piden. */
static void mark_prerequisites(const char *root, const char *chapter, bool *needed)
{
    struct text text;
    bool inside = false, more[MAX_CHAPTERS + 1];

    if (!text_read(&text, chapter))
        return;
    for (size_t i = 0; i < text.count; i++) {
        inside |= strncmp(text.lines[i], "Necesitas", strlen("Necesitas")) == 0;
        if (!*text.lines[i])
            inside = false;
        for (const char *at = text.lines[i]; inside && (at = strstr(at, "](../")); at++) {
            int other = atoi(at + strlen("](../"));
            if (other <= 0 || other > MAX_CHAPTERS || !path_needs(root, other, more))
                continue;
            needed[other] = true;
            for (int c = 0; c <= MAX_CHAPTERS; c++)
                needed[c] |= more[c];
        }
    }
    text_free(&text);
}

/* Los que hay que haber leído son los mismos en su fila del camino y en el capítulo. */
static void check_prerequisites(struct report *report, const char *root, const char *page,
                                const char *chapter, int number)
{
    bool row[MAX_CHAPTERS + 1], own[MAX_CHAPTERS + 1] = {false};

    if (!path_needs(root, number, row))
        return;
    mark_prerequisites(root, chapter, own);
    for (int c = 1; c <= MAX_CHAPTERS; c++) {
        if (row[c] != own[c])
            fail(report, page, 1, "el %02d necesita el %02d según %s, y según %s no",
                 number, c, shown(row[c] ? page : chapter),
                 shown(row[c] ? chapter : page));
    }
}

static char *hours(int minutes)
{
    return minutes % 60 ? format("%d h %d min", minutes / 60, minutes % 60)
                        : format("%d h", minutes / 60);
}

/* La fila debe decir `truth`: lo escribe, o se queja. Se queda con los textos. */
static void set_row(struct path *path, const struct row *row, char *title, char *read,
                    char *practice)
{
    struct row truth = *row;

    truth.cells[TITLE] = title;
    truth.cells[READ] = read;
    truth.cells[PRACTICE] = practice;
    char *line = row_line(&truth);
    bool same = strcmp(line, path->text->lines[row->line - 1]) == 0;
    if (!same && path->write) {
        path->fresh = reallocarray(path->fresh, path->fresh_count + 1, sizeof(char *));
        if (!path->fresh)
            exit(3);
        path->fresh[path->fresh_count++] = path->text->lines[row->line - 1] = line;
    } else {
        if (!same)
            fail(path->report, path->page, row->line, "la fila debería decir: %s", line);
        free(line);
    }
    free(title);
    free(read);
    free(practice);
}

static void check_row(void *arg, const struct row *row)
{
    struct path *path = arg;

    if (row->count != PATH_CELLS)
        return;
    int number = row_number(row->cells[NUMBER]);
    if (number == 0 && strcmp(row->cells[TITLE], "En total") == 0) {
        set_row(path, row, format("En total"), hours(path->total.read),
                hours(path->total.practice));
        return;
    }
    if (number == 0 || number > MAX_CHAPTERS)
        return;
    struct stage *stage = &path->stages[number];
    if (stage->link && !stage->seen)
        set_row(path, row, format("%s", stage->link), format("%d", stage->minutes.read),
                format("%d", stage->minutes.practice));
    else if (stage->seen)
        fail(path->report, path->page, row->line, "el capítulo %02d tiene dos filas",
             number);
    else if (strcmp(row->cells[READ], PENDING) != 0)
        fail(path->report, path->page, row->line,
             "no hay capítulo %02d: su fila debería decir «%s»", number, PENDING);
    stage->seen = true;
}

void path_check(struct report *report, const struct options *o, char *const *chapters,
                size_t count)
{
    char *page = format("%s/lessons/README.md", o->root);
    struct text text;
    struct path path = {.report = report, .page = page, .text = &text, .write = o->write};

    for (size_t i = 0; i < count; i++)
        add_stage(&path, chapters[i]);
    for (size_t i = 0; i < count; i++)
        check_prerequisites(report, o->root, page, chapters[i],
                            atoi(folder_of(chapters[i])));
    if (text_read(&text, page)) {
        table_each(&text, check_row, &path);
        for (int i = 0; i <= MAX_CHAPTERS; i++) {
            if (path.stages[i].link && !path.stages[i].seen)
                fail(report, page, 1, "falta la fila del capítulo %02d", i);
            free(path.stages[i].link);
        }
        if (path.fresh_count > 0) {
            char *fresh = lines_join(text.lines, text.count, 0);
            if (file_replace(page, fresh))
                report->updated = true;
            else
                fail(report, page, 1, "no puedo escribirlo: %s", strerror(errno));
            free(fresh);
        }
        for (size_t i = 0; i < path.fresh_count; i++)
            free(path.fresh[i]);
        free(path.fresh);
        text_free(&text);
    } else {
        fail(report, page, 1, "no puedo leerlo: %s", strerror(errno));
    }
    free(page);
}

/* ---- La procedencia --------------------------------------------------------------------- */

struct origin {
    struct report *report;
    const char *page, *root;
};

/* Se queja de cada «capítulo NN» sin enlace que ya está escrito; ¿hay alguno por escribir? */
static bool awaits(struct origin *origin, size_t line, const char *cell)
{
    static const char word[] = "capítulo ";
    bool pending = false;

    for (const char *at = cell; (at = strstr(at, word));) {
        bool linked = at > cell && at[-1] == '[';
        at += strlen(word);
        if (linked)
            continue;
        pending |= path_pending(origin->root, atoi(at));
        if (!path_pending(origin->root, atoi(at)))
            fail(origin->report, origin->page, line,
                 "«capítulo %02d» no es un capítulo por escribir: enlázalo", atoi(at));
    }
    return pending;
}

static void check_origin(void *arg, const struct row *row)
{
    struct origin *origin = arg;
    const char *where = row->count > 0 ? row->cells[row->count - 1] : "";

    if (!awaits(origin, row->line, where) && !strstr(where, "]("))
        fail(origin->report, origin->page, row->line,
             "esta fila no lleva a ningún sitio");
}

void origin_check(struct report *report, const struct options *o, const char *page)
{
    struct origin origin = {.report = report, .page = page, .root = o->root};
    struct text text;

    if (!text_read(&text, page))
        return;
    table_each(&text, check_origin, &origin);
    text_free(&text);
}
