/*
 * Viajes: una función que va a un hilo de libuv y vuelve, mientras una tarea espera.
 *
 * Son la base de los trabajos y de los archivos. Se usan llamadas POSIX corrientes dentro
 * de un viaje, y no una petición uv_fs_* por llamada, porque así abrir, mirar y leer un
 * archivo es una ida y vuelta y no tres.
 *
 * El viaje no se puede cortar: su memoria ha de durar hasta que vuelva. Quien lo cancela
 * y no quiere esperarlo lo abandona, y al volver se llama a `dispose`.
 */
#ifndef ASINC_WORK_INTERNAL_H
#define ASINC_WORK_INTERNAL_H

#include <stdatomic.h>

#include "loop_internal.h"
#include "wait.h"

struct as__trip {
    uv_work_t request;
    int (*run)(struct as__trip *trip);      /* en el hilo */
    void (*dispose)(struct as__trip *trip); /* al volver, si lo abandonaron */
    struct as__link waiters;
    atomic_int result;     /* lo que devolvió run; UV_ECANCELED si no llegó a correr */
    bool busy;             /* está de viaje */
    bool abandoned;        /* ya no es de nadie */
    atomic_bool cancelled; /* para que `run` lo mire */
};

/* Prepara un viaje que aún no sale. */
void as__trip_init(struct as__trip *trip, int (*run)(struct as__trip *),
                   void (*dispose)(struct as__trip *));

/* Lo pone en marcha. */
void as__trip_start(struct as__trip *trip);

/*
 * Espera a que vuelva el que está de viaje. 0 si volvió, con su resultado en
 * trip->result, o UV_ECANCELED si cancelan a quien espera y no ha vuelto; entonces quien
 * llama decide: as__trip_wait_closing o as__trip_abandon.
 */
int as__trip_wait(struct as__trip *trip, const char *what);

/* Espera a que vuelva, sin dejarse cancelar. */
void as__trip_wait_closing(struct as__trip *trip, const char *what);

/* Pide a `run` que lo deje; si aún hacía cola, ya no correrá. */
void as__trip_cancel(struct as__trip *trip);

/* Lo cancela y se desentiende de él: `dispose` lo libera al volver. */
void as__trip_abandon(struct as__trip *trip);

/* as__trip_start y as__trip_wait; y si la cancelan, as__trip_abandon. El resultado del
 * viaje, o UV_ECANCELED con `*abandoned` a true si ya no es de quien llama. */
int as__trip_ride(struct as__trip *trip, const char *what, bool *abandoned);

/* Fija el número de hilos y cuántos pueden ocupar los trabajos de este bucle. */
void as__work_init(struct as__loop *loop);

#endif
