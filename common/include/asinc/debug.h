/*
 * Ver qué hace un programa con asinc.
 *
 * Variables de entorno, que lee as_run:
 *
 *   AS_DEBUG=1      avisa por stderr de una tarea que acapara el hilo más de 100 ms, sin
 *                   contar lo que esperó a que el sistema le diera un procesador, de un
 *                   error que nadie miró y de lo que quedó sin cerrar; y con `kill -USR1`
 *                   escribe qué espera cada tarea. Como PYTHONASYNCIODEBUG=1.
 *   AS_TRACE=f.json apunta cuándo corrió y cuándo esperó cada tarea. Se abre en
 *                   https://ui.perfetto.dev o se dibuja con `make trace`.
 *   AS_CLOCK=virtual  el tiempo salta: los plazos largos no se esperan.
 *
 * Un interbloqueo se explica siempre, con o sin AS_DEBUG, y as_run devuelve AS_EDEADLK.
 */
#ifndef ASINC_DEBUG_H
#define ASINC_DEBUG_H

#include <stdio.h>

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/*
 * Escribe en `out` las tareas vivas, cada una bajo la que abrió su grupo, con lo que espera
 * y desde cuándo. Con AS_DEBUG=1 dice también dónde se creó cada una. Solo dentro del
 * bucle. No suspende. Equivale a asyncio.all_tasks() y a python -m asyncio pstree.
 */
void as_dump(FILE *out);

/* Cuántas tareas hay vivas, la actual incluida. No suspende. Equivale a
 * len(asyncio.all_tasks()). */
size_t as_task_count(void);

AS_DECLARATIONS_END

#endif
