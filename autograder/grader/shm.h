/* La memoria que comparten las pruebas de una suite. */
#ifndef GR_SHM_H
#define GR_SHM_H

#include "grader/error.h"

#include <sys/types.h>

/* Criterion guarda en /dev/shm lo que comparten sus procesos, y si no puede acaba sin correr
 * ninguna prueba. -1, con el remedio, si ese usuario no puede escribir ahí. */
int gr_shm_check(uid_t uid, gid_t gid, struct gr_error *err);

#endif
