/* El calendario de un curso: qué capítulos tocan cada semana, y cuándo se abre y se entrega cada
 * laboratorio. Nada se escribe dos veces: los capítulos dicen sus minutos; lab.json, sus puntos;
 * lessons/README.md, qué hay que haber leído; y curso.json, qué laboratorios hay y sus fechas. */
#ifndef DOCENTE_PLAN_H
#define DOCENTE_PLAN_H

#include "course/course.h"
#include "grader/grader.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum {
    PLAN_MIN_WEEKS = 3,
    PLAN_MAX_WEEKS = 30,
    PLAN_MAX_CHAPTER = 99,
    PLAN_DAY = 24 * 60 * 60,
};

struct plan_chapter {
    int number;
    char *title;
    int read, practice; /* minutos */
    int week;           /* en la que se da, desde 1 */
};

struct plan_lab {
    const struct course_lab *dates; /* de curso.json */
    const struct lab *lab;
    bool needs[PLAN_MAX_CHAPTER + 1]; /* los capítulos que hay que haber leído */
    int points;
    int opens, due; /* semana en que se abre, y en la que convendría entregarlo */
};

struct plan {
    struct plan_chapter *chapters; /* por el orden en que se dan */
    size_t n_chapters;
    struct plan_lab *labs; /* por su fecha de entrega */
    size_t n_labs;
    int weeks;
};

/* ---- material.c: lo que hay. 0, o -1 con el motivo. ---------------------------------------- */

int plan_load(struct plan *plan, const struct course *course, const struct labs *labs,
              struct gr_error *err);
void plan_free(struct plan *plan);

/* ---- reparto.c ------------------------------------------------------------------------------ */

/* Pone los capítulos en orden: antes, lo que pide el laboratorio que antes se entrega. Los reparte en
 * `weeks` semanas, con el trabajo lo más parejo posible, y pone las de los laboratorios. */
void plan_share(struct plan *plan, int weeks);

/* La semana en que se da el capítulo `number`; 0 si no lo hay. */
int plan_week_of(const struct plan *plan, int number);

/* ---- escrito.c ------------------------------------------------------------------------------ */

/* Escribe el calendario, en Markdown. `start` es el primer día, o 0 si no se sabe. */
void plan_write(const struct plan *plan, const struct course *course, time_t start);

#endif
