/*
 * Pilas para corrutinas: se piden al sistema por bloques, llevan debajo una zona prohibida
 * que convierte un desbordamiento en un aviso con nombre, y se reciclan.
 *
 * La zona prohibida se pide con MADV_GUARD_INSTALL, que desde Linux 6.13 no gasta entradas
 * del mapa de memoria; en un núcleo anterior, con mprotect, que gasta dos por pila y pone
 * el techo en vm.max_map_count / 2.
 */
#ifndef ASINC_STACK_H
#define ASINC_STACK_H

#include <asinc/types.h>

struct as__stack {
    struct as__stack *next; /* en la reserva de pilas libres */
    char *base;             /* primer byte utilizable */
    size_t size;
    size_t guard; /* bytes prohibidos justo por debajo de base */
    unsigned valgrind_id;
    void *tsan_fiber; /* TSan tarda mucho en crear una: se recicla con la pila */
};

struct as__slab;

struct as__stack_pool {
    struct as__stack *free;
    size_t free_count;
    struct as__slab *slabs; /* la primera es la que aún tiene pilas por estrenar */
    size_t stack_size, guard;
    bool guard_by_mprotect;
};

void as__stack_pool_init(struct as__stack_pool *pool, size_t stack_size, bool guard);
void as__stack_pool_destroy(struct as__stack_pool *pool);

/* Una pila lista para usar, o NULL si el sistema no da más (memoria o vm.max_map_count). */
struct as__stack *as__stack_acquire(struct as__stack_pool *pool);
void as__stack_release(struct as__stack_pool *pool, struct as__stack *stack);

/*
 * Mientras dura el bucle, un SIGSEGV en la zona prohibida de la pila que corre llama a
 * `name_of_current` para decir quién fue y luego sigue su curso normal.
 */
struct as__overflow_trap;
typedef const struct as__stack *as__running_stack_fn(const char **task_name);
struct as__overflow_trap *as__overflow_trap_install(as__running_stack_fn *running);
void as__overflow_trap_remove(struct as__overflow_trap *trap);

#endif
