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
    int files;     /* los descriptores que pide el laboratorio */
    bool sanitize; /* la usan todas */
    bool asan;     /* alguna prueba de las pedidas usa la versión con ASan */
    bool draw;     /* repite la primera que falla para ver qué hace cada tarea */
    enum box_rung rung;
};

/* Punto de entrada de `asinc-grade --juez DIR`. Cuenta por dónde va en la salida
 * estándar: «compila», «no_compila», «prueba», «fin ESTADO». */
int gr_judge_main(const char *dir);

/* Compila a la vez las versiones que hagan falta. 1 si compilan, 0 si no, -1 si falla el corrector.
 * Lo que dijo gcc queda en DIR/gcc.txt. */
int gr_build(const struct gr_order *order, struct gr_error *err);

/* La versión con ASan, si no está ya hecha. Como gr_build. */
int gr_build_asan(const struct gr_order *order, struct gr_error *err);

/* Corre la suite hasta el final. Devuelve su estado de espera, o -1. */
int gr_suite_run(const struct gr_order *order, struct gr_error *err);

/* En DIR: qué pruebas hacen falta antes que cada una (stage.c), y lo que dejan las que se repiten. */
#define GR_NEEDS "requiere"
#define GR_AGAIN "otra"

/* ---- explain.c ------------------------------------------------------------------- */

/* Cómo se repite una prueba para explicarla. */
struct gr_again {
    const char *tests;     /* como las entiende el filtro de Criterion */
    const char *directory; /* dónde deja los resultados, bajo DIR */
    const char *variable;  /* la que se pone en su entorno, "NOMBRE=valor" */
};

/* Empieza a correrlas; el pid, o -1. */
pid_t gr_suite_again(const struct gr_order *order, const struct gr_again *again);

/* Espera a que acabe y quita lo que deja la que muere de repente. Su estado de espera. */
int gr_suite_wait(pid_t suite);

/*
 * Repite alguna de las que fallaron, no para juzgarla otra vez sino para ver más: la que murió o no
 * para, con los sanitizadores; y la primera de las demás, apuntando qué hace cada tarea. Lo que dejan
 * queda en DIR/otra. Si algo sale mal no hay explicación, y la nota es la misma.
 */
void gr_explain(const struct gr_order *order);

/* Con este nombre ve gcc las fuentes: no se confunde con nada que escriba alguien. */
#define GR_BOX_SOURCE "_entrega_"

#endif
