#include "exercise.h"

#include <stdlib.h>
#include <string.h>

/*
 * El informe de AddressSanitizer, contado en una línea: qué encontró y en qué línea del lector.
 * El informe son treinta líneas en inglés, y las primeras son de la biblioteca.
 */

static const struct {
    const char *report, *story;
} FOUND[] = {
    {"heap-use-after-free", "uso tras liberar"},
    {"attempting double-free", "doble liberación"},
    {"attempting free on address", "se libera lo que no dio malloc"},
    {"heap-buffer-overflow", "desbordamiento de lo que dio malloc"},
    {"stack-buffer-overflow", "desbordamiento de una variable local"},
    {"stack-buffer-underflow", "desbordamiento de una variable local"},
    {"global-buffer-overflow", "desbordamiento de una variable global"},
    {"stack-use-after", "uso de una variable local que ya no existe"},
    {"stack-overflow", "pila desbordada"},
    {"SEGV", "acceso a una dirección que no es del programa"},
    {"runtime error:", "comportamiento indefinido"},
};

static const char LEAK[] = "LeakSanitizer: detected memory leaks";

/* Detrás de un programa hay una terminal, y el informe lleva colores. */
static void drop_colours(char *line)
{
    char *to = line;

    while (*line) {
        if (line[0] == '\033' && line[1] == '[') {
            line += 2;
            line += strcspn(line, "ABCDEFGHJKSTfmnsu");
            line += *line != '\0';
        } else {
            *to++ = *line++;
        }
    }
    *to = '\0';
}

/* La posición de la primera línea, desde `from`, que contiene `text`; `count` si ninguna. */
static size_t find(char *const *lines, size_t from, size_t count, const char *text)
{
    while (from < count && !strstr(lines[from], text))
        from++;
    return from;
}

/* La primera línea del lector que se nombra entre `from` y `end`; 0 si ninguna. */
static int reader_line(const struct exercise *e, char *const *lines, size_t from,
                       size_t end)
{
    char *mark = format("/%s.c:", e->name);
    size_t at = find(lines, from, end, mark);
    int line = at < end ? atoi(strstr(lines[at], mark) + strlen(mark)) : 0;

    free(mark);
    return line;
}

/* « (se liberó en la línea 29)», si el informe lo dice; si no, nada. */
static char *detail(const struct exercise *e, char *const *lines, size_t from,
                    size_t count, const char *heading, const char *story)
{
    size_t at = find(lines, from, count, heading);
    int line = at < count ? reader_line(e, lines, at, find(lines, at, count, "SUMMARY"))
                          : 0;

    return line > 0 ? format(" (%s en la línea %d)", story, line) : format("%s", "");
}

static char *tell(const struct exercise *e, char *const *lines, size_t at, size_t count)
{
    const char *what = "error de memoria";
    int line = reader_line(e, lines, at, count);

    for (size_t i = 0; i < sizeof FOUND / sizeof *FOUND; i++) {
        if (strstr(lines[at], FOUND[i].report)) {
            what = FOUND[i].story;
            break;
        }
    }
    char *where = line > 0 ? format(" en %s.c:%d", e->name, line) : format("%s", "");
    char *freed = detail(e, lines, at, count, "freed by", "se liberó");
    char *result = format("%s%s%s", what, where, freed);
    free(freed);
    free(where);
    return result;
}

static char *tell_leak(const struct exercise *e, char *const *lines, size_t at,
                       size_t count)
{
    int line = reader_line(e, lines, at, count);

    return line > 0
               ? format("fuga: nadie libera lo que se pide en %s.c:%d", e->name, line)
               : format("fuga: queda memoria sin liberar");
}

bool memory_report_find(struct memory_report *report, const struct exercise *e,
                        char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        drop_colours(lines[i]);
        bool leak = strstr(lines[i], LEAK) != NULL;
        if (!leak && !strstr(lines[i], "ERROR: AddressSanitizer") &&
            !strstr(lines[i], "runtime error:"))
            continue;
        size_t before = i;
        while (before > 0 && strspn(lines[before - 1], "=") == strlen(lines[before - 1]))
            before--;
        char *story = leak ? tell_leak(e, lines, i, count) : tell(e, lines, i, count);
        *report = (struct memory_report){story, before, leak};
        return true;
    }
    return false;
}
