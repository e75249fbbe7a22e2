/*
 * Lista circular doble e intrusiva: el eslabón vive dentro del elemento.
 *
 * Quitar un eslabón que no está en ninguna lista no hace nada, y por eso despegarse de
 * una espera puede repetirse sin peligro.
 */
#ifndef ASINC_LIST_H
#define ASINC_LIST_H

#include <asinc/types.h>

#define as__container_of(ptr, type, member)                                              \
    ((type *)((char *)(ptr)-offsetof(type, member)))

static inline void as__list_init(struct as__link *head)
{
    head->prev = head->next = head;
}

static inline bool as__list_empty(const struct as__link *head)
{
    return head->next == head;
}

static inline void as__list_append(struct as__link *head, struct as__link *link)
{
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

static inline void as__list_remove(struct as__link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    as__list_init(link);
}

#endif
