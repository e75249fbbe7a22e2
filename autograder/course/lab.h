/* Un laboratorio, labs/NN-nombre/, como lo cuenta su .grader/lab.json.
 *
 * Es el único sitio que lee ese archivo. Lo escribe quien prepara el curso y se valida entero,
 * también las claves de más: una errata en "requiere" regalaría puntos. */
#ifndef COURSE_LAB_H
#define COURSE_LAB_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* Una prueba del manifiesto. Las cadenas son de `lab.json`. */
struct lab_test {
    const char *name;
    const char *title;
    const char *read; /* sección que ayuda, o NULL */
    int points;
    size_t milestone; /* la etapa a la que pertenece, desde 0; nunca baja de una a otra */
    bool asan;        /* usa también el programa compilado con ASan y UBSan */
    size_t *needs;    /* índices de las pruebas que deben pasar antes */
    size_t n_needs;
};

struct lab {
    json_t *json;
    char *dir; /* nombre de la carpeta: "07-monitor" */
    const char *id;
    const char *title;
    const char *program;
    const char *chapter;
    const json_t *chapters; /* los que hay que haber leído: ["03", "05"]; o NULL */
    const char
        *withstands; /* lo que aguanta el programa de quien lo tiene entero, o NULL */
    const char *
        writes; /* qué se escribe y qué tiene de difícil, como se cuenta en las tablas del */
    const char *hard; /* curso: "vigila sitios web y avisa cuando caen"; o NULL */
    const char **sources;
    size_t n_sources;
    const char **given; /* archivos que da el laboratorio: se compilan con las fuentes */
    size_t n_given;
    bool database; /* sus pruebas usan PostgreSQL */
    int files;     /* los descriptores que hay que poder abrir para calificarlo */
    const char **milestones; /* títulos de las etapas, en orden; todas tienen pruebas */
    size_t n_milestones;
    struct lab_test *tests;
    size_t n_tests;
    int seconds; /* plazo de la suite entera: pasado, está atascada */
};

/* Holgado a propósito: cada prueba tiene su plazo, este solo evita esperar siempre. */
#define LAB_SUITE_SECONDS 600

/* Los descriptores que bastan si el laboratorio no dice otra cosa. */
#define LAB_FILES 256

/* Lee y valida el lab.json `path` del laboratorio cuya carpeta se llama `dir`. 0, o -1 con el motivo
 * (qué, dónde, qué se esperaba) en `*why`, en memoria nueva. */
int lab_load(struct lab *lab, const char *path, const char *dir, char **why);
void lab_free(struct lab *lab);

/* Índice de la prueba `name`, o -1. */
ssize_t lab_find(const struct lab *lab, const char *name);

/* ¿Se refiere `which` ("07", "7", "07-monitor") a la carpeta "07-monitor", o al número "07"? Los
 * capítulos se nombran igual. */
bool course_named(const char *which, const char *dir);

/* Nombre de archivo o de prueba: corto, sin rutas y sin sorpresas para la terminal. */
bool lab_plain_name(const char *s, const char *extra);

/* ---- labs.c: los del curso ------------------------------------------------------------- */

struct labs {
    struct lab *v;
    size_t n;
};

/* Cómo acaba, si no es con 0; valen de código de salida. */
enum { LABS_USAGE = 2, LABS_BROKEN = 3 };

/* Qué laboratorios se cargan, además de «uno, por su nombre». */
#define LABS_COURSE NULL        /* los que dice curso.json; sin él, los que haya */
extern const char labs_every[]; /* los que haya, también los que aún no son del curso */

/* Carga, por orden, los laboratorios de labs/ que se piden: LABS_COURSE, labs_every o uno: "07", "7" o
 * "07-monitor". 0; LABS_USAGE, si no lo hay; o LABS_BROKEN, si algo está mal. El motivo, en `*why`, en
 * memoria nueva. */
int labs_load(struct labs *labs, const char *which, char **why);
void labs_free(struct labs *labs);

#endif
