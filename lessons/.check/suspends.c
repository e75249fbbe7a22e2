#include "check.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/*
 * Quien explica una función que suspende lo dice ahí mismo; de las demás no hace falta decir nada.
 * Cuáles suspenden lo dice su comentario, en las cabeceras de la biblioteca, o el de la cabecera
 * si son todas.
 */

struct suspends {
    char **names; /* las que suspenden */
    size_t count;
};

static size_t name_size(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

/* ¿Dice un texto «suspende»? No cuentan «no suspende» ni lo que se suspende otro: «suspenderse». */
static bool says_suspends(const char *text)
{
    static const char word[] = "uspende"; /* Suspende, suspende, suspenden */

    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) {
        const char *start = at > text ? at - 1 : at, *end = at + strlen(word);
        bool denied = start - text >= 3 && strncmp(start - 2, "o ", 2) == 0 &&
                      strchr("nN", start[-3]);
        end += *end == 'n';
        if (!denied && (*end == '\0' || strchr(" .,;:)", *end)))
            return true;
    }
    return false;
}

static void add(struct suspends *list, const char *name, size_t size)
{
    list->names = reallocarray(list->names, list->count + 1, sizeof *list->names);
    if (!list->names)
        exit(3);
    list->names[list->count++] = format("%.*s", (int)size, name);
}

/* Un texto que crece línea a línea. */
static void append(char **text, const char *line)
{
    char *longer = format("%s%s ", *text ? *text : "", line);

    free(*text);
    *text = longer;
}

/* El comentario que acaba justo encima de unas declaraciones es de todas ellas. */
static void learn_header(struct suspends *list, const char *path)
{
    struct text text;
    char *comment = NULL;
    bool inside = false, all = false;

    if (!text_read(&text, path))
        return;
    for (size_t i = 0; i < text.count; i++) {
        const char *line = text.lines[i], *name = strstr(line, "as_");
        if (strncmp(line, "/*", 2) == 0) {
            free(comment);
            comment = NULL;
            inside = true;
        }
        if (inside) {
            append(&comment, line);
            inside = !strstr(line, "*/");
            all |= strstr(line, "todas suspenden") != NULL;
        } else if (!*line) {
            free(comment);
            comment = NULL;
        } else if (comment && name && *line != ' ') {
            while (name && name[name_size(name)] != '(')
                name = strstr(name + 1, "as_");
            if (name && (all || says_suspends(comment)))
                add(list, name, name_size(name));
        }
    }
    free(comment);
    text_free(&text);
}

struct suspends *suspends_new(const char *root)
{
    struct suspends *list = calloc(1, sizeof *list);
    char *pattern = format("%s/common/include/asinc/*.h", root);
    glob_t headers;

    if (!list)
        exit(3);
    if (glob(pattern, 0, NULL, &headers) == 0) {
        for (size_t i = 0; i < headers.gl_pathc; i++)
            learn_header(list, headers.gl_pathv[i]);
        globfree(&headers);
    }
    free(pattern);
    return list;
}

void suspends_free(struct suspends *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    free(list);
}

static bool suspends(const struct suspends *list, const char *name, size_t size)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strlen(list->names[i]) == size && strncmp(list->names[i], name, size) == 0)
            return true;
    }
    return false;
}

/* Un párrafo, o un elemento de una lista, en una sola línea. */
static void check_paragraph(struct report *report, const struct suspends *list,
                            const char *path, size_t line, char **paragraph)
{
    static const char start[] = "**`as_";

    for (const char *at = *paragraph; at && (at = strstr(at, start)); at++) {
        const char *name = at + strlen("**`");
        size_t size = name_size(name);
        if (suspends(list, name, size) && !says_suspends(*paragraph))
            fail(report, path, line, "%.*s suspende, y aquí no se dice", (int)size, name);
    }
    free(*paragraph);
    *paragraph = NULL;
}

void suspends_check(struct report *report, const struct suspends *list, const char *path)
{
    struct text text;
    char *paragraph = NULL;
    size_t open = 0, from = 1;

    if (!text_read(&text, path))
        return;
    for (size_t i = 0; i < text.count; i++) {
        const char *info, *line = text.lines[i] + strspn(text.lines[i], " ");
        size_t fence = fence_length(text.lines[i], &info);
        bool item = strncmp(line, "- ", 2) == 0;
        if (fence > 0 || !*line || item)
            check_paragraph(report, list, path, from, &paragraph);
        if (fence > 0)
            open = open == 0 ? fence : (fence >= open && !*info ? 0 : open);
        else if (open == 0 && *line) {
            from = paragraph ? from : i + 1;
            append(&paragraph, line);
        }
    }
    check_paragraph(report, list, path, from, &paragraph);
    text_free(&text);
}
