/* Las páginas de una clase: la de quien enseña, SALIDA/index.html, y una para cada alumno,
 * SALIDA/alumnos/NOMBRE.html, que se le puede dar tal cual: solo habla de lo suyo. */
#ifndef CL_PAGE_H
#define CL_PAGE_H

#include "class/output.h"

#include <jansson.h>

int cl_output_pages(const struct cl_book *book, const struct course *course,
                    const char *dir, struct gr_error *err);

/* ---- page_stats.c: lo que pasó en una prueba, en toda la clase ------------------------ */

struct cl_test_stats {
    char *name, *title;
    size_t graded;  /* entregas en que se miró */
    size_t failed;  /* y no pasó por sí misma: no cuentan las que solo esperan a otra */
    size_t example; /* la fila de la primera que falló; vale si `failed` */
};

struct cl_lab_stats {
    const char *id;
    char *title; /* o NULL si no se calificó ninguna */
    struct cl_test_stats *tests;
    size_t n_tests;
    double *points; /* las notas sabidas, de menos a más, sobre 100 */
    size_t n_points;
    size_t *uncompiled; /* las filas de las que no compilan */
    size_t n_uncompiled;
    double *seconds; /* lo que costó calificar cada una, de menos a más */
    size_t n_seconds;
};

/* `book->n_labs` estadísticas vacías, en memoria nueva. */
struct cl_lab_stats *cl_stats_new(const struct cl_book *book);
void cl_stats_free(struct cl_lab_stats *stats, size_t n);

/* Añade la fila `at` del libro; `lab` es lo suyo de resultados.json, o NULL. */
void cl_stats_add(struct cl_lab_stats *stats, const struct cl_book *book, size_t at,
                  const json_t *lab);
/* Ordena lo añadido: las notas, y las pruebas de más a menos falladas. */
void cl_stats_sort(struct cl_lab_stats *stats);

/* ---- piezas ---------------------------------------------------------------------------- */

/* El laboratorio de un resultado guardado, en `*root` la raíz que hay que soltar; o NULL. */
json_t *cl_page_result(const struct cl_row *row, json_t **root);

/* «76,5», en memoria nueva. */
char *cl_page_points(double points);
/* El estado, para leerlo: «sin entregar». */
const char *cl_page_state(const struct cl_mark *mark);

/* La página de un alumno: las filas que empiezan en `first`. De paso, cuenta cada una. */
int cl_page_student(const struct cl_book *book, size_t first, const struct course *course,
                    struct cl_lab_stats *stats, const char *dir, struct gr_error *err);

/* La de la clase. */
int cl_page_class(const struct cl_book *book, const struct course *course,
                  const struct cl_lab_stats *stats, const char *dir,
                  struct gr_error *err);

#endif
