/* Qué pasó en cada laboratorio, contando toda la clase. */
#include "base/memory.h"
#include "class/page.h"

#include <stdlib.h>
#include <string.h>

struct cl_lab_stats *cl_stats_new(const struct cl_book *book)
{
    struct cl_lab_stats *stats = ag_alloc(book->n_labs + 1, sizeof *stats);
    for (size_t i = 0; i < book->n_labs; i++)
        stats[i] = (struct cl_lab_stats){
            .id = book->labs[i],
            .points = ag_alloc(book->n + 1, sizeof *stats->points),
            .uncompiled = ag_alloc(book->n + 1, sizeof *stats->uncompiled),
            .seconds = ag_alloc(book->n + 1, sizeof *stats->seconds)};
    return stats;
}

void cl_stats_free(struct cl_lab_stats *stats, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t t = 0; t < stats[i].n_tests; t++) {
            free(stats[i].tests[t].name);
            free(stats[i].tests[t].title);
        }
        free(stats[i].tests);
        free(stats[i].title);
        free(stats[i].points);
        free(stats[i].seconds);
        free(stats[i].uncompiled);
    }
    free(stats);
}

static struct cl_test_stats *test_named(struct cl_lab_stats *lab, const char *name,
                                        const char *title)
{
    for (size_t i = 0; i < lab->n_tests; i++)
        if (strcmp(lab->tests[i].name, name) == 0)
            return &lab->tests[i];
    lab->tests = ag_grow(lab->tests, lab->n_tests + 1, sizeof *lab->tests);
    struct cl_test_stats *test = &lab->tests[lab->n_tests++];
    *test = (struct cl_test_stats){.name = ag_format("%s", name),
                                   .title = ag_format("%s", title)};
    return test;
}

/* Una que espera a otra, o que no compiló, no dice nada de sí misma. */
static void add_test(struct cl_lab_stats *lab, json_t *json, size_t at)
{
    const char *name, *title, *verdict;
    if (json_unpack(json, "{s:s s:s s:s}", "nombre", &name, "titulo", &title, "veredicto",
                    &verdict) < 0 ||
        json_object_get(json, "espera_a") || strcmp(verdict, "no_compila") == 0 ||
        strcmp(verdict, "fallo_corrector") == 0)
        return;
    struct cl_test_stats *test = test_named(lab, name, title);
    test->graded++;
    if (strcmp(verdict, "bien") == 0)
        return;
    if (test->failed++ == 0)
        test->example = at;
}

void cl_stats_add(struct cl_lab_stats *stats, const struct cl_book *book, size_t at,
                  const json_t *lab)
{
    const struct cl_book_row *b = &book->rows[at];
    size_t i;
    json_t *test;
    if (b->mark.known && b->mark.max > 0)
        stats->points[stats->n_points++] = 100 * b->mark.points / b->mark.max;
    if (!lab)
        return;
    stats->seconds[stats->n_seconds++] = b->row.seconds;
    const char *title = json_string_value(json_object_get(lab, "titulo"));
    const char *verdict = json_string_value(json_object_get(lab, "veredicto"));
    if (verdict && strcmp(verdict, "no_compila") == 0)
        stats->uncompiled[stats->n_uncompiled++] = at;
    if (!stats->title && title)
        stats->title = ag_format("%s", title);
    json_array_foreach(json_object_get(lab, "pruebas"), i, test)
    {
        add_test(stats, test, at);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int by_failures(const void *a, const void *b)
{
    const struct cl_test_stats *x = a, *y = b;
    return x->failed != y->failed ? (x->failed < y->failed ? 1 : -1)
                                  : strcmp(x->name, y->name);
}

void cl_stats_sort(struct cl_lab_stats *stats)
{
    qsort(stats->points, stats->n_points, sizeof *stats->points, by_value);
    qsort(stats->seconds, stats->n_seconds, sizeof *stats->seconds, by_value);
    if (stats->n_tests > 0)
        qsort(stats->tests, stats->n_tests, sizeof *stats->tests, by_failures);
}
