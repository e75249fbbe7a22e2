/*
 * Errores.
 *
 * En asinc un error es un valor: las funciones devuelven >= 0 si todo fue bien y un
 * código negativo si no. Los códigos son los de libuv (UV_ECANCELED, UV_ETIMEDOUT...),
 * más los tres de aquí. Nunca mires `errno`: pertenece al hilo, no a la tarea, y otra
 * tarea puede haberlo cambiado mientras la tuya esperaba.
 *
 * Ninguna de estas funciones suspende.
 */
#ifndef ASINC_ERROR_H
#define ASINC_ERROR_H

#include <asinc/types.h>

#include <errno.h>
#include <uv.h>

AS_DECLARATIONS_BEGIN

/* Todas las tareas se esperan entre sí: ninguna podrá avanzar jamás. */
#define AS_EDEADLK (-EDEADLK)

/* Lo que llega no cabe en el límite que hay para ello, tuyo o de la biblioteca: el cuerpo o las
 * cabeceras de una respuesta, la salida de un proceso, un archivo que se lee entero... */
#define AS_EOVERFLOW (-EOVERFLOW)

/* El certificado del otro extremo no es de fiar, o el nuestro no se puede usar. */
#define AS_EKEYREJECTED (-EKEYREJECTED)

/*
 * Lo que un programa escribe cuando algo falla con el código `error`: la explicación que
 * dejó la función fallida, por ejemplo «no se pudo conectar con «127.0.0.1:9»: conexión
 * rechazada»; si no dejó ninguna para ese código, as_strerror(error). Está en español, y
 * detrás pueden ir, en su idioma, las palabras de libcurl, OpenSSL, libpq o el servidor de
 * PostgreSQL. De los caracteres de control deja los saltos de línea y los tabuladores; los
 * demás se ven: «\x1b». Nunca devuelve NULL.
 *
 * Una tarea recuerda su última explicación y de qué código era: la de otro código no se
 * confunde con la de este. Al esperar una tarea que falló, su explicación pasa a quien la
 * esperó. El texto es de la tarea y dura hasta su próximo error: cópialo para guardarlo
 * (as_gather lo hace por ti, ver as_outcome). Fuera del bucle, la explicación es la del
 * error con que terminó el último as_run de este hilo (511 bytes como mucho).
 *
 * Equivale a str(excepción).
 */
const char *as_error_text(int error);

/*
 * Explica un código de error en español. Nunca devuelve NULL; el texto es estático o, para
 * un código desconocido, de una memoria del hilo que sirve para los cuatro últimos: caben
 * varios en el mismo printf. Equivale a str(error).
 */
const char *as_strerror(int error);

/*
 * El nombre simbólico de un código ("ETIMEDOUT"). Mismas reglas que as_strerror.
 * Equivale a type(error).__name__.
 */
const char *as_errname(int error);

/*
 * Deja una explicación propia en la tarea actual, con formato de printf, y devuelve
 * `error` para poder escribir `return as_error_set(UV_EINVAL, "falta %s", x);`.
 * Fuera de una tarea solo devuelve `error`. Equivale a raise ValueError("...").
 */
int as_error_set(int error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

AS_DECLARATIONS_END

#endif
