/* Lo que ocupa en disco un programa. Con tmpfs propios basta contar sus archivos. */
#ifndef BOX_DISK_H
#define BOX_DISK_H

#include "box/box.h"
#include "box/confine.h"
#include "box/tree.h"

/* Qué límite de disco se ha pasado. De `roots`, lo escribible es del programa: en BOX_MINIMAL
 * todo lo suyo está ahí, y en
 * BOX_ISOLATED, además, lo de `uid` donde escribe cualquiera; más arriba, lo que se le presta. En `tree`, sus procesos. */
enum box_limit disk_check(const struct box_limits *limits, enum box_rung rung,
                          const struct confine_root *roots, size_t count, uid_t uid,
                          const struct tree *tree);

#endif
