/* Qué entregas hay en ENTREGAS y de quién es cada una. */
#ifndef CL_GATHER_H
#define CL_GATHER_H

#include "class/names.h"
#include "grader/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* Un archivo o carpeta de una entrega. */
struct cl_part {
    char *path;
    char *name; /* como lo llamó quien entrega */
    bool is_dir;
};

struct cl_submission {
    char *student;
    char *email, *number; /* o NULL */
    char *delivery;       /* el número de la entrega en la plataforma, o NULL */
    char *origin;         /* su nombre en ENTREGAS */
    enum cl_platform platform;
    struct cl_part *parts;
    size_t n; /* 0: está en la lista de la clase y no entregó nada */
    time_t date;
    const char *date_from; /* quién dice la fecha, o NULL si no se sabe */
};

struct cl_class {
    char *folder;            /* ENTREGAS, entera */
    struct cl_submission *v; /* por orden de nombre */
    size_t n;
};

/* Mira `dir` (si solo hay dentro una carpeta con una descarga de Moodle o de Gradescope, esa).
 * Lo que dice de cada quien, por este orden:
 *   alumnos.csv               columnas alumno y, si se quiere, correo, numero y fecha
 *   submission_metadata.yml   de Gradescope
 *   el nombre                 names.h
 * La fecha de un archivo comprimido, o la de lo que se baja de Moodle, la pone scan.c. */
int cl_gather(struct cl_class *class, const char *dir, struct gr_error *err);
void cl_class_free(struct cl_class *class);

/* ---- gradescope.c ---------------------------------------------------------------------- */

/* Completa con `text`, el de submission_metadata.yml, las entregas que vienen de Gradescope; una de
 * un grupo se vuelve una por persona. */
int cl_gradescope(struct cl_class *class, const char *text, struct gr_error *err);

/* Añade una entrega vacía. */
struct cl_submission *cl_class_add(struct cl_class *class, const char *student);

#endif
