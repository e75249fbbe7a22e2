#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/*
 * El glosario, lessons/glosario.md: una fila por término, con su nombre en inglés, una frase y un
 * enlace al apartado que lo enseña. Un capítulo presenta un término así: **término** (*english*).
 */

enum { TERM, ENGLISH, SENTENCE, WHERE, GLOSSARY_CELLS };

struct term {
    wchar_t *key; /* como se ordena */
    char *spanish, *english;
};

struct glossary {
    struct report *report;
    const struct options *o;
    const char *page;
    struct term *list;
    size_t count;
};

/* ---- Comparar como un diccionario --------------------------------------------------------- */

/* La letra sin mayúscula ni acento; la ñ va detrás de la n. */
static wchar_t fold(wchar_t c)
{
    static const wchar_t accented[] = L"áéíóúü", plain[] = L"aeiouu";

    c = (wchar_t)towlower((wint_t)c);
    const wchar_t *at = wcschr(accented, c);
    return at ? plain[at - accented] : c;
}

static wchar_t *sort_key(const char *term)
{
    size_t size = strlen(term) + 1, n = 0;
    wchar_t *wide = calloc(size, sizeof *wide), *key = calloc(2 * size, sizeof *key);

    if (!wide || !key || mbstowcs(wide, term, size) == (size_t)-1)
        exit(3);
    for (const wchar_t *c = wide; *c; c++) {
        bool enie = towlower((wint_t)*c) == L'ñ';
        key[n++] = enie ? L'n' : fold(*c);
        if (enie)
            key[n++] = L'~'; /* detrás de cualquier letra */
    }
    free(wide);
    return key;
}

/* La misma palabra, o su plural: el glosario dice «señal» y un capítulo, «señales». */
static bool same_key(const wchar_t *term, const wchar_t *word)
{
    size_t n = wcslen(term);

    if (wcsncmp(term, word, n) != 0)
        return false;
    return wcscmp(word + n, L"") == 0 || wcscmp(word + n, L"s") == 0 ||
           wcscmp(word + n, L"es") == 0;
}

static const struct term *find(const struct glossary *g, const char *spanish)
{
    wchar_t *key = sort_key(spanish);
    const struct term *found = NULL;

    for (size_t i = 0; i < g->count; i++) {
        bool exact = wcscmp(g->list[i].key, key) == 0;
        if (exact || (!found && same_key(g->list[i].key, key)))
            found = &g->list[i];
    }
    free(key);
    return found;
}

static bool same_term(const char *term, const char *word)
{
    wchar_t *one = sort_key(term), *other = sort_key(word);
    bool same = same_key(one, other);

    free(one);
    free(other);
    return same;
}

/* ---- Lo que va en negrita ----------------------------------------------------------------- */

/* Recibe cada negrita y, si le sigue, (*su nombre en inglés*); si no, NULL. */
typedef void bold_fn(void *arg, size_t number, const char *bold, const char *english);

struct bold_scan {
    size_t from, to; /* líneas */
    bold_fn *fn;
    void *arg;
    char *paragraph;
    size_t start; /* la línea en que empieza */
};

/* Las negritas de un párrafo, que ya es una sola línea. */
static void scan_paragraph(struct bold_scan *scan)
{
    char *at = scan->paragraph;

    for (char *open; at && (open = strstr(at, "**"));) {
        char *close = strstr(open + 2, "**"), *english = NULL, *after;
        if (!close)
            break;
        *close = '\0';
        at = close + 2;
        if (strncmp(at, " (*", 3) == 0 && (after = strstr(at, "*)"))) {
            *after = '\0';
            english = at + 3;
            at = after + 2;
        }
        scan->fn(scan->arg, scan->start, open + 2, english);
    }
    free(scan->paragraph);
    scan->paragraph = NULL;
}

static void scan_line(void *arg, size_t number, const char *line)
{
    struct bold_scan *scan = arg;

    line += strspn(line, " >");
    if (*line == '\0' || *line == '#') {
        scan_paragraph(scan);
    } else if (number >= scan->from && number < scan->to) {
        char *longer = scan->paragraph ? format("%s %s", scan->paragraph, line)
                                       : format("%s", line);
        if (!scan->paragraph)
            scan->start = number;
        free(scan->paragraph);
        scan->paragraph = longer;
    }
}

static void each_bold(const char *path, size_t from, size_t to, bold_fn *fn, void *arg)
{
    struct bold_scan scan = {.from = from, .to = to, .fn = fn, .arg = arg};

    prose_each(path, scan_line, &scan);
    scan_paragraph(&scan);
}

/* ---- Las filas ---------------------------------------------------------------------------- */

struct wanted {
    const char *term;
    bool found;
};

static void match_bold(void *arg, size_t number, const char *bold, const char *english)
{
    struct wanted *wanted = arg;

    (void)number;
    (void)english;
    wanted->found |= same_term(wanted->term, bold);
}

/* ¿Enseña ese término el apartado del enlace? Que el enlace exista lo mira links.c. */
static void check_where(struct glossary *g, const struct row *row)
{
    const char *start = strstr(row->cells[WHERE], "](");
    size_t size = start ? strcspn(start + 2, "#)") : 0;

    if (!start || start[2 + size] != '#') {
        fail(g->report, g->page, row->line, "«%s» no lleva al apartado que lo enseña",
             row->cells[TERM]);
        return;
    }
    const char *hash = start + 2 + size + 1;
    char *path = format("%s/lessons/%.*s", g->o->root, (int)size, start + 2);
    char *anchor = format("%.*s", (int)strcspn(hash, ")"), hash);
    size_t next, line = anchor_line(path, anchor, &next);
    struct wanted wanted = {.term = row->cells[TERM]};
    if (line > 0) {
        each_bold(path, line, next, match_bold, &wanted);
        if (!wanted.found)
            fail(g->report, g->page, row->line, "«%s» no está en negrita en «%s»",
                 wanted.term, anchor);
    }
    free(anchor);
    free(path);
}

static void learn_row(void *arg, const struct row *row)
{
    struct glossary *g = arg;

    if (row->count != GLOSSARY_CELLS) {
        fail(g->report, g->page, row->line, "la fila tiene %zu celdas; son %d",
             row->count, GLOSSARY_CELLS);
        return;
    }
    struct term term = {sort_key(row->cells[TERM]), format("%s", row->cells[TERM]),
                        format("%s", row->cells[ENGLISH])};
    const struct term *before = g->count > 0 ? &g->list[g->count - 1] : NULL;
    if (before && wcscmp(before->key, term.key) >= 0)
        fail(g->report, g->page, row->line, "«%s» va antes que «%s»", term.spanish,
             before->spanish);
    const char *sentence = row->cells[SENTENCE];
    if (!*term.english || !*sentence || sentence[strlen(sentence) - 1] != '.')
        fail(g->report, g->page, row->line,
             "a «%s» le falta el inglés o una frase acabada en punto", term.spanish);
    words_check(g->report, g->o, g->page, row->line, sentence);
    check_where(g, row);
    g->list = reallocarray(g->list, g->count + 1, sizeof *g->list);
    if (!g->list)
        exit(3);
    g->list[g->count++] = term;
}

/* ---- Los capítulos ------------------------------------------------------------------------ */

struct reading {
    const struct glossary *g;
    const char *path;
};

static void check_bold(void *arg, size_t number, const char *bold, const char *english)
{
    const struct reading *reading = arg;
    const struct term *term = english ? find(reading->g, bold) : NULL;

    if (!english)
        return;
    if (!term) {
        fail(reading->g->report, reading->path, number,
             "«%s» (%s) no tiene fila en lessons/glosario.md", bold, english);
        return;
    }
    char *first = format("%.*s", (int)strcspn(english, "*,"), english);
    if (!strstr(term->english, first) && !strstr(first, term->english))
        fail(reading->g->report, reading->path, number,
             "«%s» es aquí «%s», y en el glosario, «%s»", bold, first, term->english);
    free(first);
}

/* Lo que las palabras vetadas mandan decir tiene que ser un término. */
static void check_banned(const struct glossary *g)
{
    char *path = format("%s/lessons/.check/vetadas", g->o->root);
    struct text text;

    if (text_read(&text, path)) {
        for (size_t i = 0; i < text.count; i++) {
            const char *sign = strstr(text.lines[i], " = ");
            if (sign && text.lines[i][0] != '#' && !find(g, sign + 3))
                fail(g->report, path, i + 1, "«%s» no tiene fila en el glosario",
                     sign + 3);
        }
        text_free(&text);
    }
    free(path);
}

void glossary_check(struct report *report, const struct options *o, const char *page,
                    char *const *pages, size_t count)
{
    struct glossary g = {.report = report, .o = o, .page = page};
    struct text text;

    if (!text_read(&text, page))
        return;
    table_each(&text, learn_row, &g);
    text_free(&text);
    for (size_t i = 0; i < count; i++) {
        struct reading reading = {&g, pages[i]};
        each_bold(pages[i], 0, (size_t)-1, check_bold, &reading);
    }
    check_banned(&g);
    for (size_t i = 0; i < g.count; i++) {
        free(g.list[i].key);
        free(g.list[i].spanish);
        free(g.list[i].english);
    }
    free(g.list);
}
