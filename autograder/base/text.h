/* Texto ajeno: leerlo como UTF-8, medirlo y enseñarlo sin que estropee la terminal. */
#ifndef AG_TEXT_H
#define AG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes del carácter UTF-8 que empieza en `s`, de los `left` que quedan, y su código en
 * `code`; 0 si no es válido: cortado, más largo de lo debido, un sustituto o pasado
 * U+10FFFF. */
size_t ag_utf8(const char *s, size_t left, uint32_t *code);

/* Bytes que promete el primero de un carácter; 0 si no puede ser el primero. */
size_t ag_utf8_promised(char first);

/* ¿Sigue a otro dentro de un carácter? */
bool ag_utf8_inside(char byte);

/* Escribe en `to` el carácter `code`, en hasta cuatro bytes; devuelve dónde acaba. */
char *ag_utf8_put(char *to, uint32_t code);

/* Columnas que ocupan `length` bytes de un texto limpio: una por carácter. */
size_t ag_width(const char *text, size_t length);

/* Qué saltos conserva ag_clean: ninguno, porque es una línea, o `\n` y `\t`. */
enum ag_shape { AG_LINE, AG_LINES };

/* Copia que puede ir a una terminal o a una página: los caracteres de control y los que
 * cambian el sentido de la escritura se ven (`\x1b`, `\u202e`) y lo que no es UTF-8 se vuelve
 * «�». Toma `max` bytes como mucho y dice cuántos faltan. En memoria nueva. */
char *ag_clean(const char *text, size_t length, size_t max, enum ag_shape shape);

/* Escribe en stderr «PROGRAMA: TEXTO», limpio y en las líneas que tenga. Siempre -1. */
int ag_complain(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ¿Llegó todo lo escrito en stdout? Si no, lo dice así; que ya no lea nadie no es un error. */
bool ag_stdout_written(const char *program);

/* `text` como una palabra que se puede teclear en bash: con comillas donde hagan falta, y lo
 * que no se ve, escapado. En memoria nueva. */
char *ag_shell_word(const char *text);

#endif
