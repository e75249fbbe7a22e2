/* La terminal en que se lee: sus columnas, sus colores y las filas que se escriben en ella. */
#ifndef GR_SCREEN_H
#define GR_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Estilos de terminal; vacíos si la salida no es una terminal o hay NO_COLOR. */
struct gr_style {
    const char *bold, *dim, *good, *bad, *warn, *off;
};
struct gr_style gr_style_for(FILE *out);

/* Dónde se escribe, y con qué margen: sin él, si `out` es memoria. */
struct gr_screen {
    FILE *out;
    size_t cols;
    struct gr_style style;
};
struct gr_screen gr_screen_for(FILE *out);

/* ¿Se ven bien ahí los bloques con que se dibuja? Con LANG=C, no. */
bool gr_screen_blocks(void);

/* Escribe `text` en líneas de hasta `cols` columnas: la primera tras `first`, las demás
 * tras tantos espacios como ocupa. No parte palabras ni líneas que empiezan por espacio. */
void gr_text_wrap(FILE *out, const char *first, const char *text, size_t cols);

/* `left` a la izquierda, tras `mark`, que va de ese color; y `right` pegado al margen derecho
 * de su primera línea. */
void gr_put_row(const struct gr_screen *s, const char *mark, const char *left,
                const char *right, const char *color);

const char *gr_points_word(int points); /* «punto» o «puntos» */

#endif
