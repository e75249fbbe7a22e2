#include "check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/*
 * Lo que el enunciado de un laboratorio promete es lo que se califica: los títulos y los puntos de
 * las etapas, en su apartado «Etapas», son los de lab.json. Y los de las pruebas, si las trae en
 * una tabla.
 */

static bool starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* La etapa número `number`, como tiene que empezar en la lista. */
static char *milestone_item(const json_t *json, size_t number)
{
    json_t *list = json_object_get(json, "etapas"), *test;
    const char *title = json_string_value(json_array_get(list, number - 1));
    json_int_t points = 0;
    size_t i;

    json_array_foreach(json_object_get(json, "pruebas"), i, test)
    {
        if (json_integer_value(json_object_get(test, "etapa")) == (json_int_t)number)
            points += json_integer_value(json_object_get(test, "puntos"));
    }
    return format("%zu. **%s** (%d %s).", number, title ? title : "", (int)points,
                  points == 1 ? "punto" : "puntos");
}

/* ¿Empieza un elemento de una lista numerada? */
static bool is_item(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    return digits > 0 && starts(line + digits, ". ");
}

static void check_milestones(struct report *report, const json_t *json, const char *page)
{
    size_t count = json_array_size(json_object_get(json, "etapas")), seen = 0, next;
    size_t from = anchor_line(page, "etapas", &next);
    struct text text;

    if (from == 0 || !text_read(&text, page)) {
        fail(report, page, 1, "el enunciado no tiene el apartado «## Etapas»");
        return;
    }
    size_t to = next <= text.count ? next - 1 : text.count;
    for (size_t i = from; i < to; i++) {
        if (!is_item(text.lines[i]))
            continue;
        char *item = ++seen <= count ? milestone_item(json, seen) : NULL;
        if (!item)
            fail(report, page, i + 1, "sobra: en lab.json hay %zu etapas", count);
        else if (!starts(text.lines[i], item))
            fail(report, page, i + 1, "según lab.json, aquí debe decir «%s»", item);
        free(item);
    }
    for (; seen < count; seen++) {
        char *item = milestone_item(json, seen + 1);
        fail(report, page, from, "falta la etapa «%s»", item);
        free(item);
    }
    text_free(&text);
}

/* La tabla de pruebas del enunciado, si la hay. */
struct promises {
    struct report *report;
    const json_t *tests;
    const char *page;
    size_t seen;
};

enum { TEST, TITLE, POINTS, PROMISE_CELLS };

static void check_promise(void *arg, const struct row *row)
{
    struct promises *p = arg;
    json_t *test;
    size_t i;

    if (row->count != PROMISE_CELLS)
        return;
    json_array_foreach(p->tests, i, test)
    {
        const char *name = json_string_value(json_object_get(test, "nombre"));
        const char *title = json_string_value(json_object_get(test, "titulo"));
        char *cell = format("`%s`", name ? name : "");
        bool same = strcmp(cell, row->cells[TEST]) == 0;
        free(cell);
        if (!same)
            continue;
        p->seen++;
        if (!title || strcmp(title, row->cells[TITLE]) != 0)
            fail(p->report, p->page, row->line, "según lab.json, %s es «%s»", name,
                 title ? title : "");
        if (json_integer_value(json_object_get(test, "puntos")) !=
            row_number(row->cells[POINTS]))
            fail(p->report, p->page, row->line, "según lab.json, %s vale %d", name,
                 (int)json_integer_value(json_object_get(test, "puntos")));
    }
}

void promises_check(struct report *report, const struct json_t *lab, const char *page)
{
    struct promises p = {report, json_object_get(lab, "pruebas"), page, 0};
    struct text text;

    if (text_read(&text, page)) {
        table_each(&text, check_promise, &p);
        text_free(&text);
    }
    if (p.seen > 0 && p.seen != json_array_size(p.tests))
        fail(report, page, 1, "la tabla trae %zu de las %zu pruebas de lab.json", p.seen,
             json_array_size(p.tests));
    check_milestones(report, lab, page);
}
