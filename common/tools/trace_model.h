/*
 * Una traza leída: qué tareas hubo, de quién era hija cada una y qué hizo en cada momento.
 *
 * Los tiempos son microsegundos desde el principio de la traza. Los textos son del JSON de
 * donde salieron, que vive tanto como la traza.
 */
#ifndef TRACE_MODEL_H
#define TRACE_MODEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_kind {
    TRACE_RUN,    /* corre */
    TRACE_WAIT,   /* espera a otra tarea o a un plazo */
    TRACE_OUTSIDE /* espera a algo de fuera del programa: la red, un archivo, un hilo */
};

struct trace_span {
    double start, end;
    enum trace_kind kind;
    const char *what; /* lo que espera */
};

struct trace_task {
    uint64_t id, parent_id; /* parent_id 0: no es hija de nadie */
    const char *name;
    struct trace_span *spans; /* por orden de tiempo */
    size_t count, capacity;
    double start, end;
    int depth;
    const char *error; /* con qué error terminó; NULL: con ninguno, o no ha terminado */
    double error_at;
    bool cancelled; /* ese error es que la cancelaron */
};

struct trace {
    const char *program;
    struct trace_task *tasks; /* cada una justo delante de sus descendientes */
    size_t count;
    double duration;
    bool cut; /* el programa murió sin terminar de escribirla */
    json_t *json;
};

/* Lee la traza del archivo `path`; lo que no sirve lo explica por stderr y devuelve -1. */
int trace_read(const char *path, struct trace *trace);
void trace_free(struct trace *trace);

/* Dibuja la traza como SVG en el archivo `path`; -1, ya explicado, si no se puede. */
int trace_draw(const struct trace *trace, const char *path);

/* Un error de quien llama a la herramienta: lo escribe por stderr y devuelve -1. */
int trace_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
