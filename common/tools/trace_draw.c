/* Las filas del dibujo: una por tarea, el tiempo de izquierda a derecha. */
#include <asinc/error.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace_canvas.h"
#include "trace_text.h"

enum {
    RIGHT_MARGIN = 26, /* cabe media etiqueta del último instante */
    INDENT = 14,
    MIN_NAMES = 64,
    MAX_NAMES = 210
};

static const double RUN_MIN = 3; /* lo que corrió un instante también se ve */

/* ---- Medidas ------------------------------------------------------------------------ */

static double y_of(size_t row, const struct canvas *c)
{
    return HEADER + (double)row * c->pitch + (c->pitch - c->bar) / 2.0;
}

static int indent_of(const struct canvas *c, size_t row)
{
    int depth = c->trace->tasks[c->rows[row].from].depth;
    return INDENT * (depth < 5 ? depth : 5);
}

static void row_name(const struct canvas *c, size_t row, char *name, size_t size)
{
    const struct row *r = &c->rows[row];

    if (r->collapsed)
        snprintf(name, size, "y %zu tareas más", r->to - r->from);
    else
        snprintf(name, size, "%s", c->trace->tasks[r->from].name);
}

static void measure(struct canvas *c)
{
    char name[256];

    c->names = MIN_NAMES;
    for (size_t i = 0; i < c->row_count; i++) {
        row_name(c, i, name, sizeof name);
        int width = indent_of(c, i) + (int)text_width(name, 12) + 14;
        c->names = width > c->names ? width : c->names;
    }
    if (c->names > MAX_NAMES)
        c->names = MAX_NAMES;
    c->pitch = c->row_count > 24 ? 20 : 28;
    c->bar = c->pitch - 8;
    c->scale = (WIDTH - MARGIN - RIGHT_MARGIN - c->names) /
               (c->trace->duration > 0 ? c->trace->duration : 1);
}

/* ---- Las filas ---------------------------------------------------------------------- */

/* Cuánto sube la rama que lleva a una fila: hasta su hermana anterior o hasta su madre. */
static double rise_of(const struct canvas *c, size_t row)
{
    size_t above = row - 1;

    while (above > 0 && indent_of(c, above) > indent_of(c, row))
        above--;
    double rise = (double)(row - above) * c->pitch;
    return indent_of(c, above) < indent_of(c, row) ? rise - 9 : rise;
}

static void draw_name(const struct canvas *c, size_t row)
{
    double middle = y_of(row, c) + c->bar / 2.0;
    int indent = indent_of(c, row);
    char name[256];

    row_name(c, row, name, sizeof name);
    if (indent > 0) {
        double rise = rise_of(c, row);
        fprintf(
            c->out,
            "<path class=\"ms\" stroke=\"#57606a\" stroke-opacity=\".5\" fill=\"none\" "
            "d=\"M%d %.1f v%.1f h6\"/>",
            MARGIN + indent - 9, middle - rise, rise);
    }
    fprintf(c->out, "<text class=\"%s\" fill=\"%s\" x=\"%d\" y=\"%.1f\"%s>",
            c->rows[row].collapsed ? "m" : "t",
            c->rows[row].collapsed ? "#57606a" : "#1f2328", MARGIN + indent, middle + 4,
            c->rows[row].collapsed ? " font-style=\"italic\"" : "");
    write_xml_fitted(c->out, name, c->names - indent - 8, 12);
    fputs("</text>\n", c->out);
}

/* Un rectángulo con su explicación, que se lee al poner encima el ratón. */
static void draw_bar(const struct canvas *c, size_t row, enum trace_kind kind, double x0,
                     double x1, const char *verb, const char *what, double time)
{
    char duration[32];

    fprintf(c->out,
            "<rect class=\"%s\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"%d\"><title>",
            canvas_looks[kind].css, canvas_looks[kind].fill, x0, y_of(row, c), x1 - x0,
            c->bar);
    fputs(verb, c->out);
    write_xml(c->out, what);
    fprintf(c->out, ", %s</title></rect>\n",
            format_time(time, duration, sizeof duration));
}

static void draw_label(const struct canvas *c, size_t row, const struct trace_span *span)
{
    double x = canvas_x(c, span->start) + 7;

    if (text_width(span->what, 11) > canvas_x(c, span->end) - x - 4)
        return;
    fprintf(c->out,
            "<text class=\"%s\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" font-size=\"11\">",
            canvas_looks[span->kind].text_css, canvas_looks[span->kind].text_fill, x,
            y_of(row, c) + c->bar / 2.0 + 4);
    write_xml(c->out, span->what);
    fputs("</text>\n", c->out);
}

static void draw_waits(const struct canvas *c, size_t row, const struct trace_task *task)
{
    for (size_t i = 0; i < task->count; i++) {
        const struct trace_span *span = &task->spans[i];
        double x0 = canvas_x(c, span->start), x1 = canvas_x(c, span->end);
        if (span->kind == TRACE_RUN || x1 - x0 < 0.5)
            continue; /* bajo la marca de que corrió no se vería */
        draw_bar(c, row, span->kind, x0, x1, "espera ", span->what,
                 span->end - span->start);
        draw_label(c, row, span);
    }
}

/* Los tramos en que corrió, unidos los que en el papel se tocan: una tarea puede correr
 * un millón de veces. */
static void draw_runs(const struct canvas *c, size_t row, const struct trace_span *spans,
                      size_t count)
{
    double x0 = 0, x1 = -1, time = 0;
    size_t times = 0;
    char what[64];

    for (size_t i = 0; i <= count; i++) {
        double from = 0, to = 0;
        if (i < count) {
            if (spans[i].kind != TRACE_RUN)
                continue;
            from = canvas_x(c, spans[i].start);
            to = canvas_x(c, spans[i].end);
            double thin = fmax(0, RUN_MIN - (to - from)) / 2;
            from -= thin;
            to += thin;
        }
        if (times > 0 && (i == count || from > x1 + 0.5)) {
            snprintf(what, sizeof what, "%zu %s", times, times == 1 ? "vez" : "veces");
            draw_bar(c, row, TRACE_RUN, x0, x1, "corre ", what, time);
            times = 0;
        }
        if (i == count)
            break;
        x0 = times == 0 ? from : x0;
        x1 = times == 0 ? to : fmax(x1, to);
        time = (times == 0 ? 0 : time) + spans[i].end - spans[i].start;
        times++;
    }
}

/* Cómo acabó mal: una cruz, y el porqué si cabe a su derecha o al final de su espera. */
static void draw_end(const struct canvas *c, size_t row, const struct trace_task *task)
{
    const struct trace_span *wait = NULL;
    double x = canvas_x(c, task->end), y = y_of(row, c) + c->bar / 2.0;
    double width = text_width(task->error, 11);

    fprintf(c->out, "<g><title>termina con un error: ");
    write_xml(c->out, task->error);
    fprintf(
        c->out,
        "</title><circle class=\"b\" fill=\"#fdfdfb\" cx=\"%.1f\" cy=\"%.1f\" r=\"6.5\"/>"
        "<path class=\"%s\" stroke=\"%s\" stroke-width=\"2.2\" stroke-linecap=\"round\" "
        "d=\"M%.1f %.1f l7 7 m0 -7 l-7 7\"/></g>\n",
        x, y, task->cancelled ? "ms" : "es", task->cancelled ? "#57606a" : "#c01c28",
        x - 3.5, y - 3.5);
    for (size_t i = 0; i < task->count; i++) {
        if (task->spans[i].kind != TRACE_RUN)
            wait = &task->spans[i];
    }
    const char *anchor = "start";
    double at = x + 11;
    if (at + width > WIDTH - 4) {
        double room = wait ? x - 12 - canvas_x(c, wait->start) -
                                 text_width(wait->what, 11) - 20
                           : 0;
        if (room < width)
            return;
        anchor = "end";
        at = x - 10;
    }
    fprintf(c->out,
            "<text class=\"%s\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" font-size=\"11\" "
            "text-anchor=\"%s\">",
            task->cancelled ? "m" : "e", task->cancelled ? "#57606a" : "#c01c28", at,
            y + 4, anchor);
    write_xml(c->out, task->error);
    fputs("</text>\n", c->out);
}

static int draw_collapsed(const struct canvas *c, size_t row)
{
    struct trace_span *spans;
    size_t count;
    double start, end;

    if (row_spans(c->trace, &c->rows[row], &spans, &count, &start, &end) < 0)
        return -1;
    draw_bar(c, row, TRACE_WAIT, canvas_x(c, start), canvas_x(c, end), "", "vivas",
             end - start);
    draw_runs(c, row, spans, count);
    free(spans);
    return 0;
}

static int draw_rows(const struct canvas *c)
{
    for (size_t i = 0; i < c->row_count; i++) {
        const struct trace_task *task = &c->trace->tasks[c->rows[i].from];
        draw_name(c, i);
        if (c->rows[i].collapsed) {
            if (draw_collapsed(c, i) < 0)
                return -1;
            continue;
        }
        draw_waits(c, i, task);
        draw_runs(c, i, task->spans, task->count);
        if (task->error)
            draw_end(c, i, task);
    }
    return 0;
}

int trace_draw(const struct trace *trace, const char *path)
{
    struct canvas c = {.trace = trace};
    struct row *rows;

    if (rows_choose(trace, &rows, &c.row_count) < 0)
        return -1;
    c.rows = rows;
    c.out = fopen(path, "we");
    if (!c.out) {
        free(rows);
        return trace_error("no se pudo escribir «%s»: %s", path,
                           as_strerror(uv_translate_sys_error(errno)));
    }
    measure(&c);
    canvas_draw_header(&c);
    int rc = draw_rows(&c);
    canvas_draw_legend(&c);
    fputs("</svg>\n", c.out);
    bool failed = ferror(c.out);
    failed |= fclose(c.out) != 0;
    if (failed && rc == 0)
        rc = trace_error("no se pudo escribir «%s»: %s", path,
                         as_strerror(uv_translate_sys_error(errno)));
    free(rows);
    return rc;
}
