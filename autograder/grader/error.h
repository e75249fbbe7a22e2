/* Lo que comparten todas las piezas del corrector (`asinc-grade`): cómo acaba y cómo cuenta un
 * error. Qué hace cada una y en qué orden está en autograder/README.md.
 *
 * Una función que puede fallar devuelve 0 o más si va bien y -1 si no, con el motivo en su
 * `struct gr_error`. Las que deciden cómo acaba el programa devuelven su código de salida. Las
 * que examinan un trabajo ajeno devuelven su reparo, en memoria nueva, o NULL si no lo hay. */
#ifndef GR_ERROR_H
#define GR_ERROR_H

#include <stddef.h>

/* Códigos de salida de asinc-grade. */
enum {
    GR_EXIT_OK = 0,
    GR_EXIT_BELOW = 1, /* --estricto y falta algún punto */
    GR_EXIT_USAGE = 2,
    GR_EXIT_FAILURE = 3, /* falló el corrector, no el estudiante */
    GR_EXIT_INTERRUPT = 130,
};

/* Explicación de un error, lista para mostrar; la rellena quien falla. */
struct gr_error {
    char text[2048];
};

/* Escribe la explicación en `err` y devuelve -1, para `return gr_error(...)`. */
int gr_error(struct gr_error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
