/*
 * El interior del bucle, para los demás archivos de la biblioteca.
 *
 * El bucle reparte trabajos (as__job): reanudar una tarea, llamar a un callback. Cuando
 * no queda ninguno listo, deja que libuv duerma hasta el próximo plazo o suceso. Los
 * plazos están en un montículo propio y no en temporizadores de libuv por dos razones: el
 * reloj puede ser virtual, y libuv 1.44 reejecuta sin fin un temporizador de 0 ms
 * rearmado.
 */
#ifndef ASINC_LOOP_INTERNAL_H
#define ASINC_LOOP_INTERNAL_H

#include <stdio.h>

#include <asinc/asinc.h>

#include "coro.h"
#include "heap.h"
#include "list.h"

struct as__loop {
    uv_loop_t uv;
    uv_timer_t wake_up; /* despierta a libuv cuando vence el primer plazo */
    uv_signal_t sigint, sigusr1;
    struct as__coro coro; /* la del hilo, donde corre el propio bucle */
    struct as__stack_pool stacks;
    struct as__job *ready_head, **ready_tail;
    struct as__heap timers;
    uint64_t timer_sequence;
    struct as__link tasks;              /* todas las tareas vivas */
    struct as__link tracked;            /* lo que hay que cerrar, ver track.h */
    struct as__link listeners, dialing; /* ver stream_peer.c */
    as_task *current;
    as_task *main_task;
    uint64_t task_count;  /* cuántas se crearon: numera las que no tienen nombre */
    uint64_t virtual_now; /* ns, si el reloj es virtual */
    size_t pending_io;    /* operaciones que solo el mundo exterior puede terminar */
    size_t inner_io; /* lo que va de una tarea del programa a otra y aún no llegó */
    as_semaphore work_slots; /* los hilos que pueden ocupar los trabajos, ver work.c */
    bool is_virtual, interrupted, deadlocked;
    bool observed; /* hay que avisar a observe.h: debug o trace */
    bool debug;
    FILE *trace;
};

/* El bucle de este hilo, o NULL. */
extern _Thread_local struct as__loop *as__loop;

/* El bucle de este hilo; si no hay, explica el error de quien llamó a `function` y
 * aborta: seguir sería esperar para siempre. */
struct as__loop *as__loop_required(const char *function);

/* Añade un trabajo al final de la cola; debe no estar ya en ella. */
void as__loop_push(struct as__loop *loop, struct as__job *job);

/* Da vueltas hasta que termine la tarea principal. */
void as__loop_turn_until_done(struct as__loop *loop);

/* Apunta un plazo (ns de as_now_ns) y lo quita; quitar uno que no está no hace nada. */
void as__timer_start(struct as__timer *timer, uint64_t deadline_ns,
                     void (*fire)(struct as__timer *));
void as__timer_stop(struct as__timer *timer);

/* Alrededor de la espera de una tarea a algo que solo el mundo exterior puede terminar:
 * mientras las haya, el reloj virtual no salta. */
void as__io_begin(void);
void as__io_end(void);

#endif
