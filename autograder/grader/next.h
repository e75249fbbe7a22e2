/* Qué laboratorio toca. */
#ifndef GR_NEXT_H
#define GR_NEXT_H

#include "course/lab.h"

/* De los que no se tienen enteros, según el progreso apuntado, el que pide leer menos. NULL si no
 * queda ninguno. */
const struct lab *gr_next_lab(const struct labs *labs);

#endif
