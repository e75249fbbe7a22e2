/* Las notas que ya se dieron: lo que quedó de cada una con su retraso, en la historia, y lo que bajaría si
 * cambia curso.json. */
#ifndef CL_GIVEN_H
#define CL_GIVEN_H

#include "class/output.h"
#include "class/store.h"

/* Apunta en la historia las notas que no son los puntos que ya se ven en ella. */
int cl_given_log(struct cl_store *store, const struct cl_book *book,
                 struct gr_error *err);

/* Antes de cambiar nada: con el curso.json de ahora, ¿baja alguna nota ya dada sin que haya cambiado nada
 * más? Las enumera y da -1, salvo con `force`. */
int cl_given_check(struct cl_store *store, const struct course *course, bool force,
                   struct gr_error *err);

#endif
