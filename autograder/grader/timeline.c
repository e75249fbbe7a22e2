/* La línea de tiempo: qué carriles hay, en qué fila va cada suceso y qué escala tiene. */
#include "grader/timeline.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BREAK_FROM  0.35 /* un rato vacío que ocupe más que esto se encoge */
#define BREAK_WIDTH (0.4 / (double)axis->n_breaks) /* a esto */

/* ---- leer ------------------------------------------------------------------------ */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static enum gr_tone tone_named(const char *name)
{
    static const char *const names[] = {"normal", "bien", "aviso", "mal", "abierto"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return (enum gr_tone)i;
    return GR_PLAIN;
}

static struct gr_mark read_mark(const json_t *event)
{
    const json_t *to = json_object_get(event, "hasta");
    struct gr_mark m = {
        .from = json_number_value(json_object_get(event, "ms")),
        .dot = !to,
        .tone = tone_named(text_of(event, "tono")),
        .count = (int)json_integer_value(json_object_get(event, "cuantos")),
        .text = text_of(event, "texto"),
    };
    m.to = to ? json_number_value(to) : m.from;
    return m;
}

static int by_start(const void *a, const void *b)
{
    const struct gr_mark *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Cada tramo, en la primera fila libre; los puntos, todos en la primera. */
static void pack(struct gr_lane *lane)
{
    double *until = ag_alloc(lane->n_marks + 1, sizeof *until);
    lane->n_rows = 1;
    for (size_t i = 0; i <= lane->n_marks; i++)
        until[i] = -1;
    for (size_t i = 0; i < lane->n_marks; i++) {
        struct gr_mark *m = &lane->marks[i];
        if (m->dot)
            continue;
        while (until[m->row] > m->from)
            m->row++;
        until[m->row] = m->to;
        if (m->row + 1 > lane->n_rows)
            lane->n_rows = m->row + 1;
    }
    free(until);
}

static struct gr_lane read_lane(const json_t *json)
{
    const json_t *events = json_object_get(json, "sucesos");
    struct gr_lane lane = {
        .kind = text_of(json, "clase"),
        .name = text_of(json, "nombre"),
        .n_marks = json_array_size(events),
    };
    lane.marks = ag_alloc(lane.n_marks + 1, sizeof *lane.marks);
    for (size_t i = 0; i < lane.n_marks; i++)
        lane.marks[i] = read_mark(json_array_get(events, i));
    qsort(lane.marks, lane.n_marks, sizeof *lane.marks, by_start);
    pack(&lane);
    return lane;
}

/* ---- la escala ------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void find_breaks(struct gr_axis *axis, const double *times, size_t n)
{
    for (size_t i = 1; i < n && axis->n_breaks < GR_MAX_BREAKS; i++) {
        if (times[i] - times[i - 1] <= BREAK_FROM * axis->end)
            continue;
        axis->breaks[axis->n_breaks].from = times[i - 1];
        axis->breaks[axis->n_breaks++].to = times[i];
    }
}

/* Con los instantes de todo lo que se ve. */
static void make_axis(struct gr_timeline *t)
{
    size_t n = 0, most = 2;
    for (size_t i = 0; i < t->n_lanes; i++)
        most += 2 * t->lanes[i].n_marks;
    double *times = ag_alloc(most, sizeof *times);
    times[n++] = 0;
    for (size_t i = 0; i < t->n_lanes; i++)
        for (size_t k = 0; k < t->lanes[i].n_marks; k++) {
            times[n++] = t->lanes[i].marks[k].from;
            times[n++] = t->lanes[i].marks[k].to;
        }
    qsort(times, n, sizeof *times, by_value);
    t->axis.end = fmax(fmax(times[n - 1], t->axis.end), 1);
    times[n++] = t->axis.end;
    if (t->dropped == 0) /* donde falta algo no se puede decir que no pasara nada */
        find_breaks(&t->axis, times, n);
    free(times);
}

double gr_axis_at(const struct gr_axis *axis, double ms)
{
    if (axis->n_breaks == 0)
        return fmin(fmax(ms / axis->end, 0), 1);
    double hidden = 0, before = 0, shown = 0;
    for (size_t i = 0; i < axis->n_breaks; i++) {
        double from = axis->breaks[i].from, to = axis->breaks[i].to;
        hidden += to - from;
        double inside = fmin(fmax(ms - from, 0), to - from);
        before += inside;
        shown += BREAK_WIDTH * inside / (to - from);
    }
    double open = axis->end - hidden, room = 1 - BREAK_WIDTH * (double)axis->n_breaks;
    return fmin(fmax(shown + (open > 0 ? room * (ms - before) / open : 0), 0), 1);
}

/* Cada cuánto. */
static double step_for(const struct gr_axis *axis, int wanted)
{
    double open = axis->end;
    for (size_t i = 0; i < axis->n_breaks; i++)
        open -= axis->breaks[i].to - axis->breaks[i].from;
    double rough = fmax(open, 1) / wanted, unit = pow(10, floor(log10(rough)));
    return unit * (rough <= unit       ? 1
                   : rough <= 2 * unit ? 2
                   : rough <= 5 * unit ? 5
                                       : 10);
}

size_t gr_axis_ticks(const struct gr_axis *axis, int wanted, double ticks[GR_MAX_TICKS])
{
    size_t n = 0;
    double step = step_for(axis, wanted);
    for (double at = 0; at <= axis->end && n < GR_MAX_TICKS; at += step) {
        for (size_t i = 0; i < axis->n_breaks; i++)
            if (at > axis->breaks[i].from && at < axis->breaks[i].to)
                at = step * ceil(axis->breaks[i].to / step);
        if (at <= axis->end)
            ticks[n++] = at;
    }
    return n;
}

char *gr_time_words(double ms)
{
    char *words = ms < 10     ? ag_format("%.1f ms", ms)
                  : ms < 1000 ? ag_format("%.0f ms", ms)
                              : ag_format("%.1f s", ms / 1000);
    char *point = strchr(words, '.'), *zero = strstr(words, ".0 ");
    if (zero)
        memmove(zero, zero + 2, strlen(zero + 2) + 1);
    else if (point)
        *point = ',';
    return words;
}

/* ---- lo que fue a la vez --------------------------------------------------------- */

/* De qué clase son los carriles de los que se esperaba algo a la vez. */
static const char *wanted_kind(const struct gr_timeline *t)
{
    static const char *const kinds[] = {"ruta", "tuberia", "base"};
    for (size_t i = 0; i < t->n_lanes; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (strcmp(t->lanes[i].kind, kinds[k]) == 0)
                return kinds[k];
    return NULL;
}

static void gather_real(struct gr_timeline *t)
{
    for (size_t i = 0; i < t->n_lanes; i++)
        for (size_t k = 0; k < t->lanes[i].n_marks; k++)
            if (t->lanes[i].marks[k].count > t->wanted)
                t->wanted = t->lanes[i].marks[k].count;
    const char *kind = t->wanted > 0 ? wanted_kind(t) : NULL;
    if (!kind)
        return;
    t->real = (struct gr_lane){.kind = kind, .name = ""};
    for (size_t i = 0; i < t->n_lanes; i++) {
        const struct gr_lane *lane = &t->lanes[i];
        if (strcmp(lane->kind, kind) != 0)
            continue;
        t->real.marks = ag_grow(t->real.marks, t->real.n_marks + lane->n_marks + 1,
                                sizeof *lane->marks);
        for (size_t k = 0; k < lane->n_marks; k++)
            if (!lane->marks[k].dot) {
                t->real.marks[t->real.n_marks] = lane->marks[k];
                t->real.marks[t->real.n_marks++].row = 0;
            }
    }
    if (t->real.n_marks > 0)
        qsort(t->real.marks, t->real.n_marks, sizeof *t->real.marks, by_start);
    pack(&t->real);
}

/* ---- entrar y salir -------------------------------------------------------------- */

bool gr_timeline_open(struct gr_timeline *t, const json_t *chronicle)
{
    size_t i, events = 0;
    json_t *lane, *lanes = json_object_get(chronicle, "carriles");
    *t = (struct gr_timeline){
        .axis.end = json_number_value(json_object_get(chronicle, "fin")),
        .dropped = (int)json_integer_value(json_object_get(chronicle, "omitidos")),
        .lanes = ag_alloc(json_array_size(lanes) + 1, sizeof *t->lanes)};
    json_array_foreach(lanes, i, lane)
    {
        t->lanes[t->n_lanes] = read_lane(lane);
        events += t->lanes[t->n_lanes++].n_marks;
    }
    make_axis(t);
    gather_real(t);
    if (events > 0)
        return true;
    gr_timeline_close(t);
    return false;
}

void gr_timeline_close(struct gr_timeline *t)
{
    for (size_t i = 0; i < t->n_lanes; i++)
        free(t->lanes[i].marks);
    free(t->lanes);
    free(t->real.marks);
    *t = (struct gr_timeline){0};
}
