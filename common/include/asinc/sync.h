/*
 * Sincronizar tareas: cerrojo, semáforo, evento, condición y barrera.
 *
 * Viven en tu memoria y no piden nada, así que prepararlos no falla ni hay que destruirlos;
 * no deben morir mientras alguien espere en ellos. Quien espera lo hace en orden de
 * llegada, y al soltar se entrega en mano: nadie se cuela entre quien suelta y quien
 * esperaba. Todo ocurre en un hilo; entre hilos no sirven.
 *
 * Solo suspenden las funciones que esperan: as_lock_acquire, as_semaphore_acquire y las que
 * acaban en _wait. Si cancelan a quien espera devuelven UV_ECANCELED y es como si no lo
 * hubiera pedido. Si la cancelación llega cuando ya se le había entregado lo que pedía, gana
 * la entrega: devuelven lo mismo que sin cancelación, y hay que soltarlo.
 */
#ifndef ASINC_SYNC_H
#define ASINC_SYNC_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* ---- Cerrojo (lock) ----------------------------------------------------------------- */

/*
 * Solo una tarea puede tenerlo. No es reentrante: quien lo tiene no debe pedirlo otra vez.
 * Quien lo toma lo suelta: una tarea que termina con un cerrojo sin soltar es un error de
 * programación, y aborta con una explicación.
 */
typedef struct as_lock {
    as_task *owner; /* NULL: libre */
    struct as__link waiters;
} as_lock;

/* Prepara un cerrojo libre. Equivale a asyncio.Lock(). */
void as_lock_init(as_lock *lock);

/*
 * Lo toma; suspende mientras lo tenga otra. 0, UV_ECANCELED, o AS_EDEADLK si ya lo tiene
 * quien lo pide. Equivale a await lock.acquire().
 */
int as_lock_acquire(as_lock *lock) AS_MUST_CHECK;

/* Lo suelta; solo puede hacerlo quien lo tiene: lo contrario es un error de programación y
 * aborta. Equivale a lock.release(). */
void as_lock_release(as_lock *lock);

/* true si alguien lo tiene. Equivale a lock.locked(). */
bool as_lock_locked(const as_lock *lock);

/* ---- Semáforo (semaphore) ----------------------------------------------------------- */

/* Un número de permisos: limita cuántas tareas hacen algo a la vez. */
typedef struct as_semaphore {
    size_t permits;
    struct as__link waiters;
} as_semaphore;

/* Prepara un semáforo con `permits` permisos. Equivale a asyncio.Semaphore(permits). */
void as_semaphore_init(as_semaphore *semaphore, size_t permits);

/* Toma un permiso; suspende si no queda ninguno. 0 o UV_ECANCELED.
 * Equivale a await semaphore.acquire(). */
int as_semaphore_acquire(as_semaphore *semaphore) AS_MUST_CHECK;

/* Devuelve un permiso, o se lo entrega a quien más lleva esperando. Puede llamarse desde
 * otra tarea o desde un callback. Equivale a semaphore.release(). */
void as_semaphore_release(as_semaphore *semaphore);

/* ---- Evento (event) ----------------------------------------------------------------- */

/* Una señal: quien espera sigue cuando alguien la da, y todas a la vez. */
typedef struct as_event {
    bool set;
    struct as__link waiters;
} as_event;

/* Prepara un evento sin señal. Equivale a asyncio.Event(). */
void as_event_init(as_event *event);

/* Da la señal y despierta a todas. Puede llamarse desde un callback. Equivale a
 * event.set(). */
void as_event_set(as_event *event);

/* Quita la señal: las próximas esperarán. Equivale a event.clear(). */
void as_event_clear(as_event *event);

/* true si la señal está dada. Equivale a event.is_set(). */
bool as_event_is_set(const as_event *event);

/* Suspende hasta la señal; dada ya, no espera. 0 o UV_ECANCELED.
 * Equivale a await event.wait(). */
int as_event_wait(as_event *event) AS_MUST_CHECK;

/* ---- Condición (condition) ---------------------------------------------------------- */

/* Esperar a que cambie algo protegido por un cerrojo. */
typedef struct as_condition {
    as_lock *lock;
    struct as__link waiters;
} as_condition;

/* Prepara una condición sobre `lock`, que sigue siendo tuyo. Equivale a
 * asyncio.Condition(lock). */
void as_condition_init(as_condition *condition, as_lock *lock);

/*
 * Suelta el cerrojo, suspende hasta un aviso y vuelve a tomarlo antes de volver, también
 * si la cancelan. Al volver, mira otra vez lo que esperabas, en un bucle: otra tarea pudo
 * adelantarse. Hay que tener el cerrojo: lo contrario aborta. 0 o UV_ECANCELED.
 * Equivale a await condition.wait().
 */
int as_condition_wait(as_condition *condition) AS_MUST_CHECK;

/* Avisa a `n` de las que esperan, por orden de llegada. Hay que tener el cerrojo: lo
 * contrario aborta. Equivale a condition.notify(n). */
void as_condition_notify(as_condition *condition, size_t n);

/* Avisa a todas. Hay que tener el cerrojo: lo contrario aborta. Equivale a
 * condition.notify_all(). */
void as_condition_notify_all(as_condition *condition);

/* ---- Barrera (barrier) -------------------------------------------------------------- */

/* Un punto de encuentro: nadie pasa hasta que llegan todas. Sirve para una ronda tras otra. */
typedef struct as_barrier {
    size_t parties, waiting;
    struct as__link waiters;
} as_barrier;

/* Prepara una barrera para `parties` tareas; con 0 aborta. Equivale a
 * asyncio.Barrier(parties). */
void as_barrier_init(as_barrier *barrier, size_t parties);

/*
 * Suspende hasta que lleguen las que faltan; la última no espera y deja pasar a todas.
 * Devuelve la posición en que llegó, de 0 a parties - 1, distinta para cada tarea de la
 * ronda: con ella se elige, por ejemplo, a la única que prepara la siguiente. Si cancelan a
 * quien espera, UV_ECANCELED: deja de contar, y la barrera sigue pidiendo `parties` tareas.
 * Equivale a await barrier.wait().
 */
int as_barrier_wait(as_barrier *barrier) AS_MUST_CHECK;

AS_DECLARATIONS_END

#endif
