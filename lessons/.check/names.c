#include "check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/*
 * Ninguna función antes de su explicación. Un capítulo explica as_algo donde lo escribe en
 * negrita y en código, **`as_algo(...)`**: ahí dice qué recibe, qué devuelve y si suspende. Un
 * bloque de código puede usarla desde el mismo apartado en que se explica; los ejercicios, al
 * acabar el capítulo.
 */

struct names {
    char **list;
    size_t *section; /* el apartado del capítulo actual que la explica; 0, uno anterior */
    int *chapter;    /* el que la explica */
    size_t count;
    int current;
    const bool *needed; /* los capítulos que hay que haber leído antes del actual */
};

struct names *names_new(void)
{
    struct names *names = calloc(1, sizeof *names);

    if (!names)
        exit(3);
    return names;
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
    free(names->section);
    free(names->chapter);
    free(names);
}

static size_t find(const struct names *names, const char *name, size_t size)
{
    size_t i = 0;

    while (i < names->count &&
           (strlen(names->list[i]) != size || strncmp(names->list[i], name, size) != 0))
        i++;
    return i;
}

static void add(struct names *names, const char *name, size_t size, size_t section)
{
    size_t n = names->count + 1;

    if (find(names, name, size) < names->count)
        return;
    names->list = reallocarray(names->list, n, sizeof *names->list);
    names->section = reallocarray(names->section, n, sizeof *names->section);
    names->chapter = reallocarray(names->chapter, n, sizeof *names->chapter);
    if (!names->list || !names->section || !names->chapter)
        exit(3);
    names->chapter[names->count] = names->current;
    names->list[names->count] = format("%.*s", (int)size, name);
    names->section[names->count++] = section;
}

static size_t name_size(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

/* Apunta lo que explica una línea. */
static void learn_line(struct names *names, const char *line, size_t section)
{
    static const char start[] = "**`as_";

    for (const char *at = line; (at = strstr(at, start)); at += strlen(start)) {
        const char *name = at + 3;
        add(names, name, name_size(name), section);
    }
}

void names_chapter(struct names *names, int number, const bool *needed)
{
    names->current = number;
    names->needed = needed;
}

/* ¿La explica un capítulo que no hace falta haber leído? */
static bool unneeded(const struct names *names, size_t i)
{
    return names->needed && names->chapter[i] != names->current &&
           !names->needed[names->chapter[i]];
}

/* Se queja de las llamadas a lo que aún no se explicó. */
static void check_line(struct report *report, const struct names *names, const char *path,
                       size_t number, const char *line, size_t section)
{
    for (const char *at = line; (at = strstr(at, "as_"));) {
        bool starts = at == line || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        size_t size = name_size(at), i = find(names, at, size);
        bool call = starts && at[size] == '(';
        if (call && (i == names->count || names->section[i] > section))
            fail(report, path, number, "usa %.*s antes de explicarla", (int)size, at);
        else if (call && unneeded(names, i))
            fail(report, path, number,
                 "usa %.*s, del capítulo %02d, que su fila de lessons/README.md no "
                 "necesita",
                 (int)size, at, names->chapter[i]);
        at += size;
    }
}

/* Recorre un Markdown; `fn` recibe cada línea con su apartado y si está en un bloque de C. */
static void each_line(const char *path,
                      void (*fn)(void *, size_t, const char *, size_t, bool), void *arg)
{
    struct text text;
    size_t open = 0, section = 1;
    bool is_c = false;

    if (!text_read(&text, path))
        return;
    for (size_t i = 0; i < text.count; i++) {
        const char *info;
        size_t fence = fence_length(text.lines[i], &info);
        if (open == 0 && fence > 0) {
            open = fence;
            is_c = strcmp(info, "c") == 0;
        } else if (open > 0 && fence >= open && !*info) {
            open = 0;
        } else {
            section += open == 0 && text.lines[i][0] == '#';
            fn(arg, i + 1, text.lines[i], section, open > 0 && is_c);
        }
    }
    text_free(&text);
}

struct pass {
    struct report *report;
    struct names *names;
    const char *path;
};

static void learn(void *arg, size_t number, const char *line, size_t section, bool code)
{
    struct pass *pass = arg;

    (void)number;
    if (!code)
        learn_line(pass->names, line, section);
}

static void check(void *arg, size_t number, const char *line, size_t section, bool code)
{
    struct pass *pass = arg;

    if (code)
        check_line(pass->report, pass->names, pass->path, number, line, section);
}

size_t names_check(struct report *report, struct names *names, const char *path)
{
    struct pass pass = {.report = report, .names = names, .path = path};
    size_t before = names->count;

    each_line(path, learn, &pass);
    each_line(path, check, &pass);
    for (size_t i = before; i < names->count; i++)
        names->section[i] = 0;
    return names->count - before;
}

void names_check_source(struct report *report, const struct names *names,
                        const char *path)
{
    struct text text;

    if (!text_read(&text, path))
        return;
    for (size_t i = 0; i < text.count; i++)
        check_line(report, names, path, i + 1, text.lines[i], 0);
    text_free(&text);
}
