/*
 * grader.h — lo que comparten las piezas del corrector (`asinc-grade`).
 *
 * Calificar un laboratorio es un «trabajo»: unas fuentes, un manifiesto y una suite.
 *
 *   main.c       opciones y flujo
 *   manifest.c   labs/NN-nombre/.grader/lab.json -> struct gr_lab
 *   stage.c      copia lo declarado, y nada más, a una carpeta privada
 *   jobs.c       un juez por trabajo, dentro de la caja exterior; progreso y Ctrl+C
 *   judge.c      el juez: compila (build.c) y corre la suite (suite.c)
 *   collect.c    recoge con desconfianza lo que dejaron el juez y la suite
 *   score.c      puntos y veredictos
 *   report_*.c   terminal y resultados.json
 *   selftest.c   --autoprueba: califica al propio corrector
 *   mutant.c     la solución con un error a propósito
 *   golden.c     las historias de los mutantes, guardadas para revisarlas
 *
 * El juez es este mismo programa vuelto a ejecutar: dentro de la caja exterior no queda
 * nada del padre salvo las carpetas del trabajo, y matar la caja mata todo lo que lanzó.
 * Quien decide los puntos es el padre, que nunca ejecuta código del estudiante.
 */
#ifndef GR_GRADER_H
#define GR_GRADER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Códigos de salida de asinc-grade. */
enum {
    GR_EXIT_OK = 0,
    GR_EXIT_BELOW = 1, /* --estricto y falta algún punto */
    GR_EXIT_USAGE = 2,
    GR_EXIT_FAILURE = 3, /* falló el corrector, no el estudiante */
    GR_EXIT_INTERRUPT = 130,
};

/* Explicación de un error, lista para mostrar; la rellena quien falla. */
struct gr_error {
    char text[1024];
};

/* Escribe la explicación en `err` y devuelve -1, para `return gr_error(...)`. */
int gr_error(struct gr_error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- manifest.c ------------------------------------------------------------------- */

/* Una prueba del manifiesto. Las cadenas son de `gr_lab.json`. */
struct gr_test {
    const char *name;
    const char *title;
    const char *read; /* sección que ayuda, o NULL */
    int points;
    bool asan;     /* usa también el programa compilado con ASan y UBSan */
    size_t *needs; /* índices de las pruebas que deben pasar antes */
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

struct gr_labs {
    struct gr_lab *v;
    size_t n;
};

/* Carga los laboratorios de `labs/` en orden; `which` (NULL = todos) elige uno:
 * "07", "7" o "07-monitor". Devuelve 0, GR_EXIT_USAGE o GR_EXIT_FAILURE. */
int gr_labs_load(struct gr_labs *labs, const char *which, struct gr_error *err);
void gr_labs_free(struct gr_labs *labs);

/* ---- resultados ------------------------------------------------------------------- */

enum gr_verdict {
    GR_BIEN,
    GR_MAL,
    GR_NO_COMPILA,
    GR_TIEMPO,
    GR_FALLO, /* fallo del corrector: sus puntos no cuentan, ni a favor ni en contra */
};

const char *gr_verdict_name(enum gr_verdict v); /* "bien", "fallo_corrector"... */

struct gr_result {
    const struct gr_test *test;
    enum gr_verdict verdict;
    int points;
    int max;                       /* 0 si no se pudo calificar */
    json_t *story;                 /* lista de cadenas */
    const struct gr_test *blocked; /* la prueba de `requiere` que falta, o NULL */
};

/* ---- jobs.c, stage.c --------------------------------------------------------------- */

/* Opciones comunes a todos los trabajos de una ejecución. */
struct gr_config {
    const char *from; /* árbol con las fuentes: "labs", "solutions"... */
    const char *only; /* una sola prueba, o NULL */
    uint32_t seed;
    bool boxed; /* la caja funciona y se usa */
    bool drop;  /* somos root: el juez corre como uid y gid */
    uid_t uid;
    gid_t gid;
};

struct gr_stage {
    char *root;  /* carpeta privada; gr_stage_close la borra */
    char *build; /* build/: de aquí salen suites y bibliotecas */
    char *own;   /* build/VARIANTE de este mismo programa */
};

/* Qué fue de un trabajo. */
enum gr_phase { GR_WAITING, GR_COMPILING, GR_RUNNING, GR_DONE };

struct gr_job {
    const struct gr_lab *lab;
    char *label;  /* para el progreso y la autoprueba */
    char *source; /* carpeta con las fuentes: "labs/07-monitor" */
    char *shown;  /* la que se nombra en los mensajes; casi siempre, la misma */
    char *only;   /* nombre de la única prueba que interesa, o NULL */
    char *dir;    /* carpeta del trabajo dentro de la zona privada */
    char *repro;  /* orden que repite la calificación: "make grade LAB=07" */
    uint32_t seed;

    /* Lo que se sabe al terminar. */
    enum gr_phase phase;
    bool compiles;
    bool built;       /* el juez terminó de compilar, bien o mal */
    bool timed_out;   /* el padre tuvo que matar al juez */
    int suite_status; /* estado de espera de la suite; -1 si no llegó a acabar */
    char *missing;    /* por qué no hay fuentes que compilar, o NULL */
    char *fault;      /* por qué el corrector no puede ni empezar, o NULL */
    char *gcc;        /* lo útil de lo que dijo gcc, o NULL */

    struct gr_result *results;
    size_t n_results;
    enum gr_verdict verdict;
    int points, max;
    int ungraded; /* puntos que no se pudieron calificar */

    /* Solo mientras corre; de jobs.c. */
    pid_t pid;
    int out;
    char line[64];
    size_t line_len;
    int64_t deadline_ms;
};

/* Crea la zona privada y copia lo común: este programa, el vigilante y la biblioteca. */
int gr_stage_open(struct gr_stage *stage, const struct gr_config *cfg,
                  struct gr_error *err);
void gr_stage_close(struct gr_stage *stage);

/* Crea la carpeta del trabajo y copia la suite y las fuentes declaradas. Si al estudiante
 * le falta un archivo, o al corrector la suite, no es un error: queda dicho en
 * `job->missing` o `job->fault`, y los demás laboratorios se califican. */
int gr_stage_job(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *job,
                 struct gr_error *err);

/* Copia a `to` los archivos regulares `sources` de `from`, sin seguir enlaces. Devuelve
 * NULL, o el motivo (en memoria nueva) por el que falta alguno. */
char *gr_copy_sources(const struct gr_lab *lab, const char *from, const char *to);

int gr_copy_file(const char *from, const char *to, mode_t mode, struct gr_error *err);
int gr_write_file(const char *path, const char *data, size_t len, struct gr_error *err);

/* Desde aquí, Ctrl+C espera a que gr_jobs_run lo atienda: nunca queda a medias la zona
 * privada. Se llama antes de crearla. */
void gr_jobs_hold_signals(void);

/* Corre todos los trabajos, varios a la vez. 0, GR_EXIT_INTERRUPT si llegó Ctrl+C (ya no
 * queda nada corriendo) o -1 con el motivo en `err`. */
int gr_jobs_run(struct gr_stage *stage, const struct gr_config *cfg, struct gr_job *jobs,
                size_t n, struct gr_error *err);
void gr_job_free(struct gr_job *job);

/* ---- judge.c, build.c, suite.c: dentro de la caja exterior --------------------------
 */

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
    bool asan; /* alguna prueba de las pedidas usa la versión con ASan */
    bool boxed;
};

/* Punto de entrada de `asinc-grade --juez DIR`. Cuenta por dónde va en la salida
 * estándar: «compila», «no_compila», «prueba», «fin ESTADO». */
int gr_judge_main(const char *dir);

/* Compila a la vez las versiones que hagan falta. 1 si compilan, 0 si no, -1 si falla el corrector.
 * Lo que dijo gcc queda en DIR/gcc.txt. */
int gr_build(const struct gr_order *order, struct gr_error *err);

/* Corre la suite hasta el final. Devuelve su estado de espera, o -1. */
int gr_suite_run(const struct gr_order *order, struct gr_error *err);

/* ---- collect.c, score.c, diag.c ------------------------------------------------------
 */

/* Recoge los resultados de un trabajo terminado y le pone veredicto y puntos. */
void gr_collect(struct gr_job *job);

/* Aplica `requiere`, suma y decide el veredicto del laboratorio. */
void gr_score(struct gr_job *job);

/* Deja en memoria nueva lo útil de lo que dijo gcc: solo errores si los hay, si no los
 * avisos; rutas como las conoce el estudiante; longitud acotada. NULL si no dijo nada. */
char *gr_diag_trim(const char *gcc, const char *shown);

/* Con este nombre ve gcc las fuentes: no se confunde con nada que escriba alguien. */
#define GR_BOX_SOURCE "_entrega_"

/* ---- informes ------------------------------------------------------------------------
 */

/* Escribe DIR/resultados.json de una vez: quien lo lea nunca ve medio archivo. */
int gr_report_json(const struct gr_job *jobs, size_t n, const char *dir,
                   struct gr_error *err);

/* La tabla, las primeras historias y el total; termina con gr_report_next. */
void gr_report_term(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg, int64_t elapsed_ms);

/* La historia de una prueba que no pasó, sin colores y sin partir en líneas. */
void gr_report_story(FILE *out, const struct gr_job *job, const struct gr_result *result);

/* Un solo paso que dar ahora, con el archivo que abrir y la orden que teclear. */
void gr_report_next(FILE *out, const struct gr_job *jobs, size_t n,
                    const struct gr_config *cfg);

/* ¿Sigue sin empezar? Nombre de la fuente con el primer TODO y su línea, o NULL. */
const char *gr_first_todo(const struct gr_job *job, int *line);

/* Estilos de terminal; vacíos si la salida no es una terminal o hay NO_COLOR. */
struct gr_style {
    const char *bold, *dim, *good, *bad, *warn, *off;
};
struct gr_style gr_style_for(FILE *out);

/* ---- selftest.c, mutant.c, golden.c --------------------------------------------------
 */

/* Qué se hace con las historias de los mutantes. Comparadas o renovadas llevan siempre la
 * misma semilla; sin comparar, la de cfg. */
enum gr_stories { GR_COMPARE, GR_IGNORE, GR_RENEW };

/* --autoprueba: TAP en la salida estándar. Con GR_RENEW solo corre los mutantes, y dice
 * qué archivos escribe y borra. Código de salida. */
int gr_selftest(const struct gr_labs *labs, struct gr_stage *stage,
                const struct gr_config *cfg, enum gr_stories stories,
                struct gr_error *err);

/* Deja en `job->source` la solución con el parche `dir`/`patch`, y en `job->only` la prueba
 * que debe caer. NULL, o qué lo impide. */
char *gr_mutant_make(struct gr_job *job, const char *dir, const char *patch);

/* Lo que lee en la terminal quien comete el error de un mutante, sin lo que cambia de una
 * vez a otra. `job` tiene un solo resultado, y no es «bien». */
char *gr_golden_text(const struct gr_job *job);

/* labs/NN-x/.grader/historias/MUTANTE.txt */
char *gr_golden_path(const struct gr_lab *lab, const char *mutant);

/* NULL si `told` cuenta lo mismo que la historia guardada; si no, en qué cambia. */
char *gr_golden_check(const char *path, const char *told);

int gr_golden_write(const struct gr_lab *lab, const char *path, const char *told,
                    struct gr_error *err);

/* Las historias guardadas sin mutante (NULL si ninguna); con `drop`, las borra. */
char *gr_golden_orphans(const struct gr_lab *lab, bool drop);

/* ---- text.c --------------------------------------------------------------------------
 */

/* Anchura en columnas de un texto UTF-8 (sin caracteres de doble ancho). */
size_t gr_text_width(const char *s);

/* Copia con los controles y los bytes que no son UTF-8 a la vista (`\x1b`): un programa
 * no puede mover el cursor de quien lee su informe. Respeta `\n` y `\t`. */
char *gr_text_clean(const char *s);

/* Escribe `text` en líneas de hasta `cols` columnas: la primera tras `first`, las demás
 * tras tantos espacios como ocupa. No parte palabras ni líneas que empiezan por espacio.
 */
void gr_text_wrap(FILE *out, const char *first, const char *text, size_t cols);

/* Milisegundos del reloj que nadie pone en hora. */
int64_t gr_now_ms(void);

/* printf en memoria nueva. Sin memoria el programa termina: nada útil se puede hacer. */
char *gr_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *gr_alloc(size_t n, size_t size);
void *gr_grow(void *list, size_t n, size_t size);

#endif
