/* Memoria y texto a medida.
 *
 * Sin memoria no hay nada útil que hacer, y un corrector a medias es peor que ninguno: se
 * avisa y el proceso termina con AG_NO_MEMORY. Así nadie tiene que mirar si le dieron. */
#ifndef AG_MEMORY_H
#define AG_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* Es el código con que asinc-grade dice que falló él, y no quien entrega. */
#define AG_NO_MEMORY 3

/* `n` elementos de `size` bytes, a cero. Se libera con free. */
void *ag_alloc(size_t n, size_t size);

/* El bloque `old` (o NULL) con sitio para `n` elementos; lo nuevo, sin inicializar. */
void *ag_grow(void *old, size_t n, size_t size);

/* printf en memoria nueva. */
char *ag_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *ag_vformat(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

#endif
