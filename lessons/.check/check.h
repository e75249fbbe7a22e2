/*
 * Comprueba que los capítulos dicen la verdad: el código que enseñan es
 * el que se compila, la salida que enseñan es la que sale, y sus
 * enlaces llevan a algún sitio.
 *
 * En el Markdown, una marca invisible precede a cada bloque:
 *
 *   <!-- fragmento: archivo.c#region -->    ```c con esa región del
 * archivo
 *   <!-- fragmento: archivo.c -->           ```c con el archivo entero
 *   <!-- salida: ./programa args -->        ```console con «$
 * ./programa args» y lo que escribe
 *   <!-- salida real: ./programa -->        lo mismo, con el reloj de
 * verdad y no el virtual
 *   <!-- ilustrativo: por qué -->           código que no se compila o
 * salida que no se repite
 *
 * Una región del C va entre las líneas de comentario [region] y
 * [/region]; las marcas no se enseñan. Junto a cada ejemplo.c está
 * ejemplo.salida: «$ ./ejemplo» y lo que escribe. Con el reloj
 * virtual debe escribir lo mismo cada vez, y en un momento.
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
    bool updated;
};

struct options {
    const char *root;     /* raíz del curso */
    const char *programs; /* donde están compilados los ejemplos,
                             reflejo de lessons/ */
    long limit_ms;        /* lo que puede tardar un ejemplo */
    int runs;             /* veces que un ejemplo debe escribir lo mismo */
    bool write;           /* reescribir en lugar de quejarse */
};

/* Cómo acabó un programa de ejemplo. */
enum run_end { RUN_DONE, RUN_MISSING, RUN_TIMEOUT };

/* ---- text.c
 * ----------------------------------------------------------------------------
 */

/* Lee un archivo. false si no se puede; errno dice por qué. */
bool text_read(struct text *text, const char *path);
void text_free(struct text *text);

/* snprintf en memoria nueva. Como todo lo que pide memoria aquí, no
 * vuelve si no la hay. */
__attribute__((format(printf, 1, 2))) char *format(const char *fmt, ...);

/* Sustituye el archivo de una vez: o queda el viejo entero, o el nuevo.
 */
bool file_replace(const char *path, const char *content);

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

/* ---- region.c
 * --------------------------------------------------------------------------
 */

/*
 * El texto de una región de un archivo de C (o del archivo entero, si
 * name es NULL), con el margen quitado. NULL si no se puede, tras
 * apuntar el error; from y line dicen quién la pide.
 */
char *region_text(struct report *report, const char *path, const char *name,
                  const char *from, size_t line);

/* ---- run.c
 * -----------------------------------------------------------------------------
 */

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

/* ---- chapter.c, index.c, links.c
 * -------------------------------------------------------- */

/* Los bloques de un capítulo contra el código y las salidas. lesson es
 * su carpeta. */
void chapter_check(struct report *report, const struct options *o, const char *path,
                   const char *lesson);

/* El archivo .salida de un ejemplo contra lo que escribe. source es su
 * .c. */
void output_check(struct report *report, const struct options *o, const char *source,
                  const char *lesson);

/*
 * ¿Tiene el índice, lessons/README.md, una línea que enlace target y diga words? Un
 * capítulo que allí esté «por escribir» puede tener solo sus ejemplos, y el índice lleva
 * entonces a cada uno.
 */
bool index_has(const char *root, const char *target, const char *words);

/* Enlaces y diagramas de cualquier Markdown. */
void links_check(struct report *report, const char *path);

/* Una línea que abre o cierra un bloque: cuántas marcas tiene y qué
 * dice detrás; 0 si no. */
size_t fence_length(const char *line, const char **info);

#endif
