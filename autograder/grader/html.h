/* HTML en el que no cabe nada ajeno sin escapar: el texto literal lo escribe el programa, y
 * los argumentos van siempre limpios. */
#ifndef GR_HTML_H
#define GR_HTML_H

#include <stdio.h>

/* Como fprintf, con %s, %d, %zu y %.2f; cada %s sale escapado, con lo que no se ve hecho
 * visible. Vale dentro de un elemento y de un atributo entre comillas dobles. */
void gr_html(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* El aspecto: los colores y las letras del libro, y lo propio de los informes. */
extern const char gr_html_css[];

#endif
