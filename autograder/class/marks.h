/* La nota de cada cual: lo que sacó, lo que descuenta llegar tarde y lo que decide quien enseña.
 *
 * No se guarda: se calcula de la base y de curso.json, siempre igual. */
#ifndef CL_MARKS_H
#define CL_MARKS_H

#include "class/store.h"
#include "course/course.h"

#include <stdbool.h>
#include <stddef.h>

enum cl_state {
    CL_MISSING,  /* no entregó */
    CL_REJECTED, /* entregó algo que no se puede calificar: 0 */
    CL_WAITING,  /* se calificará en la próxima ejecución */
    CL_UNGRADED, /* falló el corrector: no hay nota */
    CL_GRADED,
};

struct cl_mark {
    enum cl_state state;
    bool known;       /* hay nota: la hay si se calificó, se rechazó o se ajustó */
    double points;    /* la que vale, con el descuento o el ajuste */
    int max;          /* sobre cuánto; 100 mientras no se sepa */
    int late_days;    /* días de retraso, pasada la gracia */
    int late_percent; /* lo que se descuenta por ellos */
    bool published;   /* llegó tarde, y con la solución ya publicada: por eso es todo */
    bool overridden;  /* la puso quien enseña */
};

/* El estado con una palabra: «no_entregado», «rechazado»... */
const char *cl_state_name(enum cl_state state);

struct cl_mark cl_mark_of(const struct cl_row *row, const struct course *course);

/* Un número de puntos, sin decimales que no digan nada: «85», «76.5», «63.75». */
void cl_points_text(char text[static 32], double points);

/* Una fecha de la base en segundos de Unix. 0, o -1 si no lo es. */
int cl_date_of(const char *text, time_t *when);

#endif
