/* El juez: este mismo programa, vuelto a ejecutar dentro de la caja exterior. Compila y corre
 * la suite; no sabe nada de puntos. */
#ifndef GR_JUDGE_H
#define GR_JUDGE_H

#include "box/box.h"
#include "grader/error.h"

#include <jansson.h>
#include <stdbool.h>

/* La orden que el padre deja al juez en DIR/orden.json. */
struct gr_order {
    json_t *json;
    json_t *sources;
    const char *dir;
    const char *root;
    const char *shown; /* carpeta de las fuentes tal como la conoce el estudiante */
    const char *program;
    const char *only;
    const char *repro;
    const char *seed;
    int n_tests;
    bool sanitize; /* la usan todas */
    bool asan;     /* alguna prueba de las pedidas usa la versión con ASan */
    enum box_rung rung;
};

/* Punto de entrada de `asinc-grade --juez DIR`. Cuenta por dónde va en la salida
 * estándar: «compila», «no_compila», «prueba», «fin ESTADO». */
int gr_judge_main(const char *dir);

/* Compila a la vez las versiones que hagan falta. 1 si compilan, 0 si no, -1 si falla el corrector.
 * Lo que dijo gcc queda en DIR/gcc.txt. */
int gr_build(const struct gr_order *order, struct gr_error *err);

/* Corre la suite hasta el final. Devuelve su estado de espera, o -1. */
int gr_suite_run(const struct gr_order *order, struct gr_error *err);

/* ---- diag.c ---------------------------------------------------------------------- */

/* Deja en memoria nueva lo útil de lo que dijo gcc: solo errores si los hay, si no los
 * avisos; rutas como las conoce el estudiante; longitud acotada. NULL si no dijo nada. */
char *gr_diag_trim(const char *gcc, const char *shown);

/* Con este nombre ve gcc las fuentes: no se confunde con nada que escriba alguien. */
#define GR_BOX_SOURCE "_entrega_"

#endif
