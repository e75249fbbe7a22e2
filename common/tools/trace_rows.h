/* Qué filas caben en el dibujo. */
#ifndef TRACE_ROWS_H
#define TRACE_ROWS_H

#include "trace_model.h"

/* Una fila: la tarea `from` o, si son demasiadas, el resumen de las que van de `from` a
 * `to`, que no se incluye. */
struct row {
    size_t from, to;
    bool collapsed;
};

/* Elige las filas, que se liberan con free; -1 si no hay memoria. */
int rows_choose(const struct trace *trace, struct row **rows, size_t *count);

/* Los tramos de todas las tareas de una fila por orden de tiempo, que se liberan con free,
 * y entre qué momentos vivieron; -1 si no hay memoria. */
int row_spans(const struct trace *trace, const struct row *row, struct trace_span **spans,
              size_t *count, double *start, double *end);

#endif
