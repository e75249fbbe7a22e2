/*
 * El bucle de eventos: arrancarlo, el tiempo y ceder el turno.
 *
 * Hay un bucle por hilo y está escondido: ninguna función lo pide. `as_run` lo crea,
 * ejecuta tu función principal como primera tarea y lo destruye cuando esa tarea termina.
 *
 * Suspenden las funciones que lo dicen; las demás, no.
 */
#ifndef ASINC_LOOP_H
#define ASINC_LOOP_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* De dónde sale el tiempo. */
enum as_clock {
    AS_CLOCK_AUTO,   /* lo que diga la variable de entorno AS_CLOCK; si falta, el real */
    AS_CLOCK_REAL,   /* el reloj monótono del sistema */
    AS_CLOCK_VIRTUAL /* salta al próximo plazo cuando no queda nada más que esperar */
};

/* Opciones de as_run_options. Los ceros son los valores por omisión. */
typedef struct {
    size_t stack_size;   /* bytes de pila por tarea; 0 = 256 KiB (1 MiB con ASan) */
    bool no_stack_guard; /* sin página de guarda: caben más tareas, pero un desbordamiento
                            de pila corrompe memoria en vez de avisar */
    enum as_clock clock;
    bool no_sigint; /* true = no tocar SIGINT: Ctrl+C mata el programa como siempre */
    bool debug;     /* true = como AS_DEBUG=1, ver debug.h */
} as_options;

/*
 * Crea el bucle, ejecuta `main_fn(arg)` como tarea principal y espera a que termine.
 *
 * Devuelve lo que devuelva `main_fn`, o:
 *   UV_EBUSY    ya hay un bucle corriendo en este hilo (como asyncio.run dentro de async)
 *   UV_ENOMEM   no hay memoria para empezar
 *   AS_EDEADLK  todas las tareas esperan algo que nadie puede darles; no se sabe si alguien
 *               pidió as_current_loop, porque puede darlo otro hilo
 *
 * El primer Ctrl+C (SIGINT) cancela la tarea principal: sus esperas devuelven UV_ECANCELED y
 * puede despedirse con calma; ver as_interrupted. El segundo mata el programa, aunque una tarea
 * acapare el hilo. Hay tres casos en que as_run no toca SIGINT:
 *   - El programa ya le puso un manejador suyo. Si se lo pone durante as_run, se queda el suyo.
 *   - Llega ignorada: con nohup, o lanzado con «programa &» desde un guion (la shell que no es
 *     interactiva lo hace así). Entonces `kill -INT` no le hace nada: se detiene con `kill`.
 *   - Este no es el hilo principal del proceso. Con bucles en varios hilos, Ctrl+C es del suyo,
 *     y a los demás los detiene el programa; si el principal no tiene bucle, mata el programa.
 * Al terminar la tarea principal, Ctrl+C vuelve a matar el programa, como antes de as_run.
 *
 * Mientras haya un bucle en algún hilo se ignoran SIGPIPE y SIGXFSZ (escribir devuelve UV_EPIPE
 * y UV_EFBIG), y un manejador de SIGSEGV nombra a la tarea que desborde su pila. El efecto que
 * tuvieran vuelve al terminar el último. Si el programa nació sin entrada, salida o salida de
 * error (`programa <&-`), su descriptor se ocupa para siempre con uno que da UV_EBADF al usarlo.
 *
 * Equivale a asyncio.run(main()).
 */
int as_run(as_fn *main_fn, void *arg);

/*
 * Como as_run, con opciones; `options` NULL es lo mismo que as_run. Solo se leen durante
 * la llamada. UV_EINVAL si la pila pedida es menor de 16 KiB o AS_CLOCK no se entiende.
 * Equivale a asyncio.Runner, que es donde asyncio.run tiene sus opciones.
 */
int as_run_options(as_fn *main_fn, void *arg, const as_options *options);

/*
 * Milisegundos de un reloj que nunca retrocede; solo sirven las diferencias. Con el reloj
 * virtual, es el tiempo simulado. Equivale a loop.time().
 */
uint64_t as_now(void);

/* Igual que as_now, en nanosegundos. Equivale a time.monotonic_ns(). */
uint64_t as_now_ns(void);

/*
 * Suspende la tarea al menos `ms` milisegundos; 0 o menos solo cede el turno, y más de 292 años
 * son 292 años, aquí y en todos los plazos. Devuelve 0, o UV_ECANCELED si la tarea o su ámbito
 * se cancela antes. Equivale a await asyncio.sleep(ms / 1000).
 */
int as_sleep(int64_t ms) AS_MUST_CHECK;

/*
 * Cede el turno: las demás tareas listas corren antes de que esta siga. Los plazos y la red se
 * miran como mucho 10 ms después de que venza uno o llegue algo, más lo que tarde la tarea que
 * esté corriendo: quien trabaja a ratos y cede no deja a nadie sin turno. Devuelve 0 o
 * UV_ECANCELED. Suspende. Equivale a await asyncio.sleep(0).
 */
int as_yield(void) AS_MUST_CHECK;

/*
 * Suspende hasta que ninguna otra tarea puede correr: todas esperan algo, y la red no trae nada
 * nuevo. Es para pruebas: «deja que todo llegue hasta donde pueda, y entonces mira». El reloj
 * virtual no salta antes. No cuenta lo que ande por otro hilo o por otra máquina. 0 o
 * UV_ECANCELED. Equivale a trio.testing.wait_all_tasks_blocked() y a
 * anyio.wait_all_tasks_blocked().
 */
int as_wait_all_blocked(void) AS_MUST_CHECK;

/* ---- Llamar más tarde --------------------------------------------------------------- */

/* Una llamada pendiente. Vive en tu memoria, y debe seguir viva hasta que se haga o la canceles. */
typedef struct as_timer {
    struct as__timer timer;
    as_callback_fn *fn;
    void *arg;
} as_timer;

/*
 * El bucle llamará una vez a `fn(arg)` cuando pasen al menos `ms` milisegundos (0 o menos: en su
 * próxima vuelta). `fn` no es una tarea: no puede suspenderse y debe volver pronto. Al llamarla,
 * `timer` ya está libre y puede usarse de nuevo, también dentro de ella; antes de eso no se
 * puede volver a usar sin cancelarlo. Las que sigan pendientes cuando termine la tarea principal
 * no se hacen. No falla. Equivale a loop.call_later(...) y, con 0, a loop.call_soon(...).
 */
void as_call_later(as_timer *timer, int64_t ms, as_callback_fn *fn, void *arg);

/*
 * Quita la llamada; true si estaba pendiente, y entonces ya no se hará. Con una ya hecha o ya
 * cancelada no hace nada; con una que nunca se apuntó, ponla antes a cero. Equivale a
 * handle.cancel().
 */
bool as_timer_cancel(as_timer *timer);

/* ---- Ctrl+C -------------------------------------------------------------------------- */

/*
 * true si Ctrl+C canceló la tarea principal. Después de as_run, y hasta el próximo, dice lo
 * mismo del último de este hilo, y también true si Ctrl+C llegó cuando la principal ya no podía
 * enterarse, porque estaba terminando. Así main puede acabar como se espera de un programa
 * interrumpido: `return as_interrupted() ? 130 : rc < 0;`. Equivale a que asyncio.run
 * acabe con KeyboardInterrupt.
 */
bool as_interrupted(void);

AS_DECLARATIONS_END

#endif
