#include <string.h>

#include "trace_canvas.h"
#include "trace_text.h"

enum { MAX_TICKS = 8, MAX_DESCRIBED = 12 };

#define LIGHT                                                                            \
    ".tz{--b:var(--dg-bg,#fdfdfb);--t:var(--dg-text,#1f2328);--m:var(--dg-muted,#"       \
    "57606a);"                                                                           \
    "--g:var(--dg-line,#d8dee4);--r:var(--dg-run,#1a5fb4);--w:var(--dg-wait,#e1e6ec);"   \
    "--wt:var(--dg-wait-text,#424a53);--o:var(--dg-io,#fbe0b5);"                         \
    "--ot:var(--dg-io-text,#5e3c00);--e:var(--dg-error,#c01c28)}"
#define DARK                                                                             \
    ".tz{--b:var(--dg-bg,#16191d);--t:var(--dg-text,#e6e9ed);--m:var(--dg-muted,#"       \
    "9aa4af);"                                                                           \
    "--g:var(--dg-line,#2f363e);--r:var(--dg-run,#6cb0ff);--w:var(--dg-wait,#3a424c);"   \
    "--wt:var(--dg-wait-text,#d0d7de);--o:var(--dg-io,#5c4312);"                         \
    "--ot:var(--dg-io-text,#ffdfa8);--e:var(--dg-error,#ff7b72)}"

static const char style[] =
    "<style>" LIGHT "\n@media (prefers-color-scheme:dark){" DARK "}\n"
    ".tz .b{fill:var(--b)}.tz .t{fill:var(--t)}.tz .m{fill:var(--m)}"
    ".tz .g{stroke:var(--g)}.tz .r{fill:var(--r)}.tz .w{fill:var(--w)}"
    ".tz .wt{fill:var(--wt)}.tz .o{fill:var(--o)}.tz .ot{fill:var(--ot)}"
    ".tz .e{fill:var(--e)}.tz .es{stroke:var(--e)}.tz .ms{stroke:var(--m)}</style>\n";

/* Cómo se pinta cada clase de tramo, y cómo se cuenta. */
const struct look canvas_looks[] = {
    [TRACE_RUN] = {"r", "#1a5fb4", NULL, NULL, "corre"},
    [TRACE_WAIT] = {"w", "#e1e6ec", "wt", "#424a53", "espera a otra tarea o un plazo"},
    [TRACE_OUTSIDE] = {"o", "#fbe0b5", "ot", "#5e3c00",
                       "espera algo de fuera (la red, un archivo)"},
};

double canvas_x(const struct canvas *c, double time)
{
    return MARGIN + c->names + time * c->scale;
}

/* ---- El título y el eje ------------------------------------------------------------- */

static void describe(const struct canvas *c)
{
    char from[32], to[32];
    size_t shown = 0;

    for (size_t i = 0; i < c->row_count && shown < MAX_DESCRIBED; i++) {
        const struct trace_task *task = &c->trace->tasks[c->rows[i].from];
        if (c->rows[i].collapsed)
            continue;
        write_xml(c->out, task->name);
        fprintf(c->out, ": de %s a %s", format_time(task->start, from, sizeof from),
                format_time(task->end, to, sizeof to));
        if (task->error) {
            fputs(", termina con un error: ", c->out);
            write_xml(c->out, task->error);
        }
        fputs(". ", c->out);
        shown++;
    }
    if (shown < c->trace->count)
        fprintf(c->out, "Y %zu tareas más.", c->trace->count - shown);
}

static void draw_title(const struct canvas *c)
{
    const struct trace *t = c->trace;
    char duration[32];
    int height = HEADER + (int)c->row_count * c->pitch + LEGEND;

    format_time(t->duration, duration, sizeof duration);
    fprintf(
        c->out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tz\" role=\"img\" "
        "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
        "font-family=\"system-ui, 'Noto Sans', sans-serif\" font-size=\"12\">\n<title>",
        WIDTH, height, WIDTH, height);
    fputs("Línea de tiempo de ", c->out);
    write_xml(c->out, t->program);
    fputs("</title>\n<desc>", c->out);
    describe(c);
    fprintf(c->out, "</desc>\n%s", style);
    fprintf(c->out, "<rect class=\"b\" fill=\"#fdfdfb\" width=\"%d\" height=\"%d\"/>\n",
            WIDTH, height);
    fprintf(c->out,
            "<text class=\"t\" fill=\"#1f2328\" x=\"%d\" y=\"30\" font-size=\"15\" "
            "font-weight=\"600\">",
            MARGIN);
    write_xml(c->out, t->program);
    fprintf(c->out,
            "<tspan class=\"m\" fill=\"#57606a\" font-size=\"12\" font-weight=\"400\" "
            "dx=\"10\">%zu %s · %s%s</tspan></text>\n",
            t->count, t->count == 1 ? "tarea" : "tareas", duration,
            t->cut ? " · el programa no llegó a terminar" : "");
}

static void draw_axis(const struct canvas *c)
{
    double step = nice_step(c->trace->duration / (MAX_TICKS - 1));
    double bottom = HEADER + (double)c->row_count * c->pitch;
    char label[32];

    for (int i = 0; i * step <= c->trace->duration * 1.0001; i++) {
        double x = canvas_x(c, i * step);
        format_tick(i * step, step, c->trace->duration, label, sizeof label);
        fprintf(c->out,
                "<path class=\"g\" stroke=\"#d8dee4\" d=\"M%.1f %d V%.1f\"/>"
                "<text class=\"m\" fill=\"#57606a\" x=\"%.1f\" y=\"%d\" "
                "font-size=\"11\" text-anchor=\"middle\">%s</text>\n",
                x, HEADER - 8, bottom, x, HEADER - 14, label);
        if (c->trace->duration <= 0)
            break;
    }
}

void canvas_draw_header(const struct canvas *c)
{
    draw_title(c);
    draw_axis(c);
}

/* ---- La leyenda --------------------------------------------------------------------- */

static double draw_key(const struct canvas *c, double x, double y, const char *text)
{
    fprintf(c->out,
            "<text class=\"m\" fill=\"#57606a\" x=\"%.1f\" y=\"%.1f\" "
            "font-size=\"11\">%s</text>\n",
            x, y + 4, text);
    return x + text_width(text, 11) + 18;
}

void canvas_draw_legend(const struct canvas *c)
{
    bool used[3] = {false}, failed = false, cancelled = false;
    double x = MARGIN, y = HEADER + (double)c->row_count * c->pitch + 26;

    for (size_t i = 0; i < c->trace->count; i++) {
        const struct trace_task *task = &c->trace->tasks[i];
        for (size_t j = 0; j < task->count; j++)
            used[task->spans[j].kind] = true;
        failed |= task->error && !task->cancelled;
        cancelled |= task->cancelled;
    }
    for (int kind = TRACE_RUN; kind <= TRACE_OUTSIDE; kind++) {
        if (!used[kind])
            continue;
        fprintf(c->out,
                "<rect class=\"%s\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"12\" "
                "height=\"12\"/>",
                canvas_looks[kind].css, canvas_looks[kind].fill, x, y - 6);
        x = draw_key(c, x + 18, y, canvas_looks[kind].legend);
    }
    for (int i = 0; i < 2; i++) {
        if (!(i == 0 ? failed : cancelled))
            continue;
        fprintf(c->out,
                "<path class=\"%s\" stroke=\"%s\" stroke-width=\"2.2\" "
                "stroke-linecap=\"round\" d=\"M%.1f %.1f l7 7 m0 -7 l-7 7\"/>",
                i == 0 ? "es" : "ms", i == 0 ? "#c01c28" : "#57606a", x + 2, y - 3.5);
        x = draw_key(c, x + 16, y, i == 0 ? "falla" : "cancelada");
    }
}
