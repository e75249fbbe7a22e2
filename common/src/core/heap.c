#include "core/heap.h"

/* Los hijos de un nodo forman una lista: `next` es el hermano siguiente y `prev`, el
 * anterior o, en el primero, el padre. */

static bool before(const struct as__timer *a, const struct as__timer *b)
{
    if (a->deadline_ns != b->deadline_ns)
        return a->deadline_ns < b->deadline_ns;
    return a->sequence < b->sequence;
}

/* Une dos montículos sueltos: la raíz mayor pasa a ser la primera hija de la menor. */
static struct as__timer *meld(struct as__timer *a, struct as__timer *b)
{
    if (!a)
        return b;
    if (!b)
        return a;
    if (before(b, a)) {
        struct as__timer *swap = a;
        a = b;
        b = swap;
    }
    b->prev = a;
    b->next = a->child;
    if (b->next)
        b->next->prev = b;
    a->child = b;
    return a;
}

/* Funde una lista de hermanos: por parejas de ida, y las parejas de vuelta. */
static struct as__timer *meld_siblings(struct as__timer *first)
{
    struct as__timer *pairs = NULL;

    while (first) {
        struct as__timer *second = first->next, *rest = second ? second->next : NULL;
        first->next = first->prev = NULL;
        if (second)
            second->next = second->prev = NULL;
        struct as__timer *pair = meld(first, second);
        pair->next = pairs;
        pairs = pair;
        first = rest;
    }

    struct as__timer *root = NULL;
    while (pairs) {
        struct as__timer *next = pairs->next;
        pairs->next = pairs->prev = NULL;
        root = meld(root, pairs);
        pairs = next;
    }
    return root;
}

void as__heap_insert(struct as__heap *heap, struct as__timer *timer)
{
    timer->child = timer->next = timer->prev = NULL;
    heap->root = meld(heap->root, timer);
}

void as__heap_remove(struct as__heap *heap, struct as__timer *timer)
{
    struct as__timer *children = meld_siblings(timer->child);

    timer->child = NULL;
    if (heap->root == timer) {
        heap->root = children;
        return;
    }
    if (timer->prev->child == timer)
        timer->prev->child = timer->next;
    else
        timer->prev->next = timer->next;
    if (timer->next)
        timer->next->prev = timer->prev;
    timer->next = timer->prev = NULL;
    heap->root = meld(heap->root, children);
}
