/*
 * Comprueba que los capítulos dicen la verdad: el código que enseñan es el que se compila, la
 * salida que enseñan es la que sale, y sus enlaces llevan a algún sitio.
 *
 * En el Markdown, una marca invisible precede a cada bloque:
 *
 *   <!-- fragmento: archivo.c#region -->    ```c con esa región del archivo
 *   <!-- fragmento: archivo.c -->           ```c con el archivo entero
 *   <!-- salida: ./programa args -->        ```console con «$ ./programa args» y lo que escribe
 *   <!-- salida real: ./programa -->        lo mismo, con el reloj de verdad y no el virtual: los
 *                                           tiempos que dice pueden ser ahora mayores
 *   <!-- salida postgres: ./programa -->    como la real, con un PostgreSQL de usar y tirar
 *   <!-- traza: ./programa args -->         ![...](dibujos/x.svg), dibujado de esa ejecución
 *   <!-- ilustrativo: por qué -->           código que no se compila o salida que no se repite
 *
 * Una región del C va entre las líneas de comentario [region] y [/region]; las marcas no se
 * enseñan. Junto a cada ejemplo.c está ejemplo.salida: «$ ./ejemplo» y lo que escribe. Con el
 * reloj virtual debe escribir lo mismo cada vez, y en un momento.
 *
 * El PostgreSQL lo pone common/tests/pg_cluster.sh. Donde no está instalado, esas salidas no se
 * comprueban, y el archivo que las lleva lo dice con un «# SKIP».
 */
#ifndef LESSONS_CHECK_H
#define LESSONS_CHECK_H

#include <stdbool.h>
#include <stdio.h>

/* Un archivo partido en líneas, sin sus saltos. */
struct text {
    char *bytes;
    char **lines;
    size_t count;
};

/* Lo que se va sabiendo de un archivo; se enseña al acabar con él. */
struct report {
    FILE *out;
    char *notes;
    size_t size;
    int errors;
    int skipped; /* salidas que no se pudieron comprobar: falta PostgreSQL */
    int real;    /* salidas con el reloj de verdad */
    bool updated;
};

/* Las salidas de qué reloj: las del de verdad piden la máquina para ellas solas. */
enum clock { CLOCK_ANY, CLOCK_VIRTUAL, CLOCK_REAL };

struct options {
    const char *root;     /* raíz del curso */
    const char *programs; /* donde están compilados los ejemplos, reflejo de lessons/ */
    const char *drawer;   /* el programa que dibuja trazas */
    long limit_ms;        /* lo que puede tardar un ejemplo */
    int runs;             /* veces que un ejemplo debe escribir lo mismo */
    bool write;           /* reescribir en lugar de quejarse */
    enum clock clock;     /* qué salidas se miran */
};

/* Cómo acabó un programa de ejemplo. */
enum run_end { RUN_DONE, RUN_MISSING, RUN_TIMEOUT };

/* ---- strings.c ----------------------------------------------------------------------- */

/* Lee un archivo. false si no se puede; errno dice por qué. */
bool text_read(struct text *text, const char *path);
void text_free(struct text *text);

/* snprintf en memoria nueva. Como todo lo que pide memoria aquí, no
 * vuelve si no la hay. */
__attribute__((format(printf, 1, 2))) char *format(const char *fmt, ...);

/* Sustituye el archivo de una vez: o queda el viejo entero, o el nuevo. */
bool file_replace(const char *path, const char *content);

/* Las líneas en un solo texto, sin los `margin` espacios que tengan delante. */
char *lines_join(char **lines, size_t count, size_t margin);

/* Cuántas columnas ocupa un texto. */
int columns(const char *text);

/* Una ruta como se enseña: sin «./» delante. */
const char *shown(const char *path);

/* Apunta un error en path:line. */
__attribute__((format(printf, 4, 5))) void fail(struct report *report, const char *path,
                                                size_t line, const char *fmt, ...);

/* Apunta en qué difieren dos textos, como diff -u. */
void note_diff(struct report *report, const char *written, const char *real);

/* Crea una carpeta temporal; la borra con lo que tenga. */
char *scratch_create(void);
void scratch_remove(char *dir);

/* ---- region.c ------------------------------------------------------------------------ */

/*
 * El texto de una región de un archivo de C (o del archivo entero, si
 * name es NULL), con el margen quitado. NULL si no se puede, tras
 * apuntar el error; from y line dicen quién la pide.
 */
char *region_text(struct report *report, const char *path, const char *name,
                  const char *from, size_t line);

/* ---- run.c --------------------------------------------------------------------------- */

/*
 * Ejecuta command con sh en una carpeta recién hecha, donde están los
 * programas del capítulo (programs) y los datos que lo acompañan
 * (lesson). Deja en *output lo que escribió, con «[salida: N]» al final
 * si acabó mal.
 */
enum run_end run_example(const char *command, bool real, const char *programs,
                         const char *lesson, long limit_ms, char **output);

/* Milisegundos del reloj monótono. */
long now_ms(void);

/* Espera, unos segundos como mucho, a que la máquina atienda a tiempo a quien despierta. */
void wait_for_calm(void);

/* ---- chapter.c, trace.c, links.c ------------------------------------------------------ */

/* Los bloques de un capítulo contra el código y las salidas. lesson es
 * su carpeta. */
void chapter_check(struct report *report, const struct options *o, const char *path,
                   const char *lesson);

/* El archivo .salida de un ejemplo contra lo que escribe. source es su
 * .c. */
void output_check(struct report *report, const struct options *o, const char *source,
                  const char *lesson);

/* El dibujo que enseña la línea `line` contra la traza de `command`. */
void trace_check(struct report *report, const struct options *o, const char *path,
                 const char *lesson, const char *command, const char *line,
                 size_t number);

/* La línea del título, o del id de HTML, con esa ancla, y en *next la del título que sigue; 0 si
 * no hay. */
size_t anchor_line(const char *path, const char *anchor, size_t *next);

/* El ancla de la línea de un título, «## Texto»; NULL si no lo es. */
char *title_anchor(const char *line);

/* Enlaces y diagramas de cualquier Markdown. */
void links_check(struct report *report, const char *path);

/* Una línea que abre o cierra un bloque: cuántas marcas tiene y qué
 * dice detrás; 0 si no. */
size_t fence_length(const char *line, const char **info);

/* ---- prose.c ------------------------------------------------------------------------- */

/* Recibe cada línea de prosa, ya sin código ni HTML, y su número. */
typedef void prose_fn(void *arg, size_t number, const char *line);

/* Recorre la prosa de un Markdown. false si no se puede leer. */
bool prose_each(const char *path, prose_fn *fn, void *arg);
size_t prose_words(const char *path);

/* Borra de una línea (*el nombre en inglés*), que va detrás de un término. */
void drop_english(char *line);

/* Las palabras de prosa que caben en un capítulo, y en una página que lo acompaña. */
enum { CHAPTER_WORDS = 2500, PAGE_WORDS = 900, ANY_WORDS = 0 };

/* Ni más de `limit` palabras, ni las de lessons/.check/vetadas. */
void prose_check(struct report *report, const struct options *o, const char *path,
                 size_t limit);

/* Las vetadas de una línea suelta. */
void words_check(struct report *report, const struct options *o, const char *path,
                 size_t number, const char *line);

/* Los apartados, dibujos y preguntas con respuesta que todo capítulo tiene. */
void shape_check(struct report *report, const char *path);

/* Lo que dice «**Tiempo:** N minutos de lectura, N de práctica.» */
struct minutes {
    int read, practice;
};
bool minutes_read(const char *path, struct minutes *minutes);

/* ---- answers.c ----------------------------------------------------------------------- */

/* ¿Es la página de las respuestas? */
bool is_answers(const char *path);

/* Cada pregunta de las páginas de un capítulo enlaza una respuesta, y cada respuesta es de una. */
void answers_check(struct report *report, char *const *pages, size_t count);

/* ---- table.c ------------------------------------------------------------------------- */

enum { MAX_CELLS = 8 };

/* Una fila de una tabla de Markdown. */
struct row {
    size_t line;
    char *cells[MAX_CELLS]; /* sin los espacios de los lados */
    size_t count;
};

/* Recibe cada fila, sin las de títulos. */
typedef void row_fn(void *arg, const struct row *row);
void table_each(const struct text *text, row_fn *fn, void *arg);

/* La línea «| a | b |» de una fila. */
char *row_line(const struct row *row);

/* El número de una celda que no dice otra cosa; 0 si no lo es. */
int row_number(const char *cell);

/* ---- path.c, glossary.c ---------------------------------------------------------------- */

/* ¿Da lessons/README.md ese capítulo «por escribir»? Puede tener entonces solo ejemplos. */
bool path_pending(const char *root, int number);

/* Marca en needed los capítulos que hay que haber leído antes de ese, según lessons/README.md, y
 * los que estos necesitan. false si el camino no tiene su fila. */
enum { MAX_CHAPTERS = 99 };
bool path_needs(const char *root, int number, bool needed[MAX_CHAPTERS + 1]);

/* ¿Enlaza lessons/procedencia.md ese archivo? */
bool origin_has(const char *root, const char *target);

/* El camino del lector contra los capítulos que hay: sus README.md, lo que duran y los que piden
 * haber leído. */
void path_check(struct report *report, const struct options *o, char *const *chapters,
                size_t count);

/* Cada fila de la procedencia lleva a algún sitio, o a un capítulo por escribir. */
void origin_check(struct report *report, const struct options *o, const char *page);

/* El glosario contra las páginas de los capítulos. */
void glossary_check(struct report *report, const struct options *o, const char *page,
                    char *const *pages, size_t count);

/* ---- card.c -------------------------------------------------------------------------- */

/* Lo que se califica en un laboratorio. */
struct card {
    char *chapter; /* la página con que se empieza */
    struct card_stage {
        int points;
        char *title;
    } * stages;
    size_t n_stages;
    struct card_test {
        char *name;
        int points;
        char *reading; /* la sección que manda leer, o "" */
        char *title;
    } * tests;
    size_t n_tests;
};

/* Pregunta por el de la carpeta `dir`, «07-monitor». false, tras apuntar en `path` por qué no. */
bool card_read(struct card *card, struct report *report, const struct options *o,
               const char *path, const char *dir);
void card_free(struct card *card);

/* ---- lab_reading.c ------------------------------------------------------------------- */

/* Cada prueba de ese lab.json manda leer una sección que existe, del enunciado o de un capítulo
 * que el laboratorio pide. table: enseña además cuál. false, sin mirar nada, si no está en la tabla
 * de lessons/README.md: no es del curso. */
bool lab_check(struct report *report, const struct options *o, const char *path,
               bool table);

/* ---- promises.c ---------------------------------------------------------------------- */

/* El enunciado `page` dice las etapas del laboratorio y sus puntos. */
void promises_check(struct report *report, const struct card *card, const char *page);

/* ---- code.c -------------------------------------------------------------------------- */

/* Lo que un programa hace mal sin que se note al ejecutarlo. */
void code_check(struct report *report, const char *path);

/* ---- suspends.c ---------------------------------------------------------------------- */

/* Las funciones que suspenden, según las cabeceras de la biblioteca. */
struct suspends;
struct suspends *suspends_new(const char *root);
void suspends_free(struct suspends *list);

/* Se queja de las que una página explica sin decirlo. */
void suspends_check(struct report *report, const struct suspends *list, const char *path);

/* ---- names.c ------------------------------------------------------------------------- */

/* Las funciones explicadas hasta ahora. */
struct names;
struct names *names_new(void);
void names_free(struct names *names);

/* Lo que sigue es del capítulo `number`, que solo puede usar las de los capítulos `needed`; NULL,
 * las de cualquiera. */
void names_chapter(struct names *names, int number, const bool *needed);

/* Aprende las que explica un Markdown, tras quejarse de las que usa antes; cuántas nuevas. */
size_t names_check(struct report *report, struct names *names, const char *path);

/* Se queja de las que usa un programa y nadie explicó. */
void names_check_source(struct report *report, const struct names *names,
                        const char *path);

#endif
