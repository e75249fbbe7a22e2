/* Lo que dice Moodle en la hoja de calificaciones que se baja de una tarea. */
#ifndef CL_MOODLE_H
#define CL_MOODLE_H

#include "class/gather.h"

#include <time.h>

/* Completa con la hoja `text`, que se llama `name`, las entregas que vienen de Moodle: el correo de cada número,
 * y hasta cuándo puede entregar quien tiene una prórroga. La que no se entiende se dice, y no vale.
 * 0, o -1 con el motivo si es una hoja que no dice nada de ninguna. */
int cl_moodle_sheet(struct cl_class *class, const char *name, const char *text,
                    struct gr_error *err);

/* Lo que dice de una prórroga la columna del estado: «Enviado para calificar - Plazo ampliado hasta: viernes, 29
 * de enero de 2027, 23:59», o en inglés, con 24 horas o con 12. La hora es la de esta máquina. 1 y la deja en
 * `until`, 0 si no dice ninguna, -1 si la dice y no se entiende. */
int cl_moodle_extension(const char *status, time_t *until);

#endif
