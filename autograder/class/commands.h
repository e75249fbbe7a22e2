/* Lo que sabe hacer asinc-class. Cada orden devuelve el código con que salir. */
#ifndef CL_COMMANDS_H
#define CL_COMMANDS_H

#include "box/rung.h"
#include "grader/grader.h"

#include <stdbool.h>
#include <stddef.h>

struct cl_options {
    const char *from; /* ENTREGAS */
    const char
        *metadata;      /* de una entrega sola, lo que dice Gradescope de ella; o NULL */
    const char *lab;    /* o NULL: todos */
    const char *out;    /* SALIDA */
    const char *roster; /* ALUMNOS, o NULL */
    const char *list;   /* archivo con unidades que calificar */
    const char *anonymous; /* «si» o «no»; NULL, como la última vez */
    const char *csv;       /* «excel» o «normal»; NULL, como la última vez */
    const char *student, *points, *why, *comment;
    const char *until; /* PRORROGA */
    const char *day;   /* DIA */
    size_t jobs;
    enum box_rung highest;
    bool named; /* se pidió esa caja: esa o ninguna */
    bool one, prepare, collect, drop, force, again, history;
};

/* Apunta, califica lo que falte y escribe las notas. Con `prepare`, en vez de calificar deja
 * hechas las carpetas de las unidades y escribe en la salida «CLAVE LAB» de cada una. */
int cl_grade_class(const struct cl_options *o);

/* Recoge lo que otras máquinas dejaron terminado y escribe las notas, sin calificar nada. */
int cl_collect_class(const struct cl_options *o);

/* Califica las unidades de `list`, de una línea «CLAVE LAB» cada una, sin tocar la base. */
int cl_grade_list(const struct cl_options *o);

/* Cambia la nota de un alumno en un laboratorio: un ajuste, una prórroga, calificarla de nuevo; vuelve a
 * un día anterior, o enseña su historia. Reescribe las notas. */
int cl_adjust(const struct cl_options *o);

#endif
