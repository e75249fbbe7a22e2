/* `make watch`: probar lo que se guarda. watch.c decide cuándo; round.c, qué y cómo se cuenta. */
#ifndef DAY_WATCH_H
#define DAY_WATCH_H

#include "day/contents.h"
#include "day/practice.h"
#include "grader/grader.h"

#include <stdbool.h>
#include <stdint.h>

/* Lo que se vigila: un laboratorio o la práctica de un capítulo. */
struct day_target {
    const struct lab *lab; /* NULL si es práctica */
    const struct day_chapter *chapter;
    char *dir;      /* "labs/07-monitor" */
    uint64_t print; /* cómo estaba la última vez que se probó; 0, nunca */
};

/* En qué se fue el tiempo, en milisegundos. */
struct day_times {
    double
        waited; /* desde el primer aviso hasta empezar: esperar a que acabe de guardarse */
    double compile; /* 0 si no se sabe */
    double run;
    double total; /* desde el primer aviso hasta el veredicto */
};

/* Una vuelta: todo lo que se prueba después de guardar. */
struct day_round {
    const struct day_target *target;
    char *const *grader; /* la orden que califica, sin decir qué; acaba en NULL */
    char *saved; /* el archivo que se guardó, o NULL: se pidió, o es la primera */
    char *focus; /* la prueba que se mira antes, o el ejercicio que se enseña; NULL */
    bool alone;  /* ahora corre solo `focus` */
    bool early;  /* antes de esto ya corrió solo */
    double first_ms, start_ms,
        wall_start; /* primer aviso, arranque, y este con la hora */
    int before;     /* puntos que había, o -1 */
};

/* La orden de esta parte de la vuelta; los elementos y el vector, en memoria nueva. */
char **day_round_command(const struct day_round *r);
void day_command_free(char **argv);

/* Cuenta cómo acabó esta parte: `output` y `status` son lo que dejó la orden. */
void day_round_put(const struct gr_screen *s, struct day_round *r, const char *output,
                   int64_t status);

/* ¿Falta otra parte? Si es así, la prepara. */
bool day_round_next(struct day_round *r);

/* La prueba que falla ahora, o el primer ejercicio que falta detrás de `after` (NULL, el primero),
 * en memoria nueva; NULL si no hay. */
char *day_target_focus(const struct day_target *t, const char *after);

/* La ayuda de la tecla h. */
void day_target_hint(const struct gr_screen *s, const struct day_target *t,
                     const char *focus);

/* «Laboratorio 07 · Monitor de sitios web», en memoria nueva. */
char *day_target_title(const struct day_target *t);

/* `make watch`. `which` es "LAB=07", "CAP=05" o ""; `grader`, la orden que califica. */
int day_watch(const char *which, bool ask, char *const *grader);

#endif
