/* La página del informe, por partes. Todas reciben trozos de resultados.json, y nada más. */
#ifndef GR_REPORT_PAGE_H
#define GR_REPORT_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Qué pruebas llevan su dibujo: el de las que pasan, o esperan a otra, ocupa, y a una clase le
 * sobra. */
enum gr_drawn { GR_ALL_DRAWN, GR_FAILURES_DRAWN };

/* Un laboratorio entero: sus etapas y, de cada prueba, su historia y su dibujo. */
void gr_page_lab(FILE *out, const json_t *lab, enum gr_drawn drawn);

/* «Lee» y lo que hay que leer: un enlace al libro, si está hecho. */
void gr_page_read(FILE *out, const json_t *test);

/* Lo que se cuenta de una prueba; `id` la distingue de las demás de su página. */
void gr_page_test(FILE *out, const json_t *test, const char *id, bool drawn);

/* La cronología de una prueba, dibujada; `id` la distingue de las demás de su página. */
void gr_page_timeline(FILE *out, const json_t *chronicle, const char *id);

/* El principio y el final de cualquier página con este aspecto. */
void gr_page_open(FILE *out, const char *title);
void gr_page_close(FILE *out);

/* ---- leer los resultados --------------------------------------------------------- */

/* El texto de un campo, o "" si no está o no es texto. */
const char *gr_page_text(const json_t *object, const char *key);
int gr_page_int(const json_t *object, const char *key);

#endif
