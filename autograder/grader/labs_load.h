/* Los laboratorios del curso (course/lab.h), con los errores contados como aquí. */
#ifndef GR_LABS_LOAD_H
#define GR_LABS_LOAD_H

#include "course/lab.h"
#include "grader/error.h"

/* Como labs_load: 0, GR_EXIT_USAGE o GR_EXIT_FAILURE. */
int gr_labs_load(struct labs *labs, const char *which, struct gr_error *err);

#endif
