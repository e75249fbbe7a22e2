/* Cómo va: una barra que se reescribe si mira una persona, y si no, una línea por calificación. */
#ifndef CL_PROGRESS_H
#define CL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct cl_progress {
    size_t total, done;
    double started_ms;
    bool live;
};

void cl_progress_start(struct cl_progress *p, size_t total);

/* Terminó una: se dice qué. */
void cl_progress_done(struct cl_progress *p, const char *line);

/* Vuelve a dibujar la barra, que lleva un reloj. */
void cl_progress_tick(const struct cl_progress *p);
void cl_progress_end(const struct cl_progress *p);

/* «3 min 20 s», en memoria nueva. */
char *cl_duration(double seconds);

#endif
