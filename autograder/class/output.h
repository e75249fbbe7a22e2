/* Los archivos que salen de la base. Todos se calculan enteros cada vez; con la misma base y el
 * mismo curso.json, los mismos bytes. */
#ifndef CL_OUTPUT_H
#define CL_OUTPUT_H

#include "class/csv.h"
#include "class/marks.h"

#include <stdio.h>
#include <sys/types.h>

/* Lo que se sabe de una clase: una fila por alumno y laboratorio, con su nota. */
struct cl_book_row {
    struct cl_row row; /* cadenas propias */
    char *alias;       /* con qué nombre sale en las páginas, o NULL: con el suyo */
    struct cl_mark mark;
};

struct cl_book {
    char **labs; /* los que tienen alguna entrega o ajuste */
    size_t n_labs;
    struct cl_book_row *
        rows; /* por orden alfabético, y de cada alumno `n_labs` filas en el orden de `labs` */
    size_t n;
};

int cl_book_load(struct cl_book *book, struct cl_store *store,
                 const struct course *course, struct gr_error *err);
void cl_book_free(struct cl_book *book);

/* Con qué nombre sale en las páginas. */
const char *cl_shown(const struct cl_book_row *row);

/* Esconde quién es cada cual: un alias que no se calcula sin el secreto de SALIDA (`out`), y por orden de
 * alias. Deja en `dir` quien-es-quien.csv, que dice de quién es cada uno. 0, o -1 con el motivo. */
int cl_book_hide(struct cl_book *book, const char *out, const char *dir,
                 struct gr_error *err);

/* La nota del curso de quien empieza en `rows`: la media, con sus pesos, de `book->labs`. false
 * si falta alguna por saber. No entregar vale 0. */
bool cl_book_total(const struct cl_book *book, const struct cl_book_row *rows,
                   const struct course *course, double *total);

/* Abre para escribir `dir`/`name`, que hasta cl_close_output no se ve. NULL con el motivo. */
FILE *cl_open_output(const char *dir, const char *name, struct gr_error *err);
int cl_close_output(FILE *f, const char *dir, const char *name, struct gr_error *err);

/* notas.csv y detalle.csv, de esa manera. 0, o -1 con el motivo. */
int cl_output_csv(const struct cl_book *book, const struct course *course,
                  const struct cl_csv_style *style, const char *dir,
                  struct gr_error *err);

/* moodle-07.csv, moodle-07-comentarios.zip y canvas.csv, de lo que vino de cada una; va detrás de las
 * páginas, que son lo que lleva el zip. */
int cl_output_platforms(const struct cl_book *book, const char *dir,
                        struct gr_error *err);

/* gradescope/07/ALUMNO.json: el results.json de cada entrega. */
int cl_output_gradescope(const struct cl_book *book, const char *dir,
                         struct gr_error *err);

/* junit/ALUMNO.xml: una <testsuite> por laboratorio. */
int cl_output_junit(const struct cl_book *book, const char *dir, struct gr_error *err);

/* por-identificar.csv: lo que la lista de la clase no sabe de quién es, con sus columnas. Cuántas
 * entregas son; si ninguna, no hay archivo. -1 con el motivo. */
#define CL_UNKNOWN "por-identificar.csv"
ssize_t cl_output_unknown(struct cl_store *store, const char *dir, struct gr_error *err);
/* Se lo cuenta a quien enseña. */
void cl_tell_unknown(struct cl_store *store, size_t count, const char *out);

/* Lo que hay que explicar de una entrega además de sus pruebas, en una frase o varias, en
 * memoria nueva; vacío si no hay nada. */
char *cl_remarks(const struct cl_book_row *row);

/* Las tres líneas que más le sirven: qué no compila, o qué falla y por qué; en memoria nueva. */
char *cl_feedback(const struct cl_book_row *row);

#endif
