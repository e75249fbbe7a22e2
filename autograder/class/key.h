/* La clave de una calificación: el SHA-256 de todo lo que decide la nota.
 *
 * Son los archivos de quien entrega; la suite, el manifiesto y lo que da el laboratorio; el
 * corrector, su vigilante y las bibliotecas con que se enlaza; y el compilador. Si nada de eso
 * cambia, la nota tampoco, y no se vuelve a calificar. */
#ifndef CL_KEY_H
#define CL_KEY_H

#include "base/seed.h"
#include "class/pick.h"
#include "grader/grader.h"

#include <stdbool.h>
#include <stddef.h>

#define CL_KEY_SIZE 65 /* 64 cifras hexadecimales y el final */

/* Lo que ponen de su parte el laboratorio y la máquina. 0, o -1 con el motivo. */
int cl_key_lab(const struct lab *lab, char digest[static CL_KEY_SIZE],
               struct gr_error *err);

/* La clave de unos archivos: los de `pick`, y de los dados solo los que `changed` señala. */
void cl_key(const char *lab_digest, const struct lab *lab, const struct cl_pick *pick,
            const bool *changed, char key[static CL_KEY_SIZE]);

/* La semilla con que se califica lo de esa clave: repetirlo en la misma SALIDA (`out`) da lo mismo,
 * y sin el secreto que hay en ella no se calcula. 0, o -1 con el motivo. */
int cl_key_seed(const char *out, const char *key, char seed[static AG_SEED_MAX + 1],
                struct gr_error *err);

#endif
