#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/*
 * La prosa de un capítulo: lo que queda al quitar bloques, tablas, comentarios, código en línea,
 * destinos de enlaces y HTML. Con ella se cuentan palabras y se buscan las vetadas.
 */

/* Borra de `line` lo que no es prosa: `código`, (destinos) y <html>. */
static void strip_line(char *line)
{
    char *to = line;

    for (const char *from = line; *from;) {
        if (*from == '`') {
            size_t ticks = strspn(from, "`");
            const char *end = from + ticks;
            while ((end = strchr(end, '`')) && strspn(end, "`") != ticks)
                end += strspn(end, "`");
            from = end ? end + ticks : from + ticks;
            *to++ = ' ';
        } else if (from[0] == ']' && from[1] == '(' && strchr(from, ')')) {
            from = strchr(from, ')') + 1;
        } else if (*from == '<' && strchr(from, '>')) {
            from = strchr(from, '>') + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

bool prose_each(const char *path, prose_fn *fn, void *arg)
{
    struct text text;
    size_t open = 0;
    bool comment = false;

    if (!text_read(&text, path))
        return false;
    for (size_t i = 0; i < text.count; i++) {
        const char *info;
        size_t fence = fence_length(text.lines[i], &info);
        if (open > 0 || fence > 0) {
            if (open == 0)
                open = fence;
            else if (fence >= open && !*info)
                open = 0;
            continue;
        }
        char *line = text.lines[i];
        comment |= strstr(line, "<!--") != NULL;
        bool skip = comment || line[strspn(line, " >")] == '|';
        if (comment && strstr(line, "-->"))
            comment = false;
        if (skip)
            continue;
        strip_line(line);
        fn(arg, i + 1, line);
    }
    text_free(&text);
    return true;
}

/* ---- Contar ------------------------------------------------------------------------- */

static void count_line(void *arg, size_t number, const char *line)
{
    size_t *words = arg;
    mbstate_t state = {0};
    bool inside = false;
    wchar_t c;

    (void)number;
    for (size_t n; (n = mbrtowc(&c, line, MB_CUR_MAX, &state)) > 0 && n <= MB_CUR_MAX;
         line += n) {
        bool letter = iswalnum((wint_t)c);
        *words += letter && !inside;
        inside = letter;
    }
}

size_t prose_words(const char *path)
{
    size_t words = 0;

    prose_each(path, count_line, &words);
    return words;
}

/* ---- Una palabra para cada cosa ------------------------------------------------------- */

struct search {
    struct report *report;
    const char *path;
    struct text banned; /* «palabra = el término» o «palabra -> qué hacer» */
};

void drop_english(char *line)
{
    for (char *open = line, *close; (open = strstr(open, "(*"));) {
        if (!(close = strstr(open, "*)")))
            break;
        memmove(open, close + 2, strlen(close + 2) + 1);
    }
}

static wchar_t *wide_lower(const char *text)
{
    size_t size = strlen(text) + 1;
    wchar_t *wide = calloc(size, sizeof *wide);

    if (!wide || mbstowcs(wide, text, size) == (size_t)-1)
        exit(3);
    for (wchar_t *c = wide; *c; c++)
        *c = (wchar_t)towlower((wint_t)*c);
    return wide;
}

static bool has_word(const wchar_t *line, const wchar_t *word)
{
    size_t n = wcslen(word);

    for (const wchar_t *at = line; (at = wcsstr(at, word)); at++) {
        bool starts = at == line || !iswalnum((wint_t)at[-1]);
        if (starts && !iswalnum((wint_t)at[n]))
            return true;
    }
    return false;
}

static void search_line(void *arg, size_t number, const char *line)
{
    struct search *search = arg;
    char *spanish = format("%s", line);
    drop_english(spanish);
    wchar_t *wide = wide_lower(spanish);

    for (size_t i = 0; i < search->banned.count; i++) {
        const char *entry = search->banned.lines[i];
        const char *term = strstr(entry, " = "), *advice = strstr(entry, " -> ");
        const char *sign = term ? term : advice;
        if (!sign || *entry == '#')
            continue;
        char *word = format("%.*s", (int)(sign - entry), entry);
        wchar_t *wide_word = wide_lower(word);
        if (has_word(wide, wide_word) && term)
            fail(search->report, search->path, number, "«%s»: aquí se dice «%s»", word,
                 term + 3);
        else if (has_word(wide, wide_word))
            fail(search->report, search->path, number, "«%s»: %s", word, advice + 4);
        free(wide_word);
        free(word);
    }
    free(wide);
    free(spanish);
}

void words_check(struct report *report, const struct options *o, const char *path,
                 size_t number, const char *line)
{
    char *list = format("%s/lessons/.check/vetadas", o->root);
    struct search search = {.report = report, .path = path};

    if (text_read(&search.banned, list)) {
        search_line(&search, number, line);
        text_free(&search.banned);
    }
    free(list);
}

void prose_check(struct report *report, const struct options *o, const char *path,
                 size_t limit)
{
    char *list = format("%s/lessons/.check/vetadas", o->root);
    struct search search = {.report = report, .path = path};
    size_t words = prose_words(path);

    if (limit != ANY_WORDS && words > limit)
        fail(report, path, 1, "%zu palabras de prosa; caben %zu", words, limit);
    if (text_read(&search.banned, list)) {
        prose_each(path, search_line, &search);
        text_free(&search.banned);
    }
    free(list);
}

/* ---- Lo que todo capítulo tiene ------------------------------------------------------- */

static bool heading(const char *line, const char *words)
{
    return strncmp(line, "## ", 3) == 0 && strstr(line, words);
}

void shape_check(struct report *report, const char *path)
{
    static const char *const headings[] = {"Errores", "Compruébalo", "Práctica",
                                           "En Python", "Qué hacer ahora"};
    enum { COUNT = sizeof headings / sizeof *headings };
    bool seen[COUNT] = {false}, answered = false;
    size_t drawings = 0;
    struct minutes minutes;
    struct text text;

    if (!text_read(&text, path))
        return;
    for (size_t i = 0; i < text.count; i++) {
        const char *line = text.lines[i];
        drawings += strncmp(line, "```mermaid", 10) == 0 || strncmp(line, "![", 2) == 0;
        answered |= strstr(line, "](respuestas.md#") != NULL;
        for (size_t h = 0; h < COUNT; h++)
            seen[h] |= heading(line, headings[h]);
    }
    text_free(&text);
    for (size_t h = 0; h < COUNT; h++) {
        if (!seen[h])
            fail(report, path, 1, "falta el apartado «## %s»", headings[h]);
    }
    if (drawings < 2)
        fail(report, path, 1, "tiene %zu dibujos; hacen falta dos al menos", drawings);
    if (!answered)
        fail(report, path, 1,
             "ninguna pregunta enlaza su respuesta, [Respuesta](respuestas.md#ancla)");
    if (!minutes_read(path, &minutes))
        fail(report, path, 1, "falta «**Tiempo:** N minutos de lectura, N de práctica.»");
}

bool minutes_read(const char *path, struct minutes *minutes)
{
    struct text text;
    bool found = false;

    if (!text_read(&text, path))
        return false;
    for (size_t i = 0; i < text.count && !found; i++)
        found = sscanf(text.lines[i],
                       "**Tiempo:** %d minutos de lectura, %d de práctica.",
                       &minutes->read, &minutes->practice) == 2;
    text_free(&text);
    return found;
}
