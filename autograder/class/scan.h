/* Apuntar en la base qué ha entregado cada cual. */
#ifndef CL_SCAN_H
#define CL_SCAN_H

#include "class/gather.h"
#include "class/store.h"
#include "class/unpack.h"
#include "grader/grader.h"

struct cl_scan {
    size_t delivered, rejected, missing; /* por alumno y laboratorio */
    size_t people, useless; /* quienes entregaron, y de quienes se rechaza todo */
};

struct cl_asked {
    const char *lab;    /* el que se pide, o NULL: todos */
    const char *roster; /* lo que dice alumnos.csv, o NULL: la lista de la base */
    bool one;           /* es una sola entrega, y no se pregunta de quién es */
    bool force;         /* aunque se pierdan notas o se rechace casi todo */
    bool anonymous;     /* de lo que se dice, nada dice de quién es */
};

/* Averigua de quién es cada entrega (identify.h), abre las de `class`, elige los archivos de cada
 * laboratorio y lo apunta todo en una transacción. La fecha de cada entrega es la que diga la lista de
 * la clase o la plataforma; si no, la del archivo comprimido, o la de lo que se bajó de Moodle. Si algún
 * punto ya ganado se perdería, o se rechaza a casi todos, no cambia nada y lo dice. También dice lo que, con
 * varios laboratorios, no es de ninguno y vale 0 en todos. 0, o -1 con el motivo. */
int cl_scan(struct cl_store *store, struct cl_class *class, const struct labs *labs,
            const struct cl_limits *limits, const struct cl_asked *asked,
            struct cl_scan *scan, struct gr_error *err);

#endif
