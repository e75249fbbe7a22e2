/*
 * Llevar la cuenta de lo que hay que cerrar, para decir al final qué se olvidó y dónde se
 * creó. Todo objeto opaco de la biblioteca lleva uno dentro.
 */
#ifndef ASINC_TRACK_H
#define ASINC_TRACK_H

#include "core/loop_internal.h"

struct as__tracked {
    struct as__link link;
    const char *kind; /* «un cliente HTTP» */
    const void *site; /* __builtin_return_address(0) de la función pública que lo creó */
};

static inline void as__track(struct as__tracked *tracked, const char *kind,
                             const void *site)
{
    tracked->kind = kind;
    tracked->site = site;
    as__list_append(&as__loop->tracked, &tracked->link);
}

static inline void as__untrack(struct as__tracked *tracked)
{
    as__list_remove(&tracked->link);
}

#endif
