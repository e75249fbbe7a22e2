/* Los elementos de un programa en C, cada uno con su línea: lo que queda de él cuando dejan de importar
 * los nombres, los números, los textos, los comentarios y los espacios.
 *
 * No hace falta que el programa compile, ni que sea C: de cualquier cosa salen elementos, en un tiempo que
 * crece como su tamaño. */
#ifndef SM_TOKENS_H
#define SM_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Diez veces la solución más larga que conocemos; de un programa mayor se miran los primeros. */
enum { SM_MAX_TOKENS = 30000 };

/* Separa dos archivos: ningún trozo pasa de uno a otro. No es un elemento del programa. */
enum { SM_BREAK = 0 };

struct sm_token {
    uint16_t kind; /* un signo es su byte; lo demás, un número mayor */
    uint32_t file; /* el que se dio a sm_read */
    uint32_t line;
};

struct sm_tokens {
    struct sm_token *list; /* se libera con free */
    size_t n, room;
    bool cut; /* había más de SM_MAX_TOKENS */
};

/* Añade los elementos de un archivo, y detrás un SM_BREAK. */
void sm_read(struct sm_tokens *to, const char *text, size_t size, uint32_t file);

#endif
