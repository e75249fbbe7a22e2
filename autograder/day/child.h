/* Una orden en marcha, de la que se recoge todo lo que escribe y que se puede detener. */
#ifndef DAY_CHILD_H
#define DAY_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct day_child {
    uv_loop_t *loop;
    void (*done)(void *arg); /* acabó, y no queda nada de lo que lanzó */
    void *arg;

    bool running, cancelled;
    int64_t status; /* código de salida; -señal si murió por una */
    char *out;      /* lo que escribió, acabado en '\0' */
    size_t size;

    /* De child.c. */
    uv_process_t process;
    uv_pipe_t pipe;
    uv_timer_t patience;
    int open; /* asas de libuv por cerrar */
};

/* Prepara `c`. Desde aquí este proceso adopta a los huérfanos de lo que lance. */
void day_child_init(struct day_child *c, uv_loop_t *loop, void (*done)(void *arg),
                    void *arg);

/* Arranca `argv`, que muere si muere este proceso. 0, o el error de libuv, y entonces no se
 * llama a `done`. */
int day_child_start(struct day_child *c, char *const *argv);

/* Pide que acabe, y al poco rato lo obliga. `done` se llama igual. */
void day_child_cancel(struct day_child *c);

/* Cierra lo suyo cuando no hay nada en marcha. */
void day_child_close(struct day_child *c);

/* Ejecuta `argv`, que acaba enseguida, y espera. Lo que escribió, en memoria nueva; si no se pudo
 * ejecutar, por qué. No pasa por ninguna shell: un nombre es un nombre, lleve lo que lleve. */
char *day_child_run(char *const *argv);

/* Convierte este proceso en `argv`, atado a la vida de quien lo lanzó. No vuelve. */
_Noreturn void day_child_become(char **argv);

#endif
