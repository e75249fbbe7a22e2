/* Texto para personas: partirlo en líneas. */
#include "base/text.h"
#include "grader/report.h"

#include <string.h>

#define MAX_LABEL 24

/* Columnas de la etiqueta con la que empieza la línea, si la trae: la que separan dos
 * espacios del texto, como en « 3. +0,120 s  Llega una petición». */
static size_t label_width(const char *line, size_t len)
{
    for (size_t i = 1; i + 1 < len && i < MAX_LABEL; i++)
        if (line[i] == ' ' && line[i + 1] == ' ')
            return ag_width(line, i + 2);
    return 0;
}

static void put_line(FILE *out, const char *line, size_t len, size_t indent, size_t cols)
{
    /* Lo que empieza por dos espacios viene ya compuesto: código, salidas, marcas. */
    if (len > 1 && (line[0] == '\t' || (line[0] == ' ' && line[1] == ' '))) {
        fwrite(line, 1, len, out);
        return;
    }
    size_t at = indent, hang = indent + label_width(line, len);
    for (const char *p = line, *end = line + len; p < end;) {
        const char *word = p;
        while (p < end && *p != ' ')
            p++;
        size_t width = ag_width(word, (size_t)(p - word));
        if (word > line) {
            if (at + 1 + width > cols && at > hang) {
                fprintf(out, "\n%*s", (int)hang, "");
                at = hang;
            } else {
                fputc(' ', out);
                at++;
            }
        }
        fwrite(word, 1, (size_t)(p - word), out);
        at += width;
        if (p < end)
            p++;
    }
}

void gr_text_wrap(FILE *out, const char *first, const char *text, size_t cols)
{
    size_t indent = ag_width(first, strlen(first));
    fputs(first, out);
    for (const char *line = text;;) {
        size_t len = strcspn(line, "\n");
        put_line(out, line, len, indent, cols);
        if (line[len] == '\0' || line[len + 1] == '\0')
            break;
        fprintf(out, "\n%*s", line[len + 1] == '\n' ? 0 : (int)indent, "");
        line += len + 1;
    }
    fputc('\n', out);
}
