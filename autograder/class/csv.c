/* CSV de ida y de vuelta. */
#include "class/csv.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int is_number(const char *text)
{
    char *end;
    text += *text == '-';
    if (*text < '0' || *text > '9')
        return 0;
    strtod(text, &end);
    return *end == '\0' && text[strspn(text, "0123456789.")] == '\0';
}

/* ¿Empieza aquí lo que una hoja de cálculo tomaría por una fórmula? */
static bool is_formula(const char *at)
{
    return *at && strchr("=+-@\t\r", *at);
}

/* Un campo con su separador; un número no se toca, salvo la coma. */
void cl_csv_cell(FILE *out, const struct cl_csv_style *style, int first, const char *text)
{
    bool number = is_number(text), fresh = !number;
    bool quotes = text[strcspn(text, "\",;\t\n\r")] != '\0';
    fputs(first ? "" : style->excel ? ";" : ",", out);
    fputs(quotes ? "\"" : "", out);
    for (; *text; text++) {
        if (fresh && is_formula(text))
            fputc('\'', out);
        /* Quien abre el archivo quizá lo parte por otro separador, y ahí empieza otra celda. */
        fresh = !number &&
                (strchr(",;|\t\n\r", *text) || (fresh && strchr(" \"'", *text)));
        if (*text == '"')
            fputc('"', out);
        fputc(number && style->excel && *text == '.' ? ',' : *text, out);
    }
    fputs(quotes ? "\"" : "", out);
}

void cl_csv_put(FILE *out, int first, const char *text)
{
    cl_csv_cell(out, &(struct cl_csv_style){0}, first, text);
}

void cl_csv_start(FILE *out, const struct cl_csv_style *style)
{
    fputs(style->excel ? "\xef\xbb\xbf" : "", out);
}

/* ---- leer ------------------------------------------------------------------------------ */

/* Lo que ocupa el campo que empieza en `p`, con sus comillas. */
static size_t field_length(const char *p, char separator)
{
    const char *start = p;
    bool quoted = *p == '"';
    for (p += quoted; *p && (quoted || (*p != separator && *p != '\n')); p++) {
        if (quoted && *p == '"' && p[1] == '"')
            p++;
        else if (quoted && *p == '"')
            quoted = false;
    }
    return (size_t)(p - start);
}

/* Un campo desde `*at`; deja `*at` en lo que lo sigue: el separador, el salto o el final. */
static char *read_field(const char **at, char separator, size_t *line)
{
    const char *p = *at, *end = p + field_length(p, separator);
    char *field = ag_alloc((size_t)(end - p) + 1, 1), *to = field;
    bool quoted = *p == '"';
    for (p += quoted; p < end; p++) {
        if (quoted && *p == '"' && p[1] != '"') {
            quoted = false;
            continue;
        }
        p += quoted && *p == '"';
        *line += *p == '\n';
        if (quoted || *p != '\r')
            *to++ = *p;
    }
    *at = end;
    return field;
}

static char **read_row(const char **at, char separator, size_t *line, size_t *n)
{
    char **row = NULL;
    *n = 0;
    for (;;) {
        row = ag_grow(row, *n + 1, sizeof *row);
        row[(*n)++] = read_field(at, separator, line);
        if (**at != separator)
            break;
        ++*at;
    }
    if (**at == '\n') {
        ++*at;
        ++*line;
    }
    return row;
}

static void free_row(char **row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(row[i]);
    free(row);
}

/* Las hojas de cálculo de los Mac antiguos acaban cada línea en \r, y nada más: esas, en \n, en memoria nueva. Las
 * demás, NULL. */
static char *from_old_mac(const char *text)
{
    if (strchr(text, '\n') || !strchr(text, '\r'))
        return NULL;
    char *copy = ag_format("%s", text);
    for (char *p = copy; (p = strchr(p, '\r'));)
        *p = '\n';
    return copy;
}

struct cl_csv cl_csv_parse(const char *text)
{
    struct cl_csv csv = {0};
    size_t line = 1;
    char *own = from_old_mac(text);
    text = own ? own : text;
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    size_t end = strcspn(text, "\n");
    char separator = memchr(text, ';', end) && !memchr(text, ',', end) ? ';' : ',';
    while (*text) {
        size_t n, start = line;
        char **row = read_row(&text, separator, &line, &n);
        if (n == 1 && !*row[0]) {
            free_row(row, n);
            continue;
        }
        if (csv.n == 0)
            csv.columns = n;
        for (; n > csv.columns; n--)
            free(row[n - 1]);
        row = ag_grow(row, csv.columns, sizeof *row);
        for (; n < csv.columns; n++)
            row[n] = ag_format("%s", "");
        csv.rows = ag_grow(csv.rows, csv.n + 1, sizeof *csv.rows);
        csv.lines = ag_grow(csv.lines, csv.n + 1, sizeof *csv.lines);
        csv.lines[csv.n] = start;
        csv.rows[csv.n++] = row;
    }
    free(own);
    return csv;
}

void cl_csv_free(struct cl_csv *csv)
{
    for (size_t i = 0; i < csv->n; i++)
        free_row(csv->rows[i], csv->columns);
    free(csv->rows);
    free(csv->lines);
    *csv = (struct cl_csv){0};
}

long cl_csv_column(const struct cl_csv *csv, const char *name)
{
    for (size_t i = 0; csv->n > 0 && i < csv->columns; i++)
        if (strcasecmp(csv->rows[0][i], name) == 0)
            return (long)i;
    return -1;
}
