#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 8

struct open_region {
    char name[48];
    size_t line;
};

/* Una línea que solo tiene la marca de una región. Deja su nombre y si
 * la cierra. */
static bool parse_mark(const char *line, char name[48], bool *closes)
{
    int end = 0;
    line += strspn(line, " \t");
    *closes = strncmp(line, "/* [/", 5) == 0;
    const char *fmt = *closes ? "/* [/%47[a-z0-9_-]] */ %n" : "/* [%47[a-z0-9_-]] */ %n";
    return sscanf(line, fmt, name, &end) == 1 && end > 0 && line[end] == '\0';
}

static size_t margin_of(const char *line)
{
    return strspn(line, " ");
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t")] == '\0';
}

/* Une las líneas quitando el margen común y las líneas en blanco de los
 * extremos. */
static char *dedent(char **lines, size_t count)
{
    while (count > 0 && is_blank(lines[0]))
        lines++, count--;
    while (count > 0 && is_blank(lines[count - 1]))
        count--;
    size_t margin = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        if (!is_blank(lines[i]) && margin_of(lines[i]) < margin)
            margin = margin_of(lines[i]);

    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s\n", is_blank(lines[i]) ? "" : lines[i] + margin);
    fclose(out);
    return result;
}

char *region_text(struct report *report, const char *path, const char *name,
                  const char *from, size_t line)
{
    struct text source;
    if (!text_read(&source, path)) {
        fail(report, from, line, "no puedo leer %s: %s", shown(path), strerror(errno));
        return NULL;
    }
    struct open_region open[MAX_DEPTH];
    size_t depth = 0, inside = 0, kept = 0;
    int errors = report->errors;
    bool found = name == NULL;
    char **lines = calloc(source.count + 1, sizeof *lines);

    for (size_t i = 0; i < source.count; i++) {
        struct open_region mark = {.line = i + 1};
        bool closes;
        if (!parse_mark(source.lines[i], mark.name, &closes)) {
            if (inside || !name)
                lines[kept++] = source.lines[i];
            continue;
        }
        bool wanted = name && strcmp(mark.name, name) == 0;
        if (closes && (depth == 0 || strcmp(open[depth - 1].name, mark.name) != 0)) {
            fail(report, path, i + 1, "[/%s] no cierra la última región abierta",
                 mark.name);
        } else if (closes) {
            depth--;
            inside -= wanted;
        } else if (wanted && found) {
            fail(report, path, i + 1, "la región «%s» está dos veces", name);
        } else if (depth == MAX_DEPTH) {
            fail(report, path, i + 1, "hay demasiadas regiones abiertas");
        } else {
            open[depth++] = mark;
            inside += wanted;
            found |= wanted;
        }
        if (report->errors != errors)
            break;
    }
    if (report->errors == errors && depth > 0)
        fail(report, path, open[depth - 1].line, "la región «%s» no se cierra",
             open[depth - 1].name);
    if (report->errors == errors && !found)
        fail(report, from, line, "%s no tiene la región «%s»", shown(path), name);

    char *result = report->errors == errors ? dedent(lines, kept) : NULL;
    free(lines);
    text_free(&source);
    return result;
}
