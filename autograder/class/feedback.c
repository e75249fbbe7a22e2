/* Lo que más le sirve a quien entregó, en tres líneas: para el comentario que llega con la nota. */
#include "base/memory.h"
#include "base/text.h"
#include "class/output.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 3, MOST_BYTES = 300 };

static const char failure[] = "FALLO: ";

struct lines {
    char *text;
    size_t n;
};

/* Añade una línea, limpia y no muy larga. */
static void add_line(struct lines *l, const char *title, const char *text)
{
    char *clean = ag_clean(text, strcspn(text, "\n"), MOST_BYTES, AG_LINE);
    char *more = ag_format("%s%s%s%s%s", l->text, l->n ? "\n" : "", title,
                           *title ? ": " : "", clean);
    free(l->text);
    free(clean);
    l->text = more;
    l->n++;
}

/* Lo que dijo la prueba al fallar, o NULL. */
static const char *why_of(const json_t *test)
{
    size_t i;
    json_t *line;
    json_array_foreach(json_object_get(test, "historia"), i, line)
    {
        const char *at = strstr(json_string_value(line) ?: "", failure);
        if (at)
            return at + sizeof failure - 1;
    }
    return NULL;
}

/* El primer error del compilador. */
static void add_error(struct lines *l, const char *gcc)
{
    const char *error = strstr(gcc, "error: ");
    while (error && error > gcc && error[-1] != '\n')
        error--;
    add_line(l, "No compila", error ?: gcc);
}

/* Las que no pasan por sí mismas, por orden de etapa, que es el de las pruebas. */
static void add_failures(struct lines *l, const json_t *tests)
{
    size_t i;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        const char *verdict = json_string_value(json_object_get(test, "veredicto")) ?: "";
        if (l->n == MOST_LINES || strcmp(verdict, "bien") == 0 ||
            strcmp(verdict, "fallo_corrector") == 0 || json_object_get(test, "espera_a"))
            continue;
        add_line(l, json_string_value(json_object_get(test, "titulo")) ?: "",
                 why_of(test) ?: verdict);
    }
}

char *cl_feedback(const struct cl_book_row *row)
{
    struct lines l = {.text = ag_format("%s", "")};
    json_t *root = row->row.json ? json_loads(row->row.json, 0, NULL) : NULL;
    const json_t *lab = json_array_get(json_object_get(root, "laboratorios"), 0);
    const char *verdict = json_string_value(json_object_get(lab, "veredicto")) ?: "";
    const char *gcc = json_string_value(json_object_get(lab, "gcc"));
    if (strcmp(verdict, "no_compila") == 0 && gcc)
        add_error(&l, gcc);
    else
        add_failures(&l, json_object_get(lab, "pruebas"));
    json_decref(root);
    return l.text;
}
