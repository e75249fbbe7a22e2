/*
 * Colas: pasar trabajo de unas tareas a otras.
 *
 * Una cola con tope hace esperar a quien produce más deprisa de lo que se consume: es la
 * contrapresión (backpressure), y la razón de usarla en vez de una lista. Guarda punteros;
 * lo apuntado es de quien lo puso hasta que otro lo saca. Quien espera lo hace en orden de
 * llegada.
 *
 * Solo suspenden as_queue_put, as_queue_get y as_queue_join; las demás pueden llamarse
 * también desde un callback. Antes de as_run, y después, solo as_queue_init,
 * as_queue_init_priority, as_queue_destroy y as_queue_size: poner, sacar o cerrar sin un bucle
 * aborta.
 */
#ifndef ASINC_QUEUE_H
#define ASINC_QUEUE_H

#include <asinc/types.h>

AS_DECLARATIONS_BEGIN

/* Ordena dos elementos como en qsort: negativo si `a` debe salir antes que `b`. */
typedef int as_compare_fn(const void *a, const void *b);

typedef struct as_queue {
    void **items;
    size_t head, size, capacity, maxsize;
    size_t unfinished;
    as_compare_fn *compare; /* NULL: sale primero lo que entró primero */
    bool closed;
    struct as__link getters, putters, joiners;
} as_queue;

/*
 * Prepara una cola en la que caben `maxsize` elementos (0: sin tope, crece cuanto haga
 * falta). No falla: la memoria se pide al poner. Acaba con as_queue_destroy. Equivale a
 * asyncio.Queue(maxsize).
 */
void as_queue_init(as_queue *queue, size_t maxsize);

/*
 * Como as_queue_init, pero sale antes el menor según `compare`; entre iguales no promete
 * orden. Ordena lo que espera en la cola: quien ya esperaba en una vacía recibe lo primero que
 * se ponga, aunque lo siguiente sea menor. Equivale a asyncio.PriorityQueue(maxsize).
 */
void as_queue_init_priority(as_queue *queue, size_t maxsize, as_compare_fn *compare);

/* Libera la memoria de la cola, no la de lo que quede dentro. Nadie debe estar esperando
 * en ella: lo contrario aborta. */
void as_queue_destroy(as_queue *queue);

/*
 * Pone `item`; suspende mientras esté llena. 0, UV_ECANCELED (no lo puso), UV_EPIPE si la
 * cola está cerrada o la cierran mientras espera, UV_ENOMEM. Equivale a await put(item).
 */
int as_queue_put(as_queue *queue, void *item) AS_MUST_CHECK;

/* Pone `item` sin esperar: 0, UV_EAGAIN si está llena, UV_EPIPE o UV_ENOMEM. Equivale a
 * put_nowait(item). */
int as_queue_put_nowait(as_queue *queue, void *item) AS_MUST_CHECK;

/*
 * Saca un elemento y lo deja en `*item`; suspende mientras esté vacía. 0, UV_ECANCELED (no
 * sacó nada), o UV_EOF si está cerrada y vacía. Equivale a await get().
 */
int as_queue_get(as_queue *queue, void **item) AS_MUST_CHECK;

/* Saca sin esperar: 0, UV_EAGAIN si está vacía, o UV_EOF si además está cerrada. Equivale a
 * get_nowait(). */
int as_queue_get_nowait(as_queue *queue, void **item) AS_MUST_CHECK;

/* Dice que ya está hecho algo que sacaste. Llamarla más veces que elementos hubo es un error
 * de programación y aborta. Equivale a task_done(). */
void as_queue_task_done(as_queue *queue);

/* Suspende hasta que se haya hecho todo lo que se puso. 0 o UV_ECANCELED.
 * Equivale a await join(). */
int as_queue_join(as_queue *queue) AS_MUST_CHECK;

/*
 * Cierra la cola: ya no entra nada, y quien saca vacía lo que quede y luego recibe UV_EOF.
 * Puede repetirse. Equivale a shutdown() de Python 3.13.
 */
void as_queue_close(as_queue *queue);

/* Cuántos elementos hay. Equivale a qsize(). */
size_t as_queue_size(const as_queue *queue);

AS_DECLARATIONS_END

#endif
