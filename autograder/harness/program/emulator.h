/* emulator.h: lo que una persona vería en una terminal que recibe ciertos bytes. */
#ifndef HS_EMULATOR_H
#define HS_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Filas de un carácter por columna. Las que se van por arriba se conservan, como en el
 * historial de una terminal: la ventana son las `height` últimas desde `top`.
 */
struct hs__screen {
    int width, height;
    struct hs__cell **rows; /* cada una de `width` celdas, o NULL si está en blanco */
    int count, top;
    int row, column; /* el cursor; `row` cuenta desde el principio del historial */
    bool wrap;       /* escribió en la última columna: lo siguiente va a otra fila */
    int saved_row, saved_column;
    char pending[64]; /* secuencia de control o carácter UTF-8 a medio llegar */
    int pending_length;
};

/* Una pantalla vacía con el cursor arriba a la izquierda. */
struct hs__screen *hs__screen_new(int width, int height);
void hs__screen_free(struct hs__screen *s); /* NULL no hace nada */

/*
 * Interpreta lo que escribe un programa: retorno, salto, retroceso, tabulador, y de las
 * secuencias de ECMA-48 las que mueven el cursor, borran y desplazan. Los colores y lo que
 * no conoce no se ven. Todo carácter ocupa una columna.
 */
void hs__screen_write(struct hs__screen *s, const char *bytes, size_t n);

/* Lo más que ocupa una, con su final. */
#define HS__ROW_BYTES(s) ((size_t)(s)->width * 4 + 1)

/* El texto de una fila sin los blancos del final. Hay que liberarlo. */
char *hs__screen_row(const struct hs__screen *s, int row);

/* Filas hasta la última que no está en blanco. */
int hs__screen_used(const struct hs__screen *s);

#endif
