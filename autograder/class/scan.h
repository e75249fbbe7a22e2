/* Apuntar en la base qué ha entregado cada cual. */
#ifndef CL_SCAN_H
#define CL_SCAN_H

#include "class/gather.h"
#include "class/store.h"
#include "class/unpack.h"
#include "grader/manifest.h"

struct cl_scan {
    size_t delivered, rejected, missing; /* por alumno y laboratorio */
};

/* Abre las entregas de `class`, elige los archivos de cada laboratorio y lo apunta todo en una
 * transacción. La fecha de cada entrega es la que diga la lista de la clase o la plataforma; si
 * no, la del archivo comprimido, o la de lo que se bajó de Moodle. 0, o -1 con el motivo. */
int cl_scan(struct cl_store *store, const struct cl_class *class,
            const struct gr_labs *labs, const struct cl_limits *limits,
            struct cl_scan *scan, struct gr_error *err);

#endif
