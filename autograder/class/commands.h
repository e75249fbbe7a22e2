/* Lo que sabe hacer asinc-class. Cada orden devuelve el código con que salir. */
#ifndef CL_COMMANDS_H
#define CL_COMMANDS_H

#include "box/rung.h"
#include "grader/error.h"

#include <stdbool.h>
#include <stddef.h>

struct cl_options {
    const char *from; /* ENTREGAS */
    const char *lab;  /* o NULL: todos */
    const char *out;  /* SALIDA */
    const char *list; /* archivo con unidades que calificar */
    const char *student, *points, *why, *comment;
    size_t jobs;
    enum box_rung highest;
    bool prepare, collect, drop;
};

/* Apunta, califica lo que falte y escribe las notas. Con `prepare`, en vez de calificar deja
 * hechas las carpetas de las unidades y escribe en la salida «CLAVE LAB» de cada una. */
int cl_grade_class(const struct cl_options *o);

/* Recoge lo que otras máquinas dejaron terminado y escribe las notas, sin calificar nada. */
int cl_collect_class(const struct cl_options *o);

/* Califica las unidades de `list`, de una línea «CLAVE LAB» cada una, sin tocar la base. */
int cl_grade_list(const struct cl_options *o);

/* Pone, cambia o quita el ajuste de un alumno en un laboratorio, y reescribe las notas. */
int cl_adjust(const struct cl_options *o);

#endif
