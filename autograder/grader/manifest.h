/* El manifiesto de un laboratorio: labs/NN-nombre/.grader/lab.json. */
#ifndef GR_MANIFEST_H
#define GR_MANIFEST_H

#include "grader/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* Una prueba del manifiesto. Las cadenas son de `gr_lab.json`. */
struct gr_test {
    const char *name;
    const char *title;
    const char *read; /* sección que ayuda, o NULL */
    int points;
    size_t milestone; /* la etapa a la que pertenece, desde 0; nunca baja de una a otra */
    bool asan;        /* usa también el programa compilado con ASan y UBSan */
    size_t *needs;    /* índices de las pruebas que deben pasar antes */
    size_t n_needs;
};

struct gr_lab {
    json_t *json;
    char *dir; /* nombre de la carpeta: "07-monitor" */
    const char *id;
    const char *title;
    const char *program;
    const char *chapter;
    const char **sources;
    size_t n_sources;
    const char **given; /* archivos que da el laboratorio: se compilan con las fuentes */
    size_t n_given;
    const char **milestones; /* títulos de las etapas, en orden; todas tienen pruebas */
    size_t n_milestones;
    struct gr_test *tests;
    size_t n_tests;
    int seconds; /* plazo de la suite entera: pasado, está atascada */
};

/* Holgado a propósito: cada prueba tiene su plazo, este solo evita esperar siempre. */
#define GR_SUITE_SECONDS 600

/* Lee y valida el manifiesto `path` del laboratorio cuya carpeta se llama `dir`.
 * 0, o -1 con el motivo (qué, dónde, qué se esperaba) en `err`. */
int gr_lab_load(struct gr_lab *lab, const char *path, const char *dir,
                struct gr_error *err);
void gr_lab_free(struct gr_lab *lab);

/* Índice de la prueba `name`, o -1. */
ssize_t gr_lab_find(const struct gr_lab *lab, const char *name);

/* Nombre de archivo o de prueba: corto, sin rutas y sin sorpresas para la terminal. */
bool gr_plain_name(const char *s, const char *extra);

/* ---- labs.c ---------------------------------------------------------------------- */

struct gr_labs {
    struct gr_lab *v;
    size_t n;
};

/* Carga los laboratorios de `labs/` en orden; `which` (NULL = todos) elige uno:
 * "07", "7" o "07-monitor". Devuelve 0, GR_EXIT_USAGE o GR_EXIT_FAILURE. */
int gr_labs_load(struct gr_labs *labs, const char *which, struct gr_error *err);
void gr_labs_free(struct gr_labs *labs);

#endif
