/*
 * El bucle de eventos: arrancarlo, el tiempo y ceder el turno.
 *
 * Hay un bucle por hilo y está escondido: ninguna función lo pide. `as_run` lo crea,
 * ejecuta tu función principal como primera tarea y lo destruye cuando esa tarea termina.
 */
#ifndef ASINC_LOOP_H
#define ASINC_LOOP_H

#include <asinc/types.h>

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
 *   AS_EDEADLK  todas las tareas esperan algo que nadie puede darles
 *
 * La primera vez que llega SIGINT (Ctrl+C) cancela la tarea principal: sus esperas
 * devuelven UV_ECANCELED y puede despedirse con calma. El segundo Ctrl+C mata el
 * programa. Ignora SIGPIPE durante la ejecución. Instala además un manejador de SIGSEGV
 * que nombra a la tarea que desborde su pila.
 *
 * Equivale a asyncio.run(main()).
 */
int as_run(as_fn *main_fn, void *arg);

/*
 * Como as_run, con opciones; `options` NULL es lo mismo que as_run. Solo se leen durante
 * la llamada. UV_EINVAL si la pila pedida es menor de 16 KiB o AS_CLOCK no se entiende.
 */
int as_run_options(as_fn *main_fn, void *arg, const as_options *options);

/*
 * Milisegundos de un reloj que nunca retrocede; solo sirven las diferencias. Con el reloj
 * virtual, es el tiempo simulado. No suspende. Equivale a loop.time().
 */
uint64_t as_now(void);

/* Igual que as_now, en nanosegundos. */
uint64_t as_now_ns(void);

/*
 * Suspende la tarea al menos `ms` milisegundos; 0 o menos solo cede el turno.
 * Devuelve 0, o UV_ECANCELED si la tarea o su ámbito se cancela antes.
 * Equivale a await asyncio.sleep(ms / 1000).
 */
int as_sleep(int64_t ms);

/*
 * Cede el turno: las demás tareas listas corren antes de que esta siga.
 * Devuelve 0 o UV_ECANCELED. Suspende. Equivale a await asyncio.sleep(0).
 */
int as_yield(void);

/*
 * true si la tarea principal fue cancelada por Ctrl+C. No suspende.
 */
bool as_interrupted(void);

#endif
