/* Los archivos que salen de la base. Todos se calculan enteros cada vez; con la misma base y el
 * mismo curso.json, los mismos bytes. */
#ifndef CL_OUTPUT_H
#define CL_OUTPUT_H

#include "class/marks.h"

#include <stdio.h>

/* Lo que se sabe de una clase: una fila por alumno y laboratorio, con su nota. */
struct cl_book_row {
    struct cl_row row; /* cadenas propias */
    struct cl_mark mark;
};

struct cl_book {
    char **labs; /* los que tienen alguna entrega o ajuste */
    size_t n_labs;
    struct cl_book_row
        *rows; /* por alumno, y dentro `n_labs` filas en el orden de `labs` */
    size_t n;
};

int cl_book_load(struct cl_book *book, struct cl_store *store,
                 const struct course *course, struct gr_error *err);
void cl_book_free(struct cl_book *book);

/* La nota del curso de quien empieza en `rows`: la media, con sus pesos, de `book->labs`. false
 * si falta alguna por saber. No entregar vale 0. */
bool cl_book_total(const struct cl_book *book, const struct cl_book_row *rows,
                   const struct course *course, double *total);

/* Abre para escribir `dir`/`name`, que hasta cl_close_output no se ve. NULL con el motivo. */
FILE *cl_open_output(const char *dir, const char *name, struct gr_error *err);
int cl_close_output(FILE *f, const char *dir, const char *name, struct gr_error *err);

/* notas.csv, detalle.csv y moodle-07.csv. 0, o -1 con el motivo. */
int cl_output_csv(const struct cl_book *book, const struct course *course,
                  const char *dir, struct gr_error *err);

/* gradescope/07/ALUMNO.json: el results.json de cada entrega. */
int cl_output_gradescope(const struct cl_book *book, const char *dir,
                         struct gr_error *err);

/* junit/ALUMNO.xml: una <testsuite> por laboratorio. */
int cl_output_junit(const struct cl_book *book, const char *dir, struct gr_error *err);

/* Lo que hay que explicar de una entrega además de sus pruebas, en una frase o varias, en
 * memoria nueva; vacío si no hay nada. */
char *cl_remarks(const struct cl_book_row *row);

#endif
