/*
 * Hablarle al bucle desde otro hilo.
 *
 * Casi nada de asinc puede llamarse desde un hilo que no es el del bucle: ni una cola, ni un
 * futuro, ni una tarea. Las dos últimas de aquí sí, y llevan al hilo del bucle lo que haya que hacer
 * allí: por ejemplo, un trabajo de as_work que cuenta por dónde va.
 *
 *     as_loop *bucle = as_current_loop();                    en una tarea
 *     as_call_soon_threadsafe(bucle, dibuja_avance, avance); en el otro hilo
 *
 * Desde un manejador de señal no se puede llamar a ninguna: para eso está signal.h. Ninguna
 * suspende; as_run_threadsafe para el hilo que la llama.
 */
#ifndef ASINC_THREADSAFE_H
#define ASINC_THREADSAFE_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* Un bucle, para nombrarlo desde otro hilo. No hay nada que liberar, y puede guardarse cuanto se
 * quiera: cuando el bucle termine, usarlo será un error y no un acceso a memoria liberada. */
typedef struct as_loop as_loop;

/*
 * El bucle de este hilo, o NULL si no hay ninguno corriendo. Desde que se pide, el bucle cuenta
 * con que otro hilo puede llamarlo en cualquier momento: si todas las tareas esperan, espera él
 * también, en vez de darlas por interbloqueadas, y el reloj virtual avanza como el real. Equivale
 * a asyncio.get_running_loop().
 */
as_loop *as_current_loop(void);

/*
 * Pide que el bucle llame a `fn(arg)` en su hilo, en su próxima vuelta. Las de un mismo hilo se
 * hacen en el orden en que las pidió; las que pida un trabajo de as_work, antes de que as_work
 * vuelva. `fn` no es una tarea: no puede suspenderse y debe volver pronto.
 *
 * 0; UV_ESRCH si el bucle ya terminó; UV_ENOMEM. Con un error `fn` no se llamará. Con 0 solo
 * deja de llamarse si la tarea principal termina antes, y `arg` sigue siendo tuyo: para no
 * perder nada, espera a tus hilos antes de terminarla. No espera a que se haga. Equivale a
 * loop.call_soon_threadsafe(fn, arg).
 */
int as_call_soon_threadsafe(as_loop *loop, as_callback_fn *fn, void *arg) AS_MUST_CHECK;

/*
 * Ejecuta `fn(arg)` en el bucle, como una tarea suya que puede suspenderse, y para el hilo que
 * llama hasta que termina. `arg` puede ser una variable local. Devuelve lo que devuelva `fn`, y
 * su explicación si es un error.
 *
 * La tarea no es de ningún grupo: si termina la principal, se cancela y as_run la espera.
 * UV_ESRCH si el bucle terminó antes de empezarla, UV_ENOMEM, y AS_EDEADLK desde el hilo del
 * propio bucle, que se esperaría a sí mismo. Desde una tarea de otro bucle, para ese otro bucle
 * entero. Equivale a asyncio.run_coroutine_threadsafe(fn(arg), loop).result().
 */
int as_run_threadsafe(as_loop *loop, as_fn *fn, void *arg) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
