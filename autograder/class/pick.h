/* De lo que hay en una entrega, cuáles son los archivos de cada laboratorio. */
#ifndef CL_PICK_H
#define CL_PICK_H

#include "class/unpack.h"
#include "grader/grader.h"

/* Lo que se va a calificar de un laboratorio. Los archivos son los de la entrega. */
struct cl_pick {
    const struct cl_file *
        *sources; /* tantos como declara el laboratorio, en su orden, o NULL */
    const struct cl_file *
        *given;     /* los que da el laboratorio, si venían; si no, NULL cada uno */
    char *why;      /* por qué no se puede calificar, o NULL */
    json_t *notes;  /* frases para quien entrega */
    bool found;     /* había algo del laboratorio, aunque no se pueda calificar */
    bool untouched; /* es el esqueleto, tal cual */
};

/* La regla. Las fuentes de un laboratorio salen todas de una carpeta, la primera que las tenga
 * todas por este orden:
 *   1. labs/07-monitor   2. 07-monitor   3. una que se llame 07, lab07, monitor...
 *   4. cualquiera, si ningún otro laboratorio pedido tiene un archivo con ese nombre
 * y, dentro de cada una, la menos honda. Lo que hay en lessons, common, autograder o libro, si no es
 * una de las dos primeras, es del curso y no cuenta. Una copia intacta del esqueleto solo cuenta si no
 * hay otra cosa. Si aun así quedan dos con contenido distinto, no se adivina: se rechaza y se dice. */
struct cl_pick cl_pick(const struct cl_bag *bag, const struct labs *labs, size_t which);
void cl_pick_free(struct cl_pick *pick);

#endif
