/* La línea de tiempo, dibujada: una pista SVG por carril, todas con la misma escala. Los
 * anchos son porcentajes, así que cabe en cualquier pantalla sin encoger las letras. */
#include "base/memory.h"
#include "grader/html.h"
#include "grader/report_page.h"
#include "grader/timeline.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ALONE    22 /* alto de la única fila de un carril */
#define MAX_ROWS 40 /* las que pasen se amontonan en la última */
#define TICKS    5
#define APART    13.0 /* % entre dos números de la escala */
#define LEGIBLE  8.0  /* % de la pista desde el que una barra lleva escrito qué es */

/* Alto de cada fila, según cuántas sean. */
static double pitch(size_t rows)
{
    return rows == 1 ? ALONE : rows <= 8 ? 12 : rows <= 20 ? 7 : 4;
}

static double at(const struct gr_timeline *t, double ms)
{
    return 100 * gr_axis_at(&t->axis, ms);
}

static const char *tone_class(enum gr_tone tone)
{
    static const char *const names[] = {"n", "v", "a", "m", "x"};
    return names[tone];
}

/* ---- la escala ------------------------------------------------------------------- */

static void put_number(FILE *out, double x, double ms)
{
    char *words = gr_time_words(ms);
    gr_html(out, "<text class=\"%s\" x=\"%.2f%%\" y=\"13\">%s</text>",
            x < 4    ? "p"
            : x > 94 ? "f"
                     : "c",
            x, words);
    free(words);
}

static void put_scale(FILE *out, const struct gr_timeline *t)
{
    double ticks[GR_MAX_TICKS], last = -100;
    size_t n = gr_axis_ticks(&t->axis, TICKS, ticks);
    fputs("<div class=\"carril escala\" aria-hidden=\"true\"><span></span>"
          "<svg height=\"18\">",
          out);
    for (size_t i = 0; i < t->axis.n_breaks; i++) {
        double from = t->axis.breaks[i].from, to = t->axis.breaks[i].to;
        char *words = gr_time_words(to - from);
        gr_html(out, "<text class=\"c q\" x=\"%.2f%%\" y=\"13\">⋯ %s ⋯</text>",
                (at(t, from) + at(t, to)) / 2, words);
        free(words);
    }
    for (size_t i = 0; i < n; i++) {
        double x = at(t, ticks[i]);
        bool clear = x - last >= APART;
        for (size_t k = 0; k < t->axis.n_breaks && clear; k++)
            clear = x < at(t, t->axis.breaks[k].from) - 3 ||
                    x > at(t, t->axis.breaks[k].to) + 3;
        if (!clear)
            continue;
        put_number(out, x, ticks[i]);
        last = x;
    }
}

/* Las rayas, que son las mismas en todos los carriles: se dibujan una vez y se repiten. */
static void put_grid(FILE *out, const struct gr_timeline *t, const char *id)
{
    double ticks[GR_MAX_TICKS];
    size_t n = gr_axis_ticks(&t->axis, TICKS, ticks);
    gr_html(out, "<defs><g id=\"r-%s\">", id);
    for (size_t i = 0; i < t->axis.n_breaks; i++) {
        double from = at(t, t->axis.breaks[i].from), to = at(t, t->axis.breaks[i].to);
        gr_html(out, "<rect class=\"q\" x=\"%.2f%%\" width=\"%.2f%%\" height=\"100%%\"/>",
                from, to - from);
    }
    for (size_t i = 0; i < n; i++)
        gr_html(out, "<line class=\"g\" x1=\"%.2f%%\" x2=\"%.2f%%\" y2=\"100%%\"/>",
                at(t, ticks[i]), at(t, ticks[i]));
    fputs("</g></defs></svg></div>\n", out);
}

/* ---- un carril ------------------------------------------------------------------- */

/* Lo que se lee al pararse encima: qué y cuándo. */
static void put_title(FILE *out, const struct gr_mark *m)
{
    char *from = gr_time_words(m->from), *to = gr_time_words(m->to);
    if (m->dot)
        gr_html(out, "<title>%s: %s</title>", from, m->text);
    else
        gr_html(out, "<title>de %s a %s: %s</title>", from, to, m->text);
    free(from);
    free(to);
}

static void put_bar(FILE *out, const struct gr_timeline *t, const struct gr_mark *m,
                    double y, double height, bool words)
{
    double from = at(t, m->from), width = at(t, m->to) - from;
    gr_html(out,
            "<rect class=\"%s\" x=\"%.2f%%\" y=\"%.2f\" width=\"%.2f%%\" "
            "height=\"%.2f\" rx=\"2\">",
            tone_class(m->tone), from, y, width, height);
    put_title(out, m);
    fputs("</rect>", out);
    if (words && width >= LEGIBLE)
        gr_html(
            out,
            "<svg x=\"%.2f%%\" width=\"%.2f%%\" height=\"100%%\"><text class=\"t %s\" "
            "x=\"6\" y=\"%.2f\">%s</text></svg>",
            from, width - 0.6, tone_class(m->tone), y + height - 4, m->text);
}

static void put_marks(FILE *out, const struct gr_timeline *t, const struct gr_lane *lane,
                      double row, bool words)
{
    double gap = row > 10 ? 3 : row > 5 ? 2 : 1;
    size_t shown = lane->n_rows < MAX_ROWS ? lane->n_rows : MAX_ROWS;
    for (size_t i = 0; i < lane->n_marks; i++) {
        const struct gr_mark *m = &lane->marks[i];
        size_t at_row = m->row < shown ? m->row : shown - 1;
        if (!m->dot)
            put_bar(out, t, m, row * (double)at_row + gap / 2, row - gap,
                    words && row == ALONE);
    }
    for (size_t i = 0; i < lane->n_marks; i++) {
        const struct gr_mark *m = &lane->marks[i];
        if (!m->dot)
            continue;
        gr_html(out, "<circle class=\"%s\" cx=\"%.2f%%\" cy=\"%.2f\" r=\"4\">",
                tone_class(m->tone), at(t, m->from), row / 2);
        put_title(out, m);
        fputs("</circle>", out);
    }
}

/* `grid` es el nombre de sus rayas; "" si no las lleva. */
static void open_track(FILE *out, const char *grid, const char *class, const char *label,
                       const char *full, const char *words, double height)
{
    gr_html(out,
            "<div class=\"carril %s\"><span title=\"%s\">%s</span>"
            "<svg role=\"img\" aria-label=\"%s: %s\" height=\"%.2f\">",
            class, full, label, label, words, height);
    if (*grid)
        gr_html(out, "<use href=\"#r-%s\"/>", grid);
}

static char *count_words(const struct gr_lane *lane)
{
    size_t dots = 0;
    for (size_t i = 0; i < lane->n_marks; i++)
        dots += lane->marks[i].dot;
    size_t spans = lane->n_marks - dots;
    if (lane->n_marks == 0)
        return ag_format("nada");
    return spans == 0  ? ag_format("%zu puntos", dots)
           : dots == 0 ? ag_format("%zu tramos", spans)
                       : ag_format("%zu tramos y %zu puntos", spans, dots);
}

static char *label_of(const struct gr_lane *lane)
{
    if (strcmp(lane->kind, "programa") == 0)
        return ag_format("%.*s", (int)strcspn(lane->name, " "), lane->name);
    if (strcmp(lane->kind, "salida") == 0)
        return ag_format("lo que escribe");
    if (strcmp(lane->kind, "tarea") == 0)
        return ag_format("tarea %s", lane->name);
    return ag_format("%s", lane->name);
}

static void put_lane(FILE *out, const struct gr_timeline *t, const struct gr_lane *lane,
                     const char *id)
{
    size_t rows = lane->n_rows < MAX_ROWS ? lane->n_rows : MAX_ROWS;
    double row = pitch(rows);
    char *label = label_of(lane), *words = count_words(lane);
    open_track(out, id, lane->kind, label, lane->name, words, row * (double)rows);
    put_marks(out, t, lane, row, true);
    if (lane->n_marks == 0)
        fputs("<text class=\"p\" x=\"4\" y=\"15\">nada</text>", out);
    fputs("</svg></div>\n", out);
    free(words);
    free(label);
}

/* ---- lo que debía verse, junto a lo que se vio ------------------------------------ */

static void put_wanted(FILE *out, const struct gr_timeline *t)
{
    size_t most = t->wanted > (int)t->real.n_rows ? (size_t)t->wanted : t->real.n_rows;
    double row = pitch(most < 2 ? 2 : most);
    char *words = ag_format("%d", t->wanted);
    size_t rows = t->wanted < MAX_ROWS ? (size_t)t->wanted : MAX_ROWS;
    fputs("<div class=\"juntos\">", out);
    open_track(out, "", "esperado", "debían ir a la vez", "", words, row * (double)rows);
    for (size_t i = 0; i < t->n_lanes; i++)
        for (size_t k = 0; k < t->lanes[i].n_marks; k++) {
            const struct gr_mark *m = &t->lanes[i].marks[k];
            for (int n = 0; n < m->count && n < MAX_ROWS; n++)
                put_bar(out, t, m, row * n + 1, row - 3, false);
        }
    fputs("</svg></div>\n", out);
    free(words);
    words = ag_format("%zu", t->real.n_marks ? t->real.n_rows : 0);
    rows = t->real.n_rows < MAX_ROWS ? t->real.n_rows : MAX_ROWS;
    open_track(out, "", "real", "fueron a la vez", "", words, row * (double)rows);
    put_marks(out, t, &t->real, row, false);
    fputs("</svg></div></div>\n", out);
    free(words);
}

static void put_caption(FILE *out, const struct gr_timeline *t)
{
    fputs("<figcaption>", out);
    if (t->real.marks)
        gr_html(out, "El corrector esperaba ver %d a la vez; como mucho hubo %zu. ",
                t->wanted, t->real.n_marks ? t->real.n_rows : 0);
    fputs("Qué vio el corrector desde que arrancó el programa.", out);
    for (size_t i = 0; i < t->n_lanes; i++)
        if (strcmp(t->lanes[i].kind, "tarea") == 0) {
            fputs(" De cada tarea tuya, lo oscuro es cuándo corrió, y lo claro, qué "
                  "esperaba.",
                  out);
            break;
        }
    if (t->axis.n_breaks)
        fputs(" En lo sombreado no cambió nada: dura más de lo que ocupa.", out);
    if (t->dropped)
        gr_html(out, " Hubo %d sucesos más.", t->dropped);
    fputs("</figcaption>", out);
}

void gr_page_timeline(FILE *out, const json_t *chronicle, const char *id)
{
    static const char *const order[] = {"programa", "cliente", "ruta",
                                        "tuberia",  "archivo", "base",
                                        "salida",   "tarea",   "conexion"};
    struct gr_timeline t;
    if (!gr_timeline_open(&t, chronicle))
        return;
    fputs("<figure class=\"tiempo\">\n", out);
    put_scale(out, &t);
    put_grid(out, &t, id);
    if (t.real.marks)
        put_wanted(out, &t);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < t.n_lanes; i++)
            if (strcmp(t.lanes[i].kind, order[k]) == 0)
                put_lane(out, &t, &t.lanes[i], id);
    put_caption(out, &t);
    fputs("</figure>\n", out);
    gr_timeline_close(&t);
}
