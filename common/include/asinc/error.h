/*
 * Errores.
 *
 * En asinc un error es un valor: las funciones devuelven >= 0 si todo fue bien y un
 * código negativo si no. Los códigos son los de libuv (UV_ECANCELED, UV_ETIMEDOUT...),
 * más los dos de aquí. Nunca mires `errno`: pertenece al hilo, no a la tarea, y otra
 * tarea puede haberlo cambiado mientras la tuya esperaba.
 */
#ifndef ASINC_ERROR_H
#define ASINC_ERROR_H

#include <errno.h>
#include <uv.h>

/* Todas las tareas se esperan entre sí: ninguna podrá avanzar jamás. */
#define AS_EDEADLK (-EDEADLK)

/* El cuerpo de una respuesta supera el límite que fijaste. */
#define AS_EOVERFLOW (-EOVERFLOW)

/*
 * Explica un código de error en español. Nunca devuelve NULL; el texto es estático o,
 * para un código desconocido, de una memoria interna del hilo que dura hasta la próxima
 * llamada. No suspende. Equivale a str(excepción).
 */
const char *as_strerror(int error);

/*
 * El nombre simbólico de un código ("ETIMEDOUT"). Mismas reglas que as_strerror.
 */
const char *as_errname(int error);

/*
 * La última explicación que dejó una función fallida en la tarea actual, por ejemplo la
 * de libcurl ("Failed to connect to 127.0.0.1 port 9"); "" si no hay. Al esperar una
 * tarea que falló, su explicación pasa a quien la esperó. El texto es de la tarea y dura
 * hasta su próximo error. Fuera del bucle, la explicación con que falló el último as_run
 * de este hilo (511 bytes como mucho). No suspende. Equivale a los argumentos de la
 * excepción.
 */
const char *as_error_detail(void);

/*
 * Deja una explicación propia en la tarea actual, con formato de printf, y devuelve
 * `error` para poder escribir `return as_error_set(UV_EINVAL, "falta %s", x);`.
 * Fuera de una tarea solo devuelve `error`. No suspende.
 */
int as_error_set(int error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
