/*
 * Futuros: un resultado que todavía no existe.
 *
 * Alguien lo cumple una sola vez (con un valor o con un error) y cualquiera puede
 * esperarlo o pedir que se le llame cuando llegue. Es la pieza que une el mundo de los
 * callbacks con el de las tareas.
 *
 * De esta cabecera solo suspende as_future_wait; las demás pueden llamarse también desde un
 * callback.
 */
#ifndef ASINC_FUTURE_H
#define ASINC_FUTURE_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* Vive en tu memoria: no la liberes mientras alguien lo espere o queden callbacks por correr.
 * No pide nada, así que no hay que destruirlo. */
typedef struct as_future {
    struct as__link waiters;
    struct as__link callbacks; /* los que faltan por correr */
    size_t woken;              /* a cuántas tareas despertó que aún no lo han mirado */
    void *value;
    int status;
    bool done;
} as_future;

/* Se llama desde el bucle cuando `future` se cumple; no puede suspenderse. */
typedef void as_future_fn(as_future *future, void *arg);

/* Prepara un futuro pendiente. Equivale a loop.create_future(). */
void as_future_init(as_future *future);

/*
 * Cumple el futuro con `value`, que sigue siendo de quien lo dio, y despierta a quienes
 * lo esperan. 0, o UV_EALREADY si ya estaba cumplido. Equivale a future.set_result(value).
 */
int as_future_set_result(as_future *future, void *value);

/*
 * Cumple el futuro con un error (< 0). 0, UV_EALREADY si ya estaba cumplido, o UV_EINVAL si
 * `error` no es negativo. Equivale a future.set_exception(...).
 */
int as_future_set_error(as_future *future, int error);

/*
 * Cumple el futuro con UV_ECANCELED. Devuelve lo mismo que as_future_set_error.
 * Equivale a future.cancel().
 */
int as_future_cancel(as_future *future);

/* true si ya tiene resultado o error. Equivale a future.done(). */
bool as_future_done(const as_future *future);

/*
 * El resultado sin esperar: 0 y `*value` (si `value` no es NULL), el error con que se
 * cumplió, o UV_EAGAIN si sigue pendiente. Equivale a future.result().
 */
int as_future_result(const as_future *future, void **value);

/*
 * Suspende hasta que se cumpla. Devuelve lo mismo que as_future_result, o UV_ECANCELED
 * si cancelan a quien espera (el futuro no cambia). Equivale a await future.
 */
int as_future_wait(as_future *future, void **value) AS_MUST_CHECK;

/*
 * Pide que el bucle llame a `fn(future, arg)` cuando se cumpla, en su próxima vuelta si
 * ya lo estaba; nunca dentro de esta llamada. 0, o UV_ENOMEM si falta memoria.
 * Equivale a future.add_done_callback(fn).
 */
int as_future_add_done_callback(as_future *future, as_future_fn *fn,
                                void *arg) AS_MUST_CHECK;

/*
 * Retira todas las peticiones iguales, con el mismo `fn` y el mismo `arg`, que no hayan
 * corrido todavía; desde entonces `arg` vuelve a ser solo tuyo. Hazlo también antes de
 * abandonar un futuro que no se cumplió: cada petición ocupa memoria hasta que corre.
 * Devuelve cuántas retiró. Equivale a future.remove_done_callback(fn).
 */
size_t as_future_remove_done_callback(as_future *future, as_future_fn *fn, void *arg);

AS_DECLARATIONS_END

#endif
