/* La línea de tiempo en la terminal: una fila por carril, hecha de bloques. */
#include "base/memory.h"
#include "base/text.h"
#include "grader/report.h"
#include "grader/timeline.h"

#include <stdlib.h>
#include <string.h>

#define MARGIN     4
#define LABEL_COLS 14
#define MAX_TRACK  56
#define MAX_LANES  9
#define MAX_TASKS  7

/* Con qué se dibuja, según lo que pueda la terminal. */
struct pencil {
    const char *bar, *open, *dot, *bad, *wanted, *none, *rest, *wait;
};

static const struct pencil blocks = {"█", "▒", "•", "✗", "░", " ", "⋯", "·"};
static const struct pencil ascii = {"#", "=", "o", "x", "-", " ", "~", "."};

/* ---- una fila -------------------------------------------------------------------- */

static size_t column(const struct gr_timeline *t, double ms, size_t cols)
{
    size_t at = (size_t)(gr_axis_at(&t->axis, ms) * (double)cols);
    return at < cols ? at : cols - 1;
}

static void paint(const char **cells, const struct gr_timeline *t,
                  const struct gr_mark *m, const char *with, size_t cols)
{
    for (size_t i = column(t, m->from, cols); i <= column(t, m->to, cols); i++)
        cells[i] = with;
}

static void put_cells(const struct gr_screen *s, const char *label, const char **cells,
                      size_t cols, const char *color)
{
    size_t length = strlen(label), width = ag_width(label, length);
    while (width > LABEL_COLS) {
        length--;
        while (length > 0 && ag_utf8_inside(label[length]))
            length--;
        width--;
    }
    fprintf(s->out, "%*s%.*s%*s  %s", MARGIN, "", (int)length, label,
            (int)(LABEL_COLS - width), "", color);
    while (cols > 0 && *cells[cols - 1] == ' ')
        cols--;
    if (cols == 0)
        fputs("(nada)", s->out);
    for (size_t i = 0; i < cols; i++)
        fputs(cells[i], s->out);
    fprintf(s->out, "%s\n", *color ? s->style.off : "");
}

static void put_lane(const struct gr_screen *s, const struct gr_timeline *t,
                     const struct pencil *p, const struct gr_lane *lane,
                     const char *label, size_t row, size_t cols)
{
    const char **cells = ag_alloc(cols, sizeof *cells);
    for (size_t i = 0; i < cols; i++)
        cells[i] = p->none;
    for (size_t i = 0; i < lane->n_marks; i++) {
        const struct gr_mark *m = &lane->marks[i];
        const char *with = m->count             ? p->wanted
                           : m->tone == GR_BAD  ? p->bad
                           : m->tone == GR_OPEN ? p->open
                           : m->dot             ? p->dot
                                                : p->bar;
        if (m->row == row || row == SIZE_MAX)
            paint(cells, t, m, with, cols);
    }
    put_cells(s, label, cells, cols, "");
    free(cells);
}

/* ---- el dibujo ------------------------------------------------------------------- */

static void put_ends(const struct gr_screen *s, const struct gr_timeline *t,
                     const struct pencil *p, size_t cols)
{
    char *end = gr_time_words(t->axis.end);
    size_t gap = cols - 1 - ag_width(end, strlen(end));
    fprintf(s->out, "%s%*s0%*s%s%s\n", s->style.dim, MARGIN + LABEL_COLS + 2, "",
            (int)gap, "", end, s->style.off);
    free(end);
    if (t->axis.n_breaks == 0)
        return;
    const char **cells = ag_alloc(cols, sizeof *cells);
    for (size_t i = 0; i < cols; i++)
        cells[i] = p->none;
    for (size_t i = 0; i < t->axis.n_breaks; i++) {
        struct gr_mark gap_mark = {.from = t->axis.breaks[i].from,
                                   .to = t->axis.breaks[i].to};
        paint(cells, t, &gap_mark, p->rest, cols);
    }
    put_cells(s, "sin cambios", cells, cols, s->style.dim);
    free(cells);
}

/* Una fila por cada una que debía ir a la vez, y otra por cada una que fue. */
static void put_together(const struct gr_screen *s, const struct gr_timeline *t,
                         const struct pencil *p, size_t cols)
{
    size_t wanted = (size_t)t->wanted, real = t->real.n_marks ? t->real.n_rows : 0;
    for (size_t i = 0; i < t->n_lanes; i++)
        if (strcmp(t->lanes[i].kind, "esperado") == 0)
            for (size_t k = 0; k < wanted && k < MAX_LANES; k++)
                put_lane(s, t, p, &t->lanes[i], k ? "" : "debían ir", SIZE_MAX, cols);
    for (size_t k = 0; k < real && k < MAX_LANES; k++)
        put_lane(s, t, p, &t->real, k ? "" : "fueron", k, cols);
    if (real == 0)
        fprintf(s->out, "%*s%-*s  ninguna\n", MARGIN, "", LABEL_COLS, "fueron");
}

static void put_others(const struct gr_screen *s, const struct gr_timeline *t,
                       const struct pencil *p, size_t cols)
{
    size_t shown = 0;
    for (size_t i = 0; i < t->n_lanes && shown < MAX_LANES; i++) {
        const struct gr_lane *lane = &t->lanes[i];
        bool output = strcmp(lane->kind, "salida") == 0;
        if (strcmp(lane->kind, "esperado") == 0 || strcmp(lane->kind, "conexion") == 0 ||
            strcmp(lane->kind, "tarea") == 0 ||
            (t->real.marks && strcmp(lane->kind, t->real.kind) == 0))
            continue;
        char *label = output ? ag_format("escribe")
                      : strcmp(lane->kind, "programa") == 0
                          ? ag_format("%.*s", (int)strcspn(lane->name, " "), lane->name)
                          : ag_format("%s", lane->name);
        put_lane(s, t, p, lane, label, SIZE_MAX, cols);
        free(label);
        shown++;
    }
}

/* Cuándo corrió cada tarea y cuándo esperó: las esperas, que son casi todo, se pintan debajo. */
static void put_task(const struct gr_screen *s, const struct gr_timeline *t,
                     const struct pencil *p, const struct gr_lane *lane, size_t cols)
{
    const char **cells = ag_alloc(cols, sizeof *cells);
    for (size_t i = 0; i < cols; i++)
        cells[i] = p->none;
    for (int runs = 0; runs <= 1; runs++)
        for (size_t i = 0; i < lane->n_marks; i++)
            if ((lane->marks[i].tone != GR_OPEN) == runs)
                paint(cells, t, &lane->marks[i], runs ? p->bar : p->wait, cols);
    put_cells(s, lane->name, cells, cols, "");
    free(cells);
}

static void put_tasks(const struct gr_screen *s, const struct gr_timeline *t,
                      const struct pencil *p, size_t cols)
{
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < t->n_lanes; i++) {
        if (strcmp(t->lanes[i].kind, "tarea") != 0)
            continue;
        if (all++ == 0)
            fprintf(s->out, "%*sTus tareas (%s corre, %s espera):\n", MARGIN, "", p->bar,
                    p->wait);
        if (shown < MAX_TASKS) {
            put_task(s, t, p, &t->lanes[i], cols);
            shown++;
        }
    }
    if (all > shown)
        fprintf(s->out, "%*s… y %zu más\n", MARGIN, "", all - shown);
}

void gr_report_line(const struct gr_screen *s, const json_t *chronicle)
{
    struct gr_timeline t;
    if (!gr_timeline_open(&t, chronicle))
        return;
    const struct pencil *p = gr_screen_blocks() ? &blocks : &ascii;
    size_t room = s->cols - MARGIN - LABEL_COLS - 2;
    size_t cols = room < MAX_TRACK ? room : MAX_TRACK;
    fprintf(s->out, "    Lo que vio el corrector, en el tiempo:\n");
    put_ends(s, &t, p, cols);
    if (t.real.marks)
        put_together(s, &t, p, cols);
    put_others(s, &t, p, cols);
    put_tasks(s, &t, p, cols);
    fputc('\n', s->out);
    gr_timeline_close(&t);
}
