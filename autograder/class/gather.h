/* Qué entregas hay en ENTREGAS y de quién es cada una. */
#ifndef CL_GATHER_H
#define CL_GATHER_H

#include "class/names.h"
#include "class/unpack.h"
#include "grader/grader.h"

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
    bool late; /* la plataforma dice que llegó tarde, y no cuándo */
    struct cl_part *parts;
    size_t n; /* 0: está en la lista de la clase y no entregó nada */
    time_t date;
    const char *date_from; /* quién dice la fecha, o NULL si no se sabe */
    time_t due;            /* hasta cuándo podía, si lo dice la plataforma; o 0 */
    const char
        *due_from; /* quién dice si puede hasta otra fecha, o NULL si no lo dice nadie */
};

struct cl_class {
    char *given; /* ENTREGAS, entera: la lista y las hojas de la clase solo están ahí */
    char *folder; /* donde están las entregas: ENTREGAS, o la descarga que hay en ella */
    struct cl_submission *v; /* por orden de nombre */
    size_t n;
};

/* Mira `dir`; si solo hay dentro una carpeta, y todo lo que hay en ella es la descarga de una
 * plataforma, esa. Pero una así la puede entregar cualquiera: si trae una lista, una hoja o un YAML, se niega y
 * dice qué hacer; con `listed`, que ya hay otra lista, la suya no cuenta. Lo que dice de cada entrega:
 *   el nombre                 names.h
 *   submission_metadata.yml   de Gradescope: gradescope.c
 *   los .csv de `dir`         la hoja de calificaciones de Moodle: moodle.c
 * De quién es cada una lo decide identify.h; la fecha de un archivo comprimido, o la de lo que se baja de
 * Moodle, la pone scan.c. */
int cl_gather(struct cl_class *class, const char *dir, bool listed,
              const struct cl_limits *limits, struct gr_error *err);
void cl_class_free(struct cl_class *class);
void cl_class_sort(struct cl_class *class);

/* Añade una entrega vacía. */
struct cl_submission *cl_class_add(struct cl_class *class, const char *student);
/* Pone en `to`, que solo tiene nombre, todo lo demás que dice `from`. */
void cl_submission_copy(struct cl_submission *to, const struct cl_submission *from);
void cl_submission_free(struct cl_submission *s);

/* El archivo `name` de `folder`, en memoria nueva, o NULL si no está. -1 con el motivo si no se puede
 * leer. */
int cl_gather_text(const char *folder, const char *name, char **text,
                   struct gr_error *err);

/* ---- gradescope.c ---------------------------------------------------------------------- */

/* Completa con `text`, el de submission_metadata.yml, las entregas que vienen de Gradescope; una de
 * un grupo se vuelve una por persona. -1 con el motivo si no se entiende o no dice de quién es ninguna. */
int cl_gradescope(struct cl_class *class, const char *text,
                  const struct cl_limits *limits, struct gr_error *err);

/* Una clase de una entrega, la carpeta `dir`, que se llama CL_ONE: nada de lo que hay dentro dice de
 * quién es ni cuándo llegó. Lo dice `metadata`, el de submission_metadata.json, o nadie si es NULL. */
#define CL_ONE "entrega"
int cl_gather_one(struct cl_class *class, const char *dir, const char *metadata,
                  struct gr_error *err);

#endif
