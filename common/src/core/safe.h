/*
 * El texto de otros (una ruta, una cabecera, lo que dice un servidor) se escribe en nuestros errores y en
 * nuestro registro: no puede ser una orden de la terminal ni parecer otra línea.
 */
#ifndef ASINC_SAFE_H
#define ASINC_SAFE_H

#include <stdbool.h>

/*
 * Deja ver los caracteres de control de `text`, que es de malloc: «\n», «\x1b». Con `lines`, los saltos de
 * línea y los tabuladores se quedan como están. Devuelve el mismo texto, u otro, y entonces libera el
 * primero; NULL si falta memoria.
 */
char *as__safe_text(char *text, bool lines);

#endif
