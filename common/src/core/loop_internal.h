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

#include "core/caught.h"
#include "core/coro.h"
#include "core/heap.h"
#include "core/list.h"
#include "core/outside.h"

/* Algo que hacer cuando el bucle termine, apuntado por quien está por encima de él. */
struct as__at_exit {
    struct as__link link; /* en loop->at_exit */
    void (*run)(struct as__at_exit *at_exit);
};

struct as__loop {
    uv_loop_t uv;
    uv_timer_t wake_up;   /* despierta a libuv cuando vence el primer plazo */
    struct as__coro coro; /* la del hilo, donde corre el propio bucle */
    struct as__stack_pool stacks;
    struct as__stack *spare_stack; /* para quien no encuentre otra, ver stack_for */
    struct as__job *without_stack; /* las tareas que esperan a que alguna quede libre */
    struct as__job *ready_head, **ready_tail;
    struct as__heap timers;
    uint64_t timer_sequence;
    uint64_t turn_start;     /* cuándo empezó la vuelta, en el reloj grueso */
    struct as__link tasks;   /* todas las tareas vivas */
    struct as__link tracked; /* lo que hay que cerrar, ver track.h */
    struct as__link at_exit;
    struct as__link idle_waiters;       /* las que esperan en as_wait_all_blocked */
    struct as__link listeners, dialing; /* ver dial.h y stream_peer.c */
    struct as__dns *dns; /* las consultas de nombres en marcha, ver dns.c */
    as_task *current;
    as_task *main_task;
    uint64_t task_count;  /* cuántas se crearon: numera las que no tienen nombre */
    uint64_t virtual_now; /* ns, si el reloj es virtual */
    size_t pending_io;    /* operaciones que solo el mundo exterior puede terminar */
    size_t answering; /* las que espera otra tarea de aquí, que está preparándolas */
    size_t inner_io;  /* lo que va de una tarea del programa a otra y aún no llegó */
    as_semaphore work_slots; /* los hilos que pueden ocupar los trabajos, ver work.c */
    struct as__outside outside;
    struct {
        struct as__caught caught;
        atomic_bool arrived;
        bool attended; /* ya canceló a la principal */
    } ctrl_c;
    struct {
        struct as__caught caught;
        atomic_bool wanted;
    } dump; /* SIGUSR1, ver observe.c */
    bool is_virtual, deadlocked;
    bool ending;   /* la principal terminó */
    bool observed; /* hay que avisar a observe.h: debug o trace */
    bool debug;
    int schedstat; /* con debug, /proc/thread-self/schedstat, o -1; ver observe.c */
    FILE *trace;
};

/* El bucle de este hilo, o NULL. */
extern _Thread_local struct as__loop *as__loop;

/* El bucle de este hilo; si no hay, explica el error de quien llamó a `function` y
 * aborta: seguir sería esperar para siempre. */
struct as__loop *as__loop_required(const char *function);

/* Añade un trabajo al final de la cola; debe no estar ya en ella. */
void as__loop_push(struct as__loop *loop, struct as__job *job);

/* Ya toca mirar los plazos y la red, aunque queden trabajos listos. Cuesta unos 6 ns. */
bool as__loop_turn_is_long(const struct as__loop *loop);

/* Da vueltas hasta que no quede ninguna tarea: termina la principal, y se cancelan las que
 * pidieron otros hilos. */
void as__loop_run(struct as__loop *loop);

/* ---- timer.c ------------------------------------------------------------------------ */

/* El plazo que vence dentro de `ms` (ns de as_now_ns); más de 292 años son 292 años. */
uint64_t as__deadline_after(int64_t ms);

/* Apunta un plazo y lo quita; quitar uno que no está no hace nada. */
void as__timer_start(struct as__timer *timer, uint64_t deadline_ns,
                     void (*fire)(struct as__timer *));
void as__timer_stop(struct as__timer *timer);

/* La tarea actual deja correr a las demás tareas listas antes de seguir, esté o no cancelada. */
void as__pass_turn(as_task *self);
/* Atiende los que vencieron. */
void as__timers_fire(struct as__loop *loop);

/* ---- ctrl_c.c ----------------------------------------------------------------------- */

/* Recoge Ctrl+C, lo atiende si llegó y lo suelta. */
void as__ctrl_c_watch(struct as__loop *loop);
void as__ctrl_c_attend(struct as__loop *loop);
void as__ctrl_c_forget(struct as__loop *loop);

/* ------------------------------------------------------------------------------------- */

/* Alrededor de la espera de una tarea a algo que solo el mundo exterior puede terminar:
 * mientras las haya, el reloj virtual no salta. */
void as__io_begin(void);
void as__io_end(void);

#endif
