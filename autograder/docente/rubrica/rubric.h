/* La rúbrica: lo que el corrector no ve y mira una persona. Sus criterios y lo que valen están en
 * rubrica.md, que es lo que se lee; la hoja, en CSV, la rellena quien examina. */
#ifndef DOCENTE_RUBRIC_H
#define DOCENTE_RUBRIC_H

#include "class/output.h"
#include "grader/grader.h"

#include <stdbool.h>
#include <stddef.h>

#define RUBRIC_FILE "autograder/docente/rubrica/rubrica.md"

enum { RUBRIC_TOP = 3, RUBRIC_MAX = 12 }; /* el nivel más alto; cuántos criterios caben */

struct rubric {
    struct rubric_criterion {
        char name[32]; /* es también su columna en la hoja */
        int points;    /* con el nivel más alto */
    } criteria[RUBRIC_MAX];
    size_t n;
    int points; /* los de todos; lo demás, hasta 100, es del corrector */
};

/* Lo que se sabe de una persona en un laboratorio, y lo que dice su fila. */
struct rubric_row {
    const struct cl_book_row *graded;
    size_t line; /* de la hoja; 0 si no está en ella */
    bool done;   /* tiene todos sus niveles */
    int levels[RUBRIC_MAX];
    char *remark;
};

struct rubric_sheet {
    struct rubric_row *rows; /* por el orden de la clase */
    size_t n;
};

/* Lee los criterios de `path`. 0, o -1 con el motivo. */
int rubric_load(struct rubric *rubric, const char *path, struct gr_error *err);

/* Las filas de `lab`, sin rellenar. -1 si en la clase no hay nada de ese laboratorio. */
int rubric_rows(struct rubric_sheet *sheet, const struct cl_book *book, const char *lab,
                struct gr_error *err);
void rubric_free(struct rubric_sheet *sheet);

/* Rellena las filas con la hoja `path`. Cuenta en stderr cada fila que está mal, con su línea y qué
 * se esperaba; si hay alguna, -1. */
int rubric_fill(struct rubric_sheet *sheet, const struct rubric *rubric, const char *path,
                struct gr_error *err);

/* ¿Hay en su entrega algo que leer? */
bool rubric_readable(const struct rubric_row *row);

/* Los puntos de la rúbrica, con el descuento por retraso; y la nota con ellos, sobre 100. */
double rubric_points(const struct rubric_row *row, const struct rubric *rubric);
double rubric_final(const struct rubric_row *row, const struct rubric *rubric);

/* Escribe en `dir`/`name` la nota de quienes entregaron por Moodle, como la hoja que Moodle lee.
 * Cuántos son; si ninguno, no hay archivo. -1 con el motivo. */
int rubric_moodle(const struct rubric_sheet *sheet, const struct rubric *rubric,
                  const char *dir, const char *name, struct gr_error *err);

#endif
