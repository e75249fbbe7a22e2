/* La lista de la clase, de alumnos.csv a la base. Lo que dice cada columna se cuenta en identify.h. */
#ifndef CL_ROSTER_H
#define CL_ROSTER_H

#include "class/gather.h"
#include "class/store.h"

#include <sys/types.h>

/* Guarda la lista `text` en lugar de la que hubiera, con sus prórrogas; la columna «prorroga» a secas es
 * del laboratorio `lab`. 0, o -1 con el motivo: la línea y qué poner. */
int cl_roster_save(struct cl_store *store, const char *text, const char *lab,
                   struct gr_error *err);

/* ¿A cuántas personas de la lista que hay, que son `*listed`, deja fuera `text`? -1 con el motivo. */
ssize_t cl_roster_leaves_out(struct cl_store *store, const char *text, size_t *listed,
                             struct gr_error *err);

/* Si hay lista, olvida a quien no está en ella y no tiene nada en el curso. */
int cl_roster_clean(struct cl_store *store, struct gr_error *err);

/* Pone a las entregas de `class` la fecha de la columna «fecha». */
int cl_roster_dates(struct cl_class *class, const char *text, struct gr_error *err);

#endif
