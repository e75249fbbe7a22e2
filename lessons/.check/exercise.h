/*
 * Los ejercicios de los capítulos: leerlos, ejecutarlos y decir qué les falta.
 *
 * Un ejercicio es lessons/NN-capítulo/practica/nombre.c. Empieza por un comentario:
 *
 *     1 · Predecir · 5 minutos           (o Arreglar, o Construir)
 *     ¿En qué orden escriben?
 *
 * En practica/.salidas, donde no tropieza con ella quien abre la carpeta, nombre.salida dice cómo
 * se ejecuta y qué debe escribir, como en los ejemplos; la respuesta está en
 * solutions/practica/NN-capítulo/nombre.c. Quien predice deja el programa como está y escribe lo
 * que espera de él entre las líneas «predicción:» y «fin» de un comentario.
 */
#ifndef LESSONS_EXERCISE_H
#define LESSONS_EXERCISE_H

#include "check.h"

enum exercise_kind { PREDICT, MEND, BUILD };

struct exercise {
    char *chapter; /* «05-tiempo-errores-y-cancelacion» */
    char *name;    /* «despedida» */
    char *source;  /* lessons/.../practica/despedida.c */
    char *expected;
    int number, minutes;
    enum exercise_kind kind;
};

struct exercises {
    struct exercise *list;
    size_t count;
};

/* Los de los capítulos que empiezan por `chapter` ("05"; "" todos), en orden. false, tras decir
 * por stderr cuál, si alguno está mal escrito. */
bool exercises_read(struct exercises *all, const char *root, const char *chapter);
void exercises_free(struct exercises *all);

/* «predecir», «arreglar» o «construir». */
const char *exercise_kind(const struct exercise *e);

/*
 * ¿Está hecho? `source` es el archivo que se juzga (el del lector o la respuesta) y `programs`,
 * la carpeta de su programa compilado, con los errores del compilador en nombre.err. NULL si
 * está hecho; si no, qué le falta, en una línea. Si lo para un sanitizer, hay una segunda: con qué
 * orden se ve su informe entero.
 */
char *exercise_judge(const struct exercise *e, const char *source, const char *programs,
                     long limit_ms);

/* Lo que un sanitizer encontró en un programa. */
struct memory_report {
    char *story;   /* «uso tras liberar en duenos.c:43» */
    size_t before; /* cuántas líneas escribió el programa antes del informe */
    bool leak;     /* las fugas se cuentan cuando el programa ya acabó */
};

/* Lo busca en lo que escribió el programa, y de paso le quita los colores. false si no hay. */
bool memory_report_find(struct memory_report *report, const struct exercise *e,
                        char *const *lines, size_t count);

/* Escribe nombre.salida con lo que escribe el programa de `programs`. false si no se pudo. */
bool exercise_record(const struct exercise *e, const char *programs, long limit_ms);

#endif
