/* El verdugo: quien mata todo lo del programa donde no hay un espacio de procesos que cerrar. */
#ifndef BOX_EXECUTIONER_H
#define BOX_EXECUTIONER_H

#include "box/box.h"

/* ¿Hace falta en ese peldaño? */
bool executioner_needed(enum box_rung rung);

/* Quién es el programa, en BOX_ISOLATED. */
struct identity {
    uid_t uid;
    gid_t group; /* el de las ejecuciones de la misma calificación */
    int claim;   /* el descriptor que le guarda el usuario */
};

/* Lo arranca quien va a convertirse en el programa, y antes de encerrarse. Mata cuando se cierra
 * `order_fd`, por orden o porque el runner ha muerto. Su pid, que es hermano nuestro, o -errno. */
pid_t executioner_start(enum box_rung rung, const struct identity *who, int order_fd);

#endif
