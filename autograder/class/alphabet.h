/* El orden alfabético de los nombres, y si dos son el mismo con otras tildes.
 *
 * No depende del idioma de la máquina, que quizá no lo tiene: una lista de clase sale igual en todas.
 * Son las reglas de un diccionario español: ni la tilde ni la mayúscula cambian el sitio de una letra, y
 * la ñ va entre la n y la o. Los nombres de fuera (Șerban, Nguyễn, Łukasz) van por su letra sin adornos, y
 * los que no son latinos, detrás. */
#ifndef CL_ALPHABET_H
#define CL_ALPHABET_H

#include <stdbool.h>

/* Cuál va antes, como strcmp: 0 solo si son los mismos bytes. */
int cl_name_order(const char *a, const char *b);

/* ¿Son el mismo, sin mirar tildes ni mayúsculas? Aquí la ñ es una n: no está en todos los teclados. */
bool cl_name_same(const char *a, const char *b);

/* ¿Empieza así alguna palabra de `name`, por cada palabra de `asked`? */
bool cl_name_has(const char *name, const char *asked);

#endif
