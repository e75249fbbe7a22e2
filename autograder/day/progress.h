/* El progreso de quien estudia: un archivo pequeño en la raíz del curso, que se escribe de una
 * vez y que `make clean` no borra.
 *
 * Si el archivo no se entiende, se aparta con otro nombre, se dice y se empieza uno nuevo: nunca
 * impide trabajar ni se pierde lo que tenía. Si no se puede escribir, se avisa y nada más. */
#ifndef DAY_PROGRESS_H
#define DAY_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>

#define DAY_PROGRESS ".progreso.json"

struct day_progress {
    json_t *root;
    int lock; /* mientras está abierto para cambiarlo, nadie más lo cambia; -1 si no */
    bool foreign; /* es de una versión posterior: no se toca */
};

/* Para leerlo; siempre sale bien, quizá vacío. */
void day_progress_read(struct day_progress *p);

/* Para cambiarlo. Espera a que acabe otro que lo esté cambiando. */
void day_progress_open(struct day_progress *p);

/* Lo guarda, si se abrió para cambiarlo, y lo suelta. */
void day_progress_close(struct day_progress *p);

/* ---- laboratorios: `dir` es el nombre de su carpeta, "07-monitor" ---------------------- */

struct day_points {
    int points, best, max; /* max es 0 si no se ha calificado nunca */
};
struct day_points day_lab_points(const struct day_progress *p, const char *dir);
void day_note_lab(struct day_progress *p, const char *dir, int points, int max);

/* Cuántas pistas se han enseñado de una prueba. */
int day_hints_shown(const struct day_progress *p, const char *dir, const char *test);
void day_note_hints(struct day_progress *p, const char *dir, const char *test, int shown);

/* ---- capítulos: `chapter` es el nombre de su carpeta ----------------------------------- */

bool day_exercise_done(const struct day_progress *p, const char *chapter,
                       const char *name);
void day_note_exercise(struct day_progress *p, const char *chapter, const char *name,
                       bool done);
bool day_chapter_read(const struct day_progress *p, const char *chapter);
void day_note_read(struct day_progress *p, const char *chapter);

/* ---- lo último que se hizo: "LAB=07" o "CAP=05"; NULL si no se sabe --------------------- */

const char *day_last(const struct day_progress *p);
void day_note_last(struct day_progress *p, const char *last);

#endif
