#include "check.h"

#include <stdlib.h>
#include <string.h>

/*
 * Lo que se califica en un laboratorio. Su lab.json lo lee asinc-course, que lo da en líneas de campos
 * separados por tabuladores; dónde está lo dice ASINC_COURSE.
 */

static void *grown(void *list, size_t n, size_t size)
{
    list = reallocarray(list, n + 1, size);
    if (!list)
        exit(3);
    return list;
}

/* Apunta lo que dice una línea. false si no es de las que se conocen. */
static bool learn(struct card *card, char *line)
{
    const char *what = strsep(&line, "\t"), *cells[4] = {"", "", "", ""};
    for (size_t i = 0; line && i < sizeof cells / sizeof *cells; i++)
        cells[i] = strsep(&line, "\t");
    if (strcmp(what, "capitulo") == 0) {
        card->chapter = format("%s", cells[0]);
    } else if (strcmp(what, "etapa") == 0) {
        card->stages = grown(card->stages, card->n_stages, sizeof *card->stages);
        card->stages[card->n_stages++] = (struct card_stage){atoi(cells[0]),
                                                             format("%s", cells[1])};
    } else if (strcmp(what, "prueba") == 0) {
        card->tests = grown(card->tests, card->n_tests, sizeof *card->tests);
        card->tests[card->n_tests++] = (struct card_test){
            format("%s", cells[0]), atoi(cells[1]), format("%s", cells[2]),
            format("%s", cells[3])};
    } else {
        return false;
    }
    return true;
}

bool card_read(struct card *card, struct report *report, const struct options *o,
               const char *path, const char *dir)
{
    *card = (struct card){0};
    setenv("CHECK_RAIZ", o->root, 1);
    setenv("CHECK_LAB", dir, 1);
    FILE *told = popen("course=$(realpath \"$ASINC_COURSE\") && cd \"$CHECK_RAIZ\" && "
                       "exec \"$course\" ficha \"$CHECK_LAB\" 2>&1",
                       "r");
    char *line = NULL, *wrong = NULL;
    size_t size = 0;
    while (told && getline(&line, &size, told) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (!wrong && !learn(card, line))
            wrong = format("%s", line);
    }
    free(line);
    bool good = told && pclose(told) == 0 && !wrong;
    if (!good)
        fail(report, path, 1, "asinc-course no lo entiende: %s", wrong ? wrong : "");
    free(wrong);
    if (!good)
        card_free(card);
    return good;
}

void card_free(struct card *card)
{
    for (size_t i = 0; i < card->n_stages; i++)
        free(card->stages[i].title);
    for (size_t i = 0; i < card->n_tests; i++) {
        free(card->tests[i].name);
        free(card->tests[i].reading);
        free(card->tests[i].title);
    }
    free(card->stages);
    free(card->tests);
    free(card->chapter);
    *card = (struct card){0};
}
