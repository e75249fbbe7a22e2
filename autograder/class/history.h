/* La historia de cada nota: nada de lo que se ha sabido de una se pierde.
 *
 * Cada vez que cambia la base se apunta lo que ha cambiado, con la hora: qué entregó cada cual y qué sacó,
 * los ajustes y las prórrogas. Con eso se vuelve a cualquier momento. */
#ifndef CL_HISTORY_H
#define CL_HISTORY_H

#include "class/store.h"

#include <sys/types.h>

/* Apunta lo que es distinto de lo último apuntado. Va dentro de la transacción que lo cambia, o sola. */
int cl_history_log(struct cl_store *store, struct gr_error *err);

/* Cuántas notas que tenían puntos los perderían con lo que hay ahora en la base, sin apuntar aún: su
 * entrega ya no está o se rechaza. Llama a `each` con cada una y por qué. -1 con el motivo. */
ssize_t cl_history_lost(struct cl_store *store,
                        void (*each)(const char *student, const char *lab,
                                     const char *points, const char *why),
                        struct gr_error *err);

/* Deja las entregas, los ajustes y las prórrogas como estaban en `day`: un día, «2027-01-25», y entonces
 * cuando acabó; o un momento, «2027-01-25T10:00:00Z». De todos, o solo de `student` y de `lab` si no son
 * NULL. 0, o -1 con el motivo. */
int cl_history_restore(struct cl_store *store, const char *day, const char *student,
                       const char *lab, struct gr_error *err);

/* Escribe la historia de una nota, de lo más viejo a lo más nuevo. */
int cl_history_show(struct cl_store *store, const char *student, const char *lab,
                    struct gr_error *err);

#endif
