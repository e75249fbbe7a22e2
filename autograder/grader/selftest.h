/* El corrector a examen: el esqueleto, la solución, las alternativas y los mutantes. */
#ifndef GR_SELFTEST_H
#define GR_SELFTEST_H

#include "grader/job.h"
#include "grader/stage.h"

/* Qué se hace con las historias guardadas, una por prueba. Comparadas o renovadas llevan
 * siempre la misma semilla; sin comparar, la de cfg. */
enum gr_stories { GR_COMPARE, GR_IGNORE, GR_RENEW };

/* --autoprueba: TAP en la salida estándar. Con GR_RENEW solo corre los mutantes
 * que cuentan una historia, y dice qué archivos escribe y borra. Código de salida. */
int gr_selftest(const struct labs *labs, struct gr_stage *stage,
                const struct gr_config *cfg, enum gr_stories stories,
                struct gr_error *err);

/* ---- los mutantes de un laboratorio ---------------------------------------------- */

struct gr_mutant {
    char *name;
    char *test; /* la que debe caer, según su parche, o NULL si no lo dice */
    int most;   /* los puntos de los que no debe pasar, o -1 si no lo dice */
    bool tells; /* suya es la historia de su prueba */
};

struct gr_mutants {
    const struct lab *lab;
    struct gr_mutant *v; /* por orden alfabético */
    size_t n;
};

void gr_mutants_load(struct gr_mutants *mutants, const struct lab *lab);
void gr_mutants_free(struct gr_mutants *mutants);

/* Deja en `job->source` la solución con el parche del mutante, y en `job->only` la prueba
 * que debe caer. */
int gr_mutant_make(struct gr_job *job, const struct gr_mutant *mutant,
                   struct gr_error *err);

/* Deja en `job->source` lo que hay en `dir` para la etapa `stage`: cada fuente, tras un «#define
 * ETAPA n». */
int gr_partial_make(struct gr_job *job, const char *dir, size_t stage,
                    struct gr_error *err);

/* ---- las historias guardadas ----------------------------------------------------- */

/* Lo que lee en la terminal quien comete el error de `mutant`, sin lo que cambia de una
 * vez a otra. `job` tiene un solo resultado, y no es «bien». */
char *gr_golden_text(const struct gr_job *job, const char *mutant);

/* `story` (que se libera) sin lo que cambia de una vez a otra. */
char *gr_golden_tidy(char *story);

/* labs/NN-x/.grader/historias/PRUEBA.txt */
char *gr_golden_path(const struct lab *lab, const char *test);

/* El mutante que nombra la historia guardada de `test`, o NULL. */
char *gr_golden_teller(const struct lab *lab, const char *test);

/* NULL si `told` cuenta lo mismo que la historia guardada; si no, en qué cambia. */
char *gr_golden_check(const char *path, const char *told);

int gr_golden_write(const struct lab *lab, const char *path, const char *told,
                    struct gr_error *err);

/* Las historias guardadas de pruebas en las que no cae ningún mutante (NULL si ninguna);
 * con `drop`, las borra. */
char *gr_golden_orphans(const struct gr_mutants *mutants, bool drop);

#endif
