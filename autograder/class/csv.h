/* CSV de ida y de vuelta: UTF-8, comas, comillas dobles (RFC 4180). */
#ifndef CL_CSV_H
#define CL_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Escribe un campo, precedido de coma si `first` es 0. Lo que una hoja de cálculo tomaría por
 * fórmula (empieza por = + - @ o un tabulador) lleva delante un apóstrofo; los números, no. */
void cl_csv_put(FILE *out, int first, const char *text);

struct cl_csv {
    char ***rows;  /* cada una con `columns` campos, los que falten vacíos */
    size_t *lines; /* la línea del archivo en que empieza cada una */
    size_t n, columns;
};

/* Entiende el texto entero. Salta las líneas vacías y la marca de orden de bytes; vale también
 * el punto y coma, si es lo que separa la primera línea. */
struct cl_csv cl_csv_parse(const char *text);
void cl_csv_free(struct cl_csv *csv);

/* La columna que se llama `name` en la primera fila, o -1. */
long cl_csv_column(const struct cl_csv *csv, const char *name);

#endif
