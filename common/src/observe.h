/*
 * Mirar el bucle por dentro: el modo de depuración (AS_DEBUG=1) y la traza (AS_TRACE=f).
 *
 * Sin ninguno de los dos, cada salto paga una comparación. El modo de depuración avisa por
 * stderr de lo que suele ser un error: una tarea que acapara el hilo, un error que nadie
 * miró, algo que no se cerró. La traza apunta en un archivo cuándo corrió y cuándo esperó
 * cada tarea, en el formato de chrome://tracing y Perfetto.
 */
#ifndef ASINC_OBSERVE_H
#define ASINC_OBSERVE_H

#include "task_internal.h"

/* Al nacer y al morir el bucle. observe_init lee las variables de entorno; UV_EINVAL o el
 * error de abrir el archivo de la traza, ya explicado por stderr. */
int as__observe_init(struct as__loop *loop, const as_options *options);
void as__observe_close(struct as__loop *loop);

/* Alrededor de cada vez que corre una tarea. */
uint64_t as__observe_resume(struct as__loop *loop, as_task *task);
void as__observe_suspend(struct as__loop *loop, as_task *task, uint64_t resumed_ns);

/* La tarea terminó; y, ya al liberarla, si alguien miró su error. */
void as__observe_finish(struct as__loop *loop, as_task *task);
void as__observe_free(struct as__loop *loop, as_task *task);

/* Cuenta qué espera cada tarea y, si lo hay, el ciclo que las bloquea. */
void as__explain_deadlock(struct as__loop *loop, FILE *out);

/* ---- trace.c ------------------------------------------------------------------------ */

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

/* ---- site.c ------------------------------------------------------------------------- */

enum { AS__SITE_SIZE = 128 };

/* «archivo.c:12» del código que está en la dirección `site`, o la propia dirección. */
const char *as__site_text(const void *site, char text[AS__SITE_SIZE]);

#endif
