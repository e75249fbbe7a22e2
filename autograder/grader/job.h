/* Un trabajo: calificar las fuentes de un laboratorio con su manifiesto y su suite. */
#ifndef GR_JOB_H
#define GR_JOB_H

#include "box/box.h"
#include "course/lab.h"
#include "grader/error.h"

#include <stdint.h>

/* Dónde lleva su semilla una entrega de una clase, junto a sus carpetas. */
#define GR_SEED_FILE "semilla"

/* ---- lo que se sabe de una prueba ------------------------------------------------ */

enum gr_verdict {
    GR_PASS,
    GR_FAIL,
    GR_UNCOMPILED,
    GR_TIMEOUT,
    GR_BROKEN, /* no calificado, por un fallo del corrector: sus puntos están en el máximo */
};

const char *gr_verdict_name(enum gr_verdict v); /* "bien", "fallo_corrector"... */

struct gr_result {
    const struct lab_test *test;
    enum gr_verdict verdict;
    int points;
    json_t *story;                  /* lista de cadenas */
    json_t *chronicle;              /* qué se vio y cuándo (chronicle_read.h), o NULL */
    double ms;                      /* lo que duró */
    const struct lab_test *blocked; /* la prueba de `requiere` que falta, o NULL */
};

/* ---- lo que se sabe de una etapa ------------------------------------------------- */

enum gr_reach {
    GR_REACHED, /* tiene todos sus puntos */
    GR_NEXT,    /* la primera a la que le faltan */
    GR_LATER,
};

struct gr_milestone {
    enum gr_reach reach;
    int points, max; /* solo de las pruebas que se corrieron */
    int ungraded;    /* puntos que no se pudieron calificar */
};

/* ---- el trabajo ------------------------------------------------------------------ */

/* Opciones comunes a todos los trabajos de una ejecución. */
struct gr_config {
    const char *from; /* árbol con las fuentes: "labs", "solutions"... */
    const char *only; /* una sola prueba, o NULL */
    const char *seed;
    bool brief;    /* solo lo primero que falla y en pocas líneas, y no cada prueba */
    bool lean;     /* en los resultados, solo las cronologías de lo que falla */
    bool all;      /* enseña todas las pruebas, y no solo las de la etapa siguiente */
    bool right;    /* en la autoprueba, todo lo que está bien hecho */
    bool sanitize; /* todas las pruebas, con la versión con ASan */
    bool draw;     /* repite la primera que falla para ver qué hace cada tarea */
    enum box_rung rung; /* el peldaño de la caja en que se califica */
    bool exact;         /* en ese, o en ninguno */
    int neighbours;     /* calificaciones que se hacen a la vez que esta, contándola */
    long processes;     /* los que caben entre todas sus cajas */
    long ports;         /* los que puede tomar cada una, si la red es la de todos */
    char *group;        /* su grupo de control, como texto; NULL si no se puede tener */
    int claim; /* reserva a `uid` para esta calificación, si empezó como root */
    bool drop; /* somos root: el juez corre como uid y gid */
    uid_t uid;
    gid_t gid;
};

/* Qué fue de un trabajo. */
enum gr_phase { GR_WAITING, GR_COMPILING, GR_RUNNING, GR_DONE };

struct gr_job {
    const struct lab *lab;
    char *label;  /* para el progreso y la autoprueba */
    char *source; /* carpeta con las fuentes: "labs/07-monitor" */
    char *shown;  /* la que se nombra en los mensajes; casi siempre, la misma */
    char *only;   /* nombre de la única prueba que interesa, o NULL */
    size_t from,
        upto;         /* solo las pruebas de estas etapas, desde 1; con 0, las de todas */
    char *dir;        /* carpeta del trabajo dentro de la zona privada */
    char *repro;      /* orden que repite la calificación: "make grade LAB=07" */
    const char *seed; /* de quien llama */

    /* Lo que se sabe al terminar. */
    enum gr_phase phase;
    bool compiles;
    bool built;       /* el juez terminó de compilar, bien o mal */
    bool timed_out;   /* el padre tuvo que matar al juez */
    int suite_status; /* estado de espera de la suite; -1 si no llegó a acabar */
    char *missing;    /* por qué no hay fuentes que compilar, o NULL */
    char *fault;      /* por qué el corrector no puede ni empezar, o NULL */
    char *altered;    /* lo entregado que debía ser como lo da el laboratorio, o NULL */
    char *gcc;        /* lo útil de lo que dijo gcc, o NULL */

    struct gr_result *results;
    size_t n_results;
    struct gr_milestone *milestones; /* tantas como `lab->n_milestones` */
    enum gr_verdict verdict;
    int points, max;
    int ungraded;              /* puntos que no se pudieron calificar */
    double compile_ms, run_ms; /* lo que tardó cada cosa */

    /* Solo mientras corre; de jobs.c. */
    gid_t group; /* en BOX_ISOLATED, el de sus programas, y lo que lo guarda */
    int claim;
    pid_t pid;
    int out;
    char line[64];
    size_t line_len;
    double deadline_ms;
    double phase_ms; /* cuándo empezó esta fase */
};

/* ¿Es una de las que se piden? */
bool gr_job_wants(const struct gr_job *job, const struct lab_test *test);

void gr_job_free(struct gr_job *job);

#endif
