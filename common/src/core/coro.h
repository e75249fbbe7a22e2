/*
 * Corrutinas con pila propia: el suelo sobre el que se apoyan las tareas.
 *
 * Una corrutina es una pila y el punto donde se quedó. Cambiar de una a otra guarda los
 * registros que la convención de llamada obliga a conservar y salta. Ningún otro archivo
 * sabe cómo se hace, ni a qué herramientas (ASan, TSan, valgrind) hay que avisar.
 */
#ifndef ASINC_CORO_H
#define ASINC_CORO_H

#include "core/stack.h"

struct as__coro {
    void *sp; /* la cima de la pila mientras está parada; con ucontext, el contexto */
    struct as__stack *stack; /* NULL en la corrutina del propio hilo */
    void (*entry)(void *arg);
    void *arg;
    struct as__coro *back; /* quién saltó a ella la última vez */
    void *asan_fake_stack;
    const void *asan_bottom;
    size_t asan_size;
    void *tsan_fiber;
};

/* La corrutina del hilo que llama: no necesita pila. */
void as__coro_init_thread(struct as__coro *self);

/*
 * Prepara `co` para ejecutar entry(arg) sobre `stack` la primera vez que se salte a ella.
 * Cuando entry vuelve, el control pasa a quien saltó a ella la última vez; después, `stack`
 * puede reutilizarse.
 */
void as__coro_init(struct as__coro *co, struct as__stack *stack, void (*entry)(void *),
                   void *arg);

/* Salta de `from`, que es la que corre, a `to`; vuelve cuando alguien salte a `from`. */
void as__coro_switch(struct as__coro *from, struct as__coro *to);

#endif
