/* De quién es cada entrega: la lista de la clase, alumnos.csv, y lo que hacer sin ella.
 *
 * Con lista, cada entrega es de alguien que está en ella, y se sabe quién por lo que no se repite: su
 * número o su correo en la plataforma; si no, por su nombre, si es de una sola persona. De lo que no se
 * sabe se pregunta: queda sin calificar, en la tabla «sin_identificar». Nunca se adivina.
 * Sin lista, cada cual es el nombre con que llegó, y dos que se llaman igual son un error.
 *
 * Las columnas de alumnos.csv. Solo la primera es obligatoria; en una casilla puede haber varios valores
 * separados por «|».
 *   alumno      el nombre con que se le nombra en todas partes, distinto de los demás
 *   correo, numero, grupo
 *   moodle, canvas, github, gradescope    sus nombres y números en cada sitio
 *   fecha       cuándo entregó, si no lo dice la plataforma
 *   prorroga, «prorroga 07»    hasta cuándo puede entregar; la primera, del laboratorio que se califica
 *
 * La lista se guarda en la base: con la misma SALIDA vale para los demás laboratorios. */
#ifndef CL_IDENTIFY_H
#define CL_IDENTIFY_H

#include "class/gather.h"
#include "class/store.h"

#define CL_ROSTER "alumnos.csv"

/* Guarda la lista `text`, o si es NULL usa la que haya, y pone a cada entrega de `class` el nombre de
 * quien es. Las que no se sabe de quién son salen de `class`; quien está en la lista y no entregó, entra.
 * `lab` es el que se califica, o NULL. 0, o -1 con el motivo. */
int cl_identify(struct cl_store *store, struct cl_class *class, const char *text,
                const char *lab, struct gr_error *err);

/* Con las entregas ya apuntadas: deja de preguntar por lo que se calificó desde otra carpeta, y por lo de
 * una que ya no está. */
int cl_identify_forget(struct cl_store *store, struct gr_error *err);

#endif
