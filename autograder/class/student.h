/* De quién es la nota que se pide cambiar. */
#ifndef CL_STUDENT_H
#define CL_STUDENT_H

#include "class/store.h"

/* Quien se llama `asked`, como está en la base, en memoria nueva: con su nombre exacto o, si solo hay una
 * persona que se llame así sin mirar tildes ni mayúsculas, esa. Nunca por medio nombre. NULL con el motivo,
 * que dice quiénes pueden ser; `out` es SALIDA. */
char *cl_student_named(struct cl_store *store, const char *asked, const char *out,
                       struct gr_error *err);

#endif
