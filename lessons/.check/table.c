#include "check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* El texto de una celda, sin los espacios de los lados. */
static char *cell_text(const char *start, size_t size)
{
    while (size > 0 && *start == ' ') {
        start++;
        size--;
    }
    while (size > 0 && start[size - 1] == ' ')
        size--;
    return format("%.*s", (int)size, start);
}

/* Parte «| a | b |». false si tiene demasiadas celdas. */
static bool split(struct row *row, const char *line)
{
    const char *at = line + 1;

    row->count = 0;
    for (const char *end; (end = strchr(at, '|')); at = end + 1) {
        if (row->count == MAX_CELLS)
            return false;
        row->cells[row->count++] = cell_text(at, (size_t)(end - at));
    }
    return true;
}

static void row_free(struct row *row)
{
    for (size_t i = 0; i < row->count; i++)
        free(row->cells[i]);
}

void table_each(const struct text *text, row_fn *fn, void *arg)
{
    bool body = false; /* detrás de la línea de guiones */

    for (size_t i = 0; i < text->count; i++) {
        const char *line = text->lines[i];
        struct row row = {.line = i + 1};
        if (line[0] != '|') {
            body = false;
        } else if (strspn(line, "|-: ") == strlen(line)) {
            body = true;
        } else if (body) {
            if (split(&row, line))
                fn(arg, &row);
            row_free(&row);
        }
    }
}

char *row_line(const struct row *row)
{
    char *line = NULL;
    size_t size;
    FILE *out = open_memstream(&line, &size);

    fputc('|', out);
    for (size_t i = 0; i < row->count; i++)
        fprintf(out, *row->cells[i] ? " %s |" : "%s |", row->cells[i]);
    fclose(out);
    return line;
}

int row_number(const char *cell)
{
    char *end;
    long number = isdigit((unsigned char)*cell) ? strtol(cell, &end, 10) : 0;

    return number > 0 && *end == '\0' ? (int)number : 0;
}
