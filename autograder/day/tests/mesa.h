/* Una mesa de estudio: un curso de mentira, y asinc-day watch en una terminal de verdad. */
#ifndef DAY_TESTS_MESA_H
#define DAY_TESTS_MESA_H

#include "harness/program/emulator.h"

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

enum { MESA_PRONTO = 30000 }; /* milisegundos: holgado, solo se agota si algo va mal */

struct mesa {
    char *dir;
    pid_t pid;
    int master, slave; /* los dos extremos de la terminal, o la tubería en `master` */
    struct hs__screen *screen;
    char *raw; /* todo lo que se ha escrito */
    size_t size;
    struct termios before;
    int status;
    int patience; /* cuánto se espera a lo que tiene que pasar */
};

struct mesa_options {
    const char *which; /* "LAB=01" */
    int columns;       /* 80 si es 0 */
    bool pipe;         /* sin terminal */
    bool ask;          /* --sondeo */
    const char *env[4];
    int patience; /* 0, MESA_PRONTO */
};

/* El curso que hace el guion ASINC_DAY_CURSO, con `program`, si no es NULL, en
 * labs/01-eco/eco.c; y asinc-day en marcha. */
void mesa_open(struct mesa *m, const char *program, struct mesa_options o);
void mesa_close(struct mesa *m);

void mesa_save(struct mesa *m, const char *path, const char *text);
void mesa_save_by_rename(struct mesa *m, const char *path, const char *text);
void mesa_type(struct mesa *m, const char *keys);

/* Espera a que se vea `text`, a que deje de verse, o a que exista un archivo. */
void mesa_wait(struct mesa *m, const char *text);
void mesa_wait_file(struct mesa *m, const char *name);
bool mesa_sees(struct mesa *m, const char *text);

/* Lo que se ve, y cuántas veces está `text` en un archivo del curso; se libera. */
char *mesa_screen(struct mesa *m);
int mesa_count(struct mesa *m, const char *name, const char *text);
char *mesa_file(struct mesa *m, const char *name);

/* Espera a que acabe, con la terminal como estaba y sin dejar a nadie, y da su código. */
int mesa_end(struct mesa *m);

/* Sale con esas teclas, como se debe: con código 0. */
void mesa_leave(struct mesa *m, const char *keys);

#endif
