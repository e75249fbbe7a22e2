/*
 * utf8.h: qué caracteres hay en unos bytes. Es parte del enunciado: se usa tal cual.
 *
 * En UTF-8 un carácter ocupa de uno a cuatro bytes, y una lectura puede acabar a mitad de uno. Por
 * eso los bytes se dan de uno en uno y en orden, y lo que va a medias queda en `struct utf8`: una
 * por archivo, que tiene que durar lo que dure el archivo.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stdint.h>

/* En lugar de un carácter: unos bytes que no forman ninguno. */
#define UTF8_ROTO UINT32_MAX

/* Lo que se sabe del carácter a medias. Empieza con todo a cero: struct utf8 u = {0}. */
struct utf8 {
    int faltan;       /* bytes que le faltan */
    uint32_t numero;  /* lo que ya se sabe de su número */
    uint32_t primero; /* el menor que se escribe con tantos bytes */
};

/*
 * Da el siguiente byte. Deja en `caracteres` el número en Unicode de los que se han acabado con él,
 * o UTF8_ROTO, y devuelve cuántos son: 0 si va a medias, 1, o 2 si además interrumpe a otro. Nunca
 * espera ni falla.
 */
int utf8_byte(struct utf8 *u, unsigned char byte, uint32_t caracteres[static 2]);

/* ¿Se quedó un carácter a medias? Pregúntalo cuando no haya más bytes: si es que sí, eran bytes que
 * no forman ninguno. */
bool utf8_a_medias(const struct utf8 *u);

#endif
