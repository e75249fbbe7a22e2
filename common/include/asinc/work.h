/*
 * Trabajos: llevar a otro hilo lo que detendría el bucle.
 *
 * Un cálculo largo, o una función que bloquea y no tiene versión asíncrona, para a todas
 * las tareas si la llamas sin más. as_work la ejecuta en un hilo del sistema y suspende
 * solo a quien espera el resultado.
 *
 * Los hilos son los de libuv, compartidos con los archivos. Los trabajos ocupan a la vez la
 * mitad como mucho (uno al menos) y los demás hacen cola: por muchos que lances, siempre queda
 * un hilo para abrir un archivo.
 *
 * Cuántos son lo decide el primer as_run del proceso: los que diga la variable de entorno
 * UV_THREADPOOL_SIZE o, si no está, 2 * (núcleos + 5) con un máximo de 64, que deja escritos en
 * ella. Libuv la lee una sola vez, al crear los hilos, así que main puede ponerla antes de ese
 * primer as_run; después ya no la cambies. Y si main encarga algo por su cuenta a los hilos de
 * libuv antes de as_run, serán los que libuv pone si nadie los pide: cuatro.
 *
 * Un hilo no se puede cortar a la mitad. Cancelar a quien espera quita el trabajo de la
 * cola si aún no empezó; si ya corre, solo puede pedírsele que lo deje, y es la función
 * quien mira de vez en cuando as_work_cancelled().
 */
#ifndef ASINC_WORK_H
#define ASINC_WORK_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/*
 * Lo que se ejecuta en el hilo: >= 0 si fue bien, un código UV_E* (< 0) si no. Corre a la
 * vez que el bucle, así que solo debe tocar lo que le llega en `arg`; y desde él no puede
 * llamarse a nada de asinc salvo as_work_cancelled, as_strerror, as_now, el registro y lo de
 * threadsafe.h, con lo que puede contar por dónde va.
 */
typedef int as_work_fn(void *arg);

/*
 * Ejecuta `fn(arg)` en un hilo y devuelve lo que devuelva. `arg` es tuyo siempre que
 * vuelve, así que puede ser una variable local. Por eso, si la cancelan con el trabajo en
 * marcha, no vuelve hasta que `fn` termina, y devuelve su resultado. UV_ECANCELED si no
 * llegó a empezar; UV_ENOMEM; UV_EAGAIN si el sistema no da los hilos. Suspende.
 * Equivale a await asyncio.to_thread(fn, arg) y a await loop.run_in_executor(None, fn, arg).
 */
int as_work(as_work_fn *fn, void *arg) AS_MUST_CHECK;

/*
 * Como as_work, para una función que puede tardar y que nadie tiene por qué esperar: si la
 * cancelan, vuelve enseguida con UV_ECANCELED y el trabajo, si ya corre, sigue solo.
 *
 * `arg` debe estar en el montón, y al volver hay una sola regla: con UV_ECANCELED ya no es
 * tuyo, y `cleanup(arg)` se llama una vez, en el hilo del bucle, cuando `fn` termine (o
 * enseguida, si no empezó); con cualquier otro resultado es tuyo y `cleanup` no se llama.
 * `cleanup` puede ser free; no puede suspender.
 *
 * as_run espera al terminar a los trabajos que sigan en marcha: lo dice por stderr al
 * segundo y a los diez los deja. Aun así el programa no acaba hasta que acaben sus hilos,
 * salvo con _exit o una señal; un segundo Ctrl+C vale. Equivale a await
 * asyncio.to_thread(fn, arg), que cancelado tampoco detiene el hilo.
 */
int as_work_detachable(as_work_fn *fn, void *arg,
                       void (*cleanup)(void *arg)) AS_MUST_CHECK;

/*
 * true si cancelaron a quien esperaba este trabajo. Solo dentro de la función del trabajo:
 * fuera, aborta. No suspende. Sin pareja en asyncio: allí el hilo no se entera.
 */
bool as_work_cancelled(void);

AS_DECLARATIONS_END

#endif
