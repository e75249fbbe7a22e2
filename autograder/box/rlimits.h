/* Los límites por proceso con los que nace el programa: la red de debajo de lo que vigila el
 * runner. */
#ifndef BOX_RLIMITS_H
#define BOX_RLIMITS_H

#include "box/box.h"

/* Se los pone a quien la llama. */
void rlimits_set(const struct box_limits *limits, enum box_rung rung);

#endif
