/*
 * Un búfer que crece, y la búsqueda de líneas en él.
 *
 * Lo guardado y aún no sacado es data[start..end). Se escribe por detrás, en sitio pedido
 * con as__buffer_reserve o con as__buffer_append, y se saca por delante. A cero está vacío y
 * listo; se libera con as__buffer_free.
 */
#ifndef ASINC_BUFFER_H
#define ASINC_BUFFER_H

#include <asinc/types.h>

struct as__buffer {
    char *data; /* NULL hasta que se le pide sitio */
    size_t start, end, capacity;
};

/* Para as__buffer_reserve: mueve lo guardado al principio o pide más memoria. */
int as__buffer_make_room(struct as__buffer *buffer, size_t room);

/* Cuántos bytes guarda. */
static inline size_t as__buffer_size(const struct as__buffer *buffer)
{
    return buffer->end - buffer->start;
}

/* Dónde empiezan; nunca NULL. */
static inline const char *as__buffer_begin(const struct as__buffer *buffer)
{
    return buffer->data ? buffer->data + buffer->start : "";
}

/* Deja al menos `room` bytes libres a partir de data + end; quien los llene avanza `end`.
 * 0 o UV_ENOMEM, que no pierde lo guardado. */
static inline int as__buffer_reserve(struct as__buffer *buffer, size_t room)
{
    if (buffer->start == buffer->end)
        buffer->start = buffer->end = 0;
    return buffer->capacity - buffer->end >= room ? 0
                                                  : as__buffer_make_room(buffer, room);
}

/* Tira los `size` primeros bytes, que tiene que haber. */
static inline void as__buffer_consume(struct as__buffer *buffer, size_t size)
{
    buffer->start += size;
}

/* Añade los `size` bytes de `data`. 0 o UV_ENOMEM. */
int as__buffer_append(struct as__buffer *buffer, const void *data, size_t size);

/* Entrega lo guardado, con un '\0' detrás, para liberarlo con free, y se queda vacío. NULL si
 * falta memoria; entonces no pierde nada. */
char *as__buffer_release(struct as__buffer *buffer);

void as__buffer_free(struct as__buffer *buffer);

/* ---- Líneas ------------------------------------------------------------------------- */

/* Por dónde va la búsqueda. A cero al empezar a leer cada línea, salvo `skipping`. */
struct as__line_search {
    size_t seen;   /* bytes guardados en los que ya se sabe que no hay '\n' */
    bool skipping; /* lo que llegue hasta el próximo '\n' es de una línea que no cupo */
};

/*
 * Saca una línea y la deja en `line` sin su fin («\n» o «\r\n») y con un '\0' detrás. Devuelve
 * su longitud o:
 *   UV_EAGAIN    no está entera: hace falta guardar más y volver a llamar
 *   UV_EMSGSIZE  no cabe en `size` bytes: se tira. Si aún no llegó su final, `skipping` queda
 *                a true y el resto se tira con as__buffer_skip_line según llegue
 *   UV_EOF       no quedaba nada
 * `last`: no llegará más, y lo que quede sin «\n» es la última línea.
 */
ssize_t as__buffer_take_line(struct as__buffer *buffer, struct as__line_search *search,
                             bool last, char *line, size_t size);

/* Si hay una línea a medio tirar, tira lo guardado hasta su final. true si ya está tirada. */
bool as__buffer_skip_line(struct as__buffer *buffer, struct as__line_search *search);

#endif
