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

#include "core/task_internal.h"

/* Al nacer y al morir el bucle. observe_init lee las variables de entorno; UV_EINVAL o el
 * error de abrir el archivo de la traza, ya explicado por stderr. */
int as__observe_init(struct as__loop *loop, const as_options *options);
void as__observe_close(struct as__loop *loop);

/* Llegó algo de fuera: puede ser que pidan contar qué espera cada tarea (SIGUSR1). */
void as__observe_attend(struct as__loop *loop);

/* Alrededor de cada vez que corre una tarea. */
uint64_t as__observe_resume(struct as__loop *loop, as_task *task);
void as__observe_suspend(struct as__loop *loop, as_task *task, uint64_t resumed_ns);

/* La tarea terminó; y, ya al liberarla, si alguien miró su error. */
void as__observe_finish(struct as__loop *loop, as_task *task);
void as__observe_free(struct as__loop *loop, as_task *task);

#endif
