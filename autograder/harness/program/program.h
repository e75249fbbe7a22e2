/* program.h: un programa arrancado, por dentro. Lo comparten program.c, que lo maneja,
 * lines.c, que sabe lo que ha escrito, y terminal.c, que sabe lo que se ve. */
#ifndef HS_PROGRAM_H
#define HS_PROGRAM_H

#include "box/box.h"
#include "harness/chronicle.h"
#include "harness/program/emulator.h"
#include "harness/program/record.h"
#include <pthread.h>

/* Una de sus salidas. */
struct hs__output {
    int fd; /* -1 cuando ya no puede llegar más */
    struct hs__intake in;
};

struct hs_program {
    struct hs__part part;
    struct hs_options options;
    const char *command; /* como lo escribiría una persona */
    struct hs__span life;
    box_run *run; /* solo el hilo de la prueba */
    int input;    /* escritura hacia su entrada; -1 cerrada */
    int wake;     /* eventfd que despierta al lector */
    pthread_t reader;

    /* Con el cerrojo tomado. */
    struct hs__output output[2]; /* HS_OUT y HS_ERR */
    struct hs__record record;
    struct hs__screen *screen; /* NULL si no escribe en una terminal */
    bool status_ready;         /* el lector vio que la caja tiene algo que decir */
    bool quit;                 /* el lector debe terminar ya */
    bool deaf;                 /* el lector debe dejar de leer su salida, y cerrarla */
    bool ended;                /* `result` y `end` valen */
    struct box_result result;
    struct hs_exit end;
    double signalled; /* instante del último hs_signal, o -1 */
    double started;
    const char *traced; /* el archivo en que apunta qué hace cada tarea, o NULL */
    int64_t spent_ms;   /* el procesador que se sabe que ha gastado */
};

/* command.c. La orden como se teclearía, con comillas donde hagan falta; el principio, si es
 * muy larga. */
const char *hs__command_words(const char *program, const char *const *arguments);

/* lines.c */
void hs__report_lines(struct hs_program *p, struct hs__lines *lines);

/* sanitizer.c. Qué error de memoria cuenta lo escrito y en qué línea, o NULL. Con el cerrojo
 * tomado. */
const char *hs__sanitizer_words(const struct hs__record *record);
/* La primera línea suya de lo que dijeron, «, en función (archivo:línea)», o "". */
const char *hs__own_frame(const struct hs__record *record);

/* cause.c. Lo que se ve en el programa y explica el fallo, o NULL: ver struct hs__part. */
const char *hs__program_cause(struct hs__part *part, bool late);

/* tasks.c. Con ASINC_TRACE, prepara dónde apuntará el programa lo que hace cada tarea; y después lo
 * pone en la cronología. */
void hs__tasks_prepare(struct hs_program *p);
void hs__tasks_draw(struct hs__part *part, double until);

/* terminal.c. Los dos extremos de una terminal nueva, [0] el nuestro; y su informe. */
void hs__open_terminal(const struct hs_options *options, int fds[2]);
void hs__report_screen(struct hs_program *p, struct hs__lines *lines);

/* program.c. Falla si la caja se rompió, o no pudo ejecutar el programa. Con el cerrojo
 * tomado; si falla, lo suelta. */
void hs__check_health(struct hs_program *p);

#endif
