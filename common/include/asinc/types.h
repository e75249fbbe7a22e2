/*
 * Piezas que viven dentro de otras estructuras y que tú nunca tocas.
 *
 * Los ámbitos, los grupos y los futuros se declaran en memoria de quien los usa (una
 * variable local basta), así que el compilador necesita su tamaño. Sus campos son
 * privados: léelos en el depurador, no en tu código.
 */
#ifndef ASINC_TYPES_H
#define ASINC_TYPES_H

#include <features.h>

/* Con -std=c11 a secas, el sistema esconde lo que no es del lenguaje. */
#if !defined(_POSIX_C_SOURCE) || _POSIX_C_SOURCE < 200809L
#error "asinc y libuv necesitan POSIX: compila con -std=gnu11, o añade -D_DEFAULT_SOURCE"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Alrededor de lo que declara cada cabecera: también se puede llamar desde C++. */
#ifdef __cplusplus
#define AS_DECLARATIONS_BEGIN extern "C" {
#define AS_DECLARATIONS_END   }
#else
#define AS_DECLARATIONS_BEGIN
#define AS_DECLARATIONS_END
#endif

/* El compilador avisa si ignoras un resultado que puede ser un error. */
#define AS_MUST_CHECK __attribute__((warn_unused_result))

/* Eslabón de una lista circular doble. */
struct as__link {
    struct as__link *prev, *next;
};

/* Algo que el bucle ejecutará en su próxima vuelta. */
struct as__job {
    struct as__job *next;
    void (*run)(struct as__job *job);
};

/* Un plazo en el montículo de temporizadores del bucle. */
struct as__timer {
    uint64_t deadline_ns;
    uint64_t sequence; /* desempata: a igual plazo, primero el que llegó antes */
    struct as__timer *child, *next, *prev;
    void (*fire)(struct as__timer *timer); /* NULL: no está en el montículo */
};

typedef struct as_task as_task;

/* Lo que el bucle llama sin que sea una tarea: corre deprisa y no puede suspenderse. */
typedef void as_callback_fn(void *arg);

/* La función de una tarea: >= 0 si fue bien, un código UV_E* (< 0) si no. */
typedef int as_fn(void *arg);

#endif
