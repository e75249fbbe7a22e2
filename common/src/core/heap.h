/*
 * Montículo de emparejamiento (pairing heap) de plazos.
 *
 * Es intrusivo: apuntar un plazo no pide memoria, así que dormir o entrar en un ámbito no
 * puede fallar. Insertar cuesta O(1); quitar, O(log n) amortizado. Algoritmo: Fredman,
 * Sedgewick, Sleator y Tarjan, «The pairing heap» (Algorithmica 1, 1986).
 */
#ifndef ASINC_HEAP_H
#define ASINC_HEAP_H

#include <asinc/types.h>

struct as__heap {
    struct as__timer *root;
};

static inline bool as__timer_pending(const struct as__timer *timer)
{
    return timer->fire != NULL;
}

/* `timer` no debe estar en el montículo; sus campos deadline_ns y sequence ya están. */
void as__heap_insert(struct as__heap *heap, struct as__timer *timer);
void as__heap_remove(struct as__heap *heap, struct as__timer *timer);

#endif
