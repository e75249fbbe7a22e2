/* Textos del dibujo: medirlos, recortarlos, escribirlos en XML; y las cifras del tiempo. */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* El ancho aproximado de un texto UTF-8 con letra de `size` puntos: no se sabe cuál
 * tendrá quien lo mire, así que se tira por lo alto. */
double text_width(const char *text, int size);

/* Escribe un texto con lo que XML reserva o prohíbe cambiado; fitted, lo recorta. */
void write_xml(FILE *out, const char *text);
void write_xml_fitted(FILE *out, const char *text, double width, int size);

/* «2 s», «1,5 ms»: tres cifras. Devuelve `text`. */
const char *format_time(double us, char *text, size_t size);

/* El paso redondo (1, 2 o 5 por una potencia de 10) igual o mayor que `us`. */
double nice_step(double us);

/* La etiqueta de un instante del eje, en la unidad que pide la duración de todo. */
const char *format_tick(double us, double step, double duration, char *text, size_t size);

#endif
