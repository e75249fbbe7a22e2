/*
 * El dibujo: sus medidas, sus colores y lo que rodea a las filas.
 *
 * Los colores van dos veces: como atributo, para quien no entiende CSS (un EPUB), y como
 * variable --dg-*, que la página donde se incruste puede cambiar; sola, sigue al sistema
 * entre claro y oscuro.
 */
#ifndef TRACE_CANVAS_H
#define TRACE_CANVAS_H

#include "trace_rows.h"

#include <stdio.h>

enum {
    WIDTH = 700,
    MARGIN = 16,
    HEADER = 76, /* el título y el eje */
    LEGEND = 46
};

struct canvas {
    FILE *out;
    const struct trace *trace;
    const struct row *rows;
    size_t row_count;
    int names; /* el ancho de los nombres */
    int pitch, bar;
    double scale; /* puntos por microsegundo */
};

/* Cómo se pinta cada clase de tramo, y cómo se cuenta. */
struct look {
    const char *css, *fill, *text_css, *text_fill, *legend;
};
extern const struct look canvas_looks[];

/* Dónde cae un instante. */
double canvas_x(const struct canvas *c, double time);

/* El título, la descripción para quien no ve y el eje del tiempo; y la leyenda. */
void canvas_draw_header(const struct canvas *c);
void canvas_draw_legend(const struct canvas *c);

#endif
