/* El interior de debug.c, para quien tiene que contar algo que va mal. */
#ifndef ASINC_DEBUG_INTERNAL_H
#define ASINC_DEBUG_INTERNAL_H

#include <stdio.h>

#include "core/loop_internal.h"

/* Cuenta qué espera cada tarea y, si lo hay, el ciclo que las bloquea. */
void as__explain_deadlock(struct as__loop *loop, FILE *out);

#endif
