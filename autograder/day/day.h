/* El día de quien estudia: las órdenes de asinc-day. Cada una devuelve su código de salida. */
#ifndef DAY_DAY_H
#define DAY_DAY_H

#include "grader/grader.h"

#include <stdbool.h>

/* `make hint`: una pista más de la prueba que falla ahora en el laboratorio `which`. Si lo que se
 * sabe es de antes del último cambio, califica con la orden `grade`. */
int day_hint(const char *which, char *const *grade);

/* Lo mismo, donde se diga y sin calificar nada. -1 con el motivo en `err`. */
int day_hint_show(const struct gr_screen *s, const char *which, struct gr_error *err);

/* ¿Tiene cada prueba de cada laboratorio sus pistas? Dice cuáles no. */
int day_hint_check(void);

/* Apunta la última calificación; no dice nada. */
int day_note_grade(void);

/* Apunta lo que dejó la práctica en el archivo `path`. */
int day_note_practice(const char *path);

/* `make progreso`; `chapter`, si no es NULL, se da por leído ("05"). */
int day_show(const char *chapter);

/* `make watch`: ver watch.h. */

#endif
