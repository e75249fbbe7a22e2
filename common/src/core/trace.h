/* La traza (AS_TRACE): cuándo corrió y cuándo esperó cada tarea, en el formato de
 * chrome://tracing y Perfetto. */
#ifndef ASINC_TRACE_H
#define ASINC_TRACE_H

#include <stdio.h>

#include "core/task_internal.h"

FILE *as__trace_open(const char *path);
void as__trace_close(FILE *trace);

/* Un tramo de la vida de una tarea: `what` NULL si corría; si no, lo que esperaba, e `io`
 * si era a algo de fuera del programa. */
void as__trace_span(FILE *trace, const as_task *task, const char *what, bool io,
                    uint64_t start_ns, uint64_t end_ns);

/* El nombre de una tarea, y de quién es hija (0: de nadie). */
void as__trace_task(FILE *trace, const as_task *task, uint64_t parent_id);

/* Una tarea terminó con un error. */
void as__trace_end(FILE *trace, const as_task *task, uint64_t now_ns);

#endif
