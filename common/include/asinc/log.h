/*
 * Registro (logging): mensajes con nivel, hora y nombre de la tarea.
 *
 *     2026-11-21 10:00:00.125 AVISO [monitor] sin respuesta de http://...
 *
 * Sin configurar nada, escribe en stderr desde el nivel INFO. Con el reloj virtual la hora
 * es la simulada, en segundos, para que la salida no cambie de una vez a otra. Puede usarse
 * desde cualquier hilo. Escribir en un archivo detiene el hilo un instante, como en Python.
 *
 * Un mensaje es una línea: lo que otros pongan en él (una ruta, una cabecera) no parece otra ni
 * da órdenes a la terminal, porque los caracteres de control se ven: «\n», «\x1b».
 */
#ifndef ASINC_LOG_H
#define ASINC_LOG_H

#include <stdio.h>

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* De menos a más grave; con AS_LOG_OFF no se escribe nada. */
enum as_log_level { AS_LOG_DEBUG, AS_LOG_INFO, AS_LOG_WARNING, AS_LOG_ERROR, AS_LOG_OFF };

/*
 * Añade un destino que recibe los mensajes desde `level`. El primero que añades sustituye
 * a stderr. `stream` sigue siendo tuyo y debe durar hasta as_log_reset. UV_ENOBUFS si ya
 * hay ocho. No suspende. Equivale a logging.StreamHandler.
 */
int as_log_to(FILE *stream, enum as_log_level level);

/* Como as_log_to, con un archivo que se abre para añadir y cierra as_log_reset. 0,
 * UV_ENOBUFS o el error de abrirlo. No suspende. Equivale a logging.FileHandler. */
int as_log_to_file(const char *path, enum as_log_level level) AS_MUST_CHECK;

/*
 * Quita todos los destinos y vuelve al principio: stderr desde INFO. No suspende.
 * Equivale a logging.basicConfig(force=True).
 */
void as_log_reset(void);

/* Escribe un mensaje, con formato de printf y sin salto al final. No suspende.
 * Equivalen a logging.debug, info, warning y error. */
void as_log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void as_log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void as_log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void as_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

AS_DECLARATIONS_END

#endif
