/*
 * Encargos: una función que se ejecuta en un hilo de libuv mientras una tarea espera.
 *
 * Son la base de los trabajos y de los archivos. Dentro de un encargo se usan llamadas POSIX
 * corrientes, y no una petición uv_fs_* por llamada, porque así abrir, mirar y leer un
 * archivo es una ida y vuelta y no tres.
 *
 * El hilo no se puede cortar: la memoria del encargo ha de durar hasta que termine. Quien
 * lo cancela y no quiere esperarlo lo abandona, y al terminar se llama a `dispose`.
 */
#ifndef ASINC_OFFLOAD_H
#define ASINC_OFFLOAD_H

#include <stdatomic.h>

#include "core/loop_internal.h"
#include "core/wait.h"

struct as__offload {
    uv_work_t request;
    int (*run)(struct as__offload *offload);      /* en el hilo */
    void (*dispose)(struct as__offload *offload); /* al terminar, si lo abandonaron */
    struct as__link waiters;
    atomic_int result;     /* lo que devolvió run; UV_ECANCELED si no llegó a correr */
    bool busy;             /* hace cola o está en un hilo */
    bool abandoned;        /* ya no es de nadie */
    atomic_bool cancelled; /* para que `run` lo mire */
};

/* Prepara un encargo que aún no empieza. */
void as__offload_init(struct as__offload *offload, int (*run)(struct as__offload *),
                      void (*dispose)(struct as__offload *));

/* Lo pone en marcha. */
void as__offload_start(struct as__offload *offload);

/*
 * Espera a que termine el que está en marcha. 0 si terminó, con su resultado en
 * offload->result, o UV_ECANCELED si cancelan a quien espera y no ha terminado; entonces
 * quien llama decide: as__offload_finish o as__offload_abandon.
 */
int as__offload_wait(struct as__offload *offload, const char *what);

/* Espera a que termine, sin dejarse cancelar. */
void as__offload_finish(struct as__offload *offload, const char *what);

/* Pide a `run` que lo deje; si aún hacía cola, ya no correrá. */
void as__offload_cancel(struct as__offload *offload);

/* Lo cancela y se desentiende de él: `dispose` lo libera al terminar. */
void as__offload_abandon(struct as__offload *offload);

/* De principio a fin, abandonándolo si cancelan a quien espera. El resultado, o UV_ECANCELED
 * con `*abandoned` a true si ya no es de quien llama. */
int as__offload_run(struct as__offload *offload, const char *what, bool *abandoned);

/* De principio a fin, sin abandonarlo nunca: si cancelan a quien espera, se lo dice a `run` y
 * espera a que lo deje. El resultado. */
int as__offload_complete(struct as__offload *offload, const char *what);

#endif
