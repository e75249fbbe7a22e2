/* Las unidades de trabajo: calificar lo entregado por alguien de un laboratorio.
 *
 * Cada una es una carpeta, SALIDA/trabajo/CLAVE/, con los archivos en CLAVE/07-monitor/ y la semilla
 * en CLAVE/semilla, y no en la orden, porque en una caja menor el programa las ve todas. La
 * califica un `asinc-grade --clase`, que deja CLAVE/resultados.json escrito con otro nombre y
 * luego renombrado: si está, está entero. Si el corrector falla dos veces, queda CLAVE/fallo.txt.
 * Así da igual quién lo ejecute, esta máquina u otra: quien lleva la base solo recoge. */
#ifndef CL_UNITS_H
#define CL_UNITS_H

#include "class/store.h"
#include "grader/grader.h"

#include <stddef.h>

#define CL_WORK  "trabajo"
#define CL_DRAFT "notas" /* dentro, las notas a medio escribir */

struct cl_unit {
    const char *key, *lab; /* el laboratorio, «07» */
    double seconds;        /* lo que tardó, al terminar */
};

/* ---- unit.c: con la base ---------------------------------------------------------------- */

/* Hace la carpeta de la unidad, con los archivos que guarda la base. */
int cl_unit_prepare(struct cl_store *store, const char *out, const struct labs *labs,
                    const struct cl_unit *unit, struct gr_error *err);

/* Cómo acabó una unidad. */
struct cl_outcome {
    bool graded;
    int points, max;
    char why[256]; /* si no, por qué */
};

/* Guarda en la base lo que dejó la unidad y borra su carpeta. 1, 0 si no ha acabado, o -1. */
int cl_unit_collect(struct cl_store *store, const char *out, const struct cl_unit *unit,
                    struct cl_outcome *outcome, struct gr_error *err);

/* Recoge lo que una ejecución anterior, u otra máquina, dejó terminado, y borra lo demás. */
int cl_units_recover(struct cl_store *store, const char *out, struct gr_error *err);

/* ---- pool.c: sin la base ---------------------------------------------------------------- */

struct cl_pool {
    const char *out;  /* SALIDA */
    const char *rung; /* la caja, por su nombre */
    size_t jobs;      /* cuántas a la vez */
    struct cl_unit *units;
    size_t n;
    /* Justo antes de empezar una y justo después de acabar. -1 para con el motivo en `err`. */
    int (*before)(struct cl_pool *pool, size_t unit, struct gr_error *err);
    int (*after)(struct cl_pool *pool, size_t unit, struct gr_error *err);
    void (*tick)(struct cl_pool *pool); /* varias veces por segundo */
    void *context;
};

/* Califica todas. GR_EXIT_OK, GR_EXIT_INTERRUPT (Ctrl+C: no queda nada en marcha) o
 * GR_EXIT_FAILURE con el motivo. */
int cl_pool_run(struct cl_pool *pool, struct gr_error *err);

/* Las que conviene tener a la vez en esta máquina: calificar es sobre todo esperar. */
size_t cl_pool_default(void);

#endif
