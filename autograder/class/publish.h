/* Dejar en SALIDA lo que se ha escrito, sin tocar lo que sea de otro.
 *
 * Lo nuestro es lo que dice la tabla «escrito» de la base, y nada más: solo eso se sustituye o se
 * borra. Se apunta antes de ponerlo, así que un `kill -9` no deja nada nuestro sin apuntar. */
#ifndef CL_PUBLISH_H
#define CL_PUBLISH_H

#include "class/store.h"

/* ¿Están ENTREGAS (`from`) y SALIDA (`out`) cada una en su sitio? Una dentro de otra, lo que se
 * escribe pisaría lo entregado. `out` puede no existir. 0, o -1 con el motivo. */
int cl_check_apart(const char *from, const char *out, struct gr_error *err);

/* ¿Es nuestro lo que hay en SALIDA con los nombres que se van a usar? 0, o -1 con el motivo. */
int cl_check_place(struct cl_store *store, const char *out, struct gr_error *err);

/* Lleva a `out` los archivos y carpetas de `from`, que se vacía, y borra los que puso otra vez y ya
 * no están. 0, o -1 con el motivo, y entonces nada ajeno ha cambiado. */
int cl_publish(struct cl_store *store, const char *from, const char *out,
               struct gr_error *err);

/* Borra de SALIDA/trabajo las unidades de trabajo y el borrador de las notas. */
void cl_clear_work(const char *out);

#endif
