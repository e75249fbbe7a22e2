/*
 * Lo que le llega al bucle desde fuera de su hilo: llamadas de otros hilos y señales.
 *
 * Todo entra por un uv_async_t, que puede usarse desde cualquier hilo y desde un manejador de
 * señal. Un as_loop no es un puntero al bucle sino su número, que nunca se repite: con él se
 * busca entre los bucles vivos, y así preguntar por uno que ya terminó es un error y no un
 * acceso a memoria de nadie.
 */
#ifndef ASINC_OUTSIDE_H
#define ASINC_OUTSIDE_H

#include <uv.h>

#include <asinc/types.h>

struct as__loop;

struct as__outside {
    uv_async_t async;
    uint64_t id;
    struct as__link living; /* en la lista de los bucles vivos */
    struct as__job *first,
        **last;    /* llamadas que aún no se pasaron a la cola del bucle */
    bool expected; /* alguien pidió su as_loop: puede llegar algo en cualquier momento */
};

/* Abre y cierra la puerta. Lo que se pidió y no llegó a empezar se rechaza al cerrar. */
int as__outside_open(struct as__loop *loop);
void as__outside_close(struct as__loop *loop);

/* Pasa a la cola del bucle las llamadas que hayan llegado, en su orden. */
void as__outside_take_calls(struct as__loop *loop);

#endif
