/*
 * dibujo.h: lo que se ve. Es parte del enunciado: se usa tal cual.
 *
 * Sabe si la salida estándar es una terminal o una tubería, y escribe en ella las líneas del
 * contrato; en una terminal, reescribiendo siempre la misma fila. No lleva ninguna cuenta: qué
 * descargas están en marcha, cuánto tienen y a qué velocidad van se lo dices tú. Las llama un
 * hilo, o una tarea, y nadie más escribe en la salida.
 */
#ifndef DIBUJO_H
#define DIBUJO_H

#include <stddef.h>
#include <stdint.h>

/* Una descarga que está recibiendo. */
struct fila {
    const char *nombre;
    int64_t bytes; /* los que tiene ya el archivo */
    int64_t total; /* los que tendrá; menos de 0, no se sabe */
    double kb_por_segundo;
};

/* Un refresco: enseña cómo van las `n` descargas en marcha. En una tubería escribe una línea
 * PROGRESO por cada una; en una terminal cambia lo que enseñó la vez anterior por esto. */
void dibujar_progreso(const struct fila *filas, size_t n);

/* Escribe una línea que se queda, como printf y sin que haga falta el «\n». En una terminal
 * quita antes el progreso, que vuelve con el siguiente refresco. */
void dibujar_linea(const char *formato, ...) __attribute__((format(printf, 1, 2)));

#endif
