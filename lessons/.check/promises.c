#include "check.h"

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
static char *milestone_item(const struct card *card, size_t number)
{
    const struct card_stage *stage = &card->stages[number - 1];
    return format("%zu. **%s** (%d %s).", number, stage->title, stage->points,
                  stage->points == 1 ? "punto" : "puntos");
}

/* ¿Empieza un elemento de una lista numerada? */
static bool is_item(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    return digits > 0 && starts(line + digits, ". ");
}

static void check_milestones(struct report *report, const struct card *card,
                             const char *page)
{
    size_t count = card->n_stages, seen = 0, next;
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
        char *item = ++seen <= count ? milestone_item(card, seen) : NULL;
        if (!item)
            fail(report, page, i + 1, "sobra: en lab.json hay %zu etapas", count);
        else if (!starts(text.lines[i], item))
            fail(report, page, i + 1, "según lab.json, aquí debe decir «%s»", item);
        free(item);
    }
    for (; seen < count; seen++) {
        char *item = milestone_item(card, seen + 1);
        fail(report, page, from, "falta la etapa «%s»", item);
        free(item);
    }
    text_free(&text);
}

/* La tabla de pruebas del enunciado, si la hay. */
struct promises {
    struct report *report;
    const struct card *card;
    const char *page;
    size_t seen;
};

enum { TEST, TITLE, POINTS, PROMISE_CELLS };

static void check_promise(void *arg, const struct row *row)
{
    struct promises *p = arg;

    for (size_t i = 0; row->count == PROMISE_CELLS && i < p->card->n_tests; i++) {
        const struct card_test *test = &p->card->tests[i];
        char *cell = format("`%s`", test->name);
        bool same = strcmp(cell, row->cells[TEST]) == 0;
        free(cell);
        if (!same)
            continue;
        p->seen++;
        if (strcmp(test->title, row->cells[TITLE]) != 0)
            fail(p->report, p->page, row->line, "según lab.json, %s es «%s»", test->name,
                 test->title);
        if (test->points != row_number(row->cells[POINTS]))
            fail(p->report, p->page, row->line, "según lab.json, %s vale %d", test->name,
                 test->points);
    }
}

void promises_check(struct report *report, const struct card *card, const char *page)
{
    struct promises p = {report, card, page, 0};
    struct text text;

    if (text_read(&text, page)) {
        table_each(&text, check_promise, &p);
        text_free(&text);
    }
    if (p.seen > 0 && p.seen != card->n_tests)
        fail(report, page, 1, "la tabla trae %zu de las %zu pruebas de lab.json", p.seen,
             card->n_tests);
    check_milestones(report, card, page);
}
