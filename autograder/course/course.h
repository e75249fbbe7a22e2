/* El curso de este año: autograder/curso.json, con sus fechas, su retraso y sus límites.
 *
 * Es el único sitio que lee ese archivo. Lo valida entero, también las claves de más, porque una
 * errata en una fecha publicaría una solución antes de tiempo o daría por tarde una entrega. */
#ifndef COURSE_COURSE_H
#define COURSE_COURSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define COURSE_FILE "autograder/curso.json"
/* Las soluciones que se publicaron antes de su fecha: cuándo, cuál y quién, una por línea. */
#define COURSE_LOG "autograder/adelantadas.txt"

struct course_lab {
    const char *id; /* "07" */
    int weight;     /* lo que pesa en la nota del curso, respecto a los demás */
    time_t due;     /* lo que llega después llega tarde */
    time_t published;
    const char *due_text; /* las dos fechas, como se escribieron */
    const char *published_text;
};

/* Las cadenas son de `json`. */
struct course {
    json_t *json;
    const char *title;
    struct course_lab *labs; /* por orden de `id` */
    size_t n_labs;
    struct {
        int grace_days;
        int percent_per_day;
        int percent_max;
    } late;
    struct {
        size_t archive_bytes;  /* de lo que se entrega, como llega */
        size_t unpacked_bytes; /* y desempaquetado */
        size_t files;
    } limits;
};

/* Lee y valida `path`. 0, o -1 con el motivo en `*why`, en memoria nueva: el archivo, la línea,
 * el campo y qué hay que escribir en él. */
int course_load(const char *path, struct course *course, char **why);
void course_free(struct course *course);

/* El laboratorio "07", o NULL. */
const struct course_lab *course_find(const struct course *course, const char *id);

/* Lo que le pasa a una entrega que llegó en `when`. */
struct course_late {
    int days;    /* días empezados desde que acabó la gracia; 0, a tiempo */
    int percent; /* de la nota, lo que pierde; 100 cuando la solución ya era pública */
};

struct course_late course_lateness(const struct course *course,
                                   const struct course_lab *lab, time_t when);

/* ¿Dice el registro `path` que la solución de `id` se adelantó? Sin registro, no. */
bool course_advanced(const char *path, const char *id);

/* Deja en `*why`, en memoria nueva, el motivo, y devuelve -1. */
int course_error(char **why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Una fecha con su zona, "2027-02-01T00:00:00+01:00". 0, o -1 si no es eso. */
int course_date(const char *text, time_t *when);

/* ---- locate.c ---------------------------------------------------------------------- */

/* En qué línea del JSON `text`, que está bien escrito, está el campo al que se llega por las
 * claves `keys`, acabadas en NULL; si no está, la de lo que lo contendría. */
int course_line(const char *text, const char *const keys[]);

#endif
