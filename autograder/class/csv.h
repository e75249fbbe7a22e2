/* CSV de ida y de vuelta: UTF-8, comas, comillas dobles (RFC 4180). */
#ifndef CL_CSV_H
#define CL_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Escribe un campo, precedido de coma si `first` es 0. Lo que una hoja de cálculo tomaría por
 * fórmula (= + - @ o un tabulador, al principio o detrás de cualquier separador, que en España es el
 * punto y coma) lleva delante un apóstrofo; los números, no. */
void cl_csv_put(FILE *out, int first, const char *text);

/* Cómo se escribe: como lo lee cualquier programa o, con `excel`, como lo abre con dos toques una hoja de
 * cálculo en español: marca de orden de bytes, punto y coma, y coma en los números. */
struct cl_csv_style {
    bool excel;
};

/* Lo mismo, a esa manera. */
void cl_csv_cell(FILE *out, const struct cl_csv_style *style, int first,
                 const char *text);
/* Lo que va al principio del archivo. */
void cl_csv_start(FILE *out, const struct cl_csv_style *style);

struct cl_csv {
    char ***rows;  /* cada una con `columns` campos, los que falten vacíos */
    size_t *lines; /* la línea del archivo en que empieza cada una */
    size_t n, columns;
};

/* Entiende el texto entero. Salta las líneas vacías y la marca de orden de bytes; vale también
 * el punto y coma, si es lo que separa la primera línea, y las líneas que acaban en un \r solo, si
 * acaban así todas. */
struct cl_csv cl_csv_parse(const char *text);
void cl_csv_free(struct cl_csv *csv);

/* La columna que se llama `name` en la primera fila, o -1. */
long cl_csv_column(const struct cl_csv *csv, const char *name);

#endif
