/* La línea de tiempo de una prueba: su cronología, colocada para dibujarla donde sea. */
#ifndef GR_TIMELINE_H
#define GR_TIMELINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum gr_tone { GR_PLAIN, GR_GOOD, GR_ODD, GR_BAD, GR_OPEN };

/* Un suceso. Los textos son de la cronología. */
struct gr_mark {
    double from, to; /* ms; iguales en un punto */
    bool dot;
    enum gr_tone tone;
    int count;  /* cuántos debían verse a la vez, o 0 */
    size_t row; /* en qué fila del carril, para que no se tapen */
    const char *text;
};

struct gr_lane {
    const char *kind, *name;
    struct gr_mark *marks;
    size_t n_marks, n_rows; /* al menos una fila */
};

#define GR_MAX_BREAKS 2

/* Un rato largo en el que no pasa nada ocupa menos de lo que dura. */
struct gr_axis {
    double end;
    size_t n_breaks;
    struct {
        double from, to;
    } breaks[GR_MAX_BREAKS];
};

struct gr_timeline {
    struct gr_axis axis;
    struct gr_lane *lanes;
    size_t n_lanes;
    int dropped;
    int wanted;          /* lo más que se esperaba a la vez, o 0 */
    struct gr_lane real; /* lo que fue a la vez, junto; con `wanted` */
};

/* La de una cronología leída con gr_chronicle_read. false si no hay nada que dibujar. La
 * cronología tiene que durar más que ella. */
bool gr_timeline_open(struct gr_timeline *t, const json_t *chronicle);
void gr_timeline_close(struct gr_timeline *t);

/* Dónde cae un instante: de 0 (el principio) a 1. */
double gr_axis_at(const struct gr_axis *axis, double ms);

#define GR_MAX_TICKS 32

/* Los instantes redondos en que conviene una raya, sin los de los ratos encogidos; unos
 * `wanted`. Cuántos son. */
size_t gr_axis_ticks(const struct gr_axis *axis, int wanted, double ticks[GR_MAX_TICKS]);

/* «250 ms», «1,5 s», en memoria nueva. */
char *gr_time_words(double ms);

#endif
