#include "trace_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROWS = 60 };

/* Una fila por tarea, con `most` hijas como mucho de cada madre: las demás, con toda su
 * descendencia, se resumen en una. `seen[d]`, hijas vistas de la madre actual a esa
 * profundidad. */
static size_t fill(const struct trace *trace, size_t most, struct row *rows, size_t *seen)
{
    const struct trace_task *tasks = trace->tasks;
    size_t count = 0;

    memset(seen, 0, (trace->count + 2) * sizeof *seen);
    for (size_t i = 0; i < trace->count;) {
        size_t end = i + 1;
        seen[tasks[i].depth + 1] = 0;
        if (++seen[tasks[i].depth] > most) {
            while (end < trace->count && tasks[end].depth >= tasks[i].depth)
                end++;
        }
        rows[count++] = (struct row){i, end, end > i + 1};
        i = end;
    }
    return count;
}

int rows_choose(const struct trace *trace, struct row **rows, size_t *count)
{
    size_t *seen = calloc(trace->count + 2, sizeof *seen);
    struct row *all = calloc(trace->count + 1, sizeof *all);

    if (!seen || !all) {
        free(seen);
        free(all);
        return trace_error("no hay memoria");
    }
    size_t most = MAX_ROWS;
    while ((*count = fill(trace, most, all, seen)) > MAX_ROWS && most > 1)
        most--;
    if (*count > MAX_ROWS) { /* más generaciones que filas */
        all[MAX_ROWS - 1] = (struct row){all[MAX_ROWS - 1].from, trace->count, true};
        *count = MAX_ROWS;
    }
    free(seen);
    *rows = all;
    return 0;
}

static int compare_starts(const void *a, const void *b)
{
    const struct trace_span *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

int row_spans(const struct trace *trace, const struct row *row, struct trace_span **spans,
              size_t *count, double *start, double *end)
{
    size_t total = 0;

    *start = INFINITY;
    *end = 0;
    for (size_t i = row->from; i < row->to; i++)
        total += trace->tasks[i].count;
    *spans = calloc(total + 1, sizeof **spans);
    if (!*spans)
        return trace_error("no hay memoria");
    *count = 0;
    for (size_t i = row->from; i < row->to; i++) {
        const struct trace_task *task = &trace->tasks[i];
        if (task->count == 0)
            continue;
        memcpy(*spans + *count, task->spans, task->count * sizeof **spans);
        *count += task->count;
        *start = fmin(*start, task->start);
        *end = fmax(*end, task->end);
    }
    *start = fmin(*start, *end);
    qsort(*spans, *count, sizeof **spans, compare_starts);
    return 0;
}
