/* La pantalla: cuántas columnas tiene, si lleva colores y con qué marcas se lee de un vistazo. */
#include "base/memory.h"
#include "base/text.h"
#include "grader/report.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MIN_COLS 50
#define MAX_COLS 80

/* ¿Se escribe para una terminal? Quien enseña en la suya lo que otro le pasa por una tubería lo
 * pide con CLICOLOR_FORCE, y con COLUMNS dice cuánto cabe. */
static bool for_terminal(FILE *out)
{
    const char *force = getenv("CLICOLOR_FORCE");
    return fileno(out) >= 0 &&
           (isatty(fileno(out)) || (force && *force && strcmp(force, "0") != 0));
}

static size_t bounded(size_t cols)
{
    return cols < MIN_COLS ? MIN_COLS : cols > MAX_COLS ? MAX_COLS : cols;
}

struct gr_style gr_style_for(FILE *out)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((no && *no) || !term || strcmp(term, "dumb") == 0 || !for_terminal(out))
        return (struct gr_style){"", "", "", "", "", ""};
    return (struct gr_style){.bold = "\x1b[1m",
                             .dim = "\x1b[2m",
                             .good = "\x1b[32m",
                             .bad = "\x1b[31m",
                             .warn = "\x1b[33m",
                             .off = "\x1b[0m"};
}

static size_t columns(FILE *out)
{
    struct winsize ws;
    if (fileno(out) < 0) /* en memoria: es para guardarlo, y no hay márgenes */
        return SIZE_MAX;
    const char *told = getenv("COLUMNS");
    if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &ws) == 0 && ws.ws_col)
        return bounded(ws.ws_col);
    return told && for_terminal(out) ? bounded(strtoul(told, NULL, 10)) : MAX_COLS;
}

bool gr_screen_blocks(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!locale)
        return false;
    bool yes = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return yes;
}

struct gr_screen gr_screen_for(FILE *out)
{
    return (struct gr_screen){
        .out = out, .cols = columns(out), .style = gr_style_for(out)};
}

void gr_put_row(const struct gr_screen *s, const char *mark, const char *left,
                const char *right, const char *color)
{
    char *text = NULL;
    size_t size = 0;
    FILE *mem = open_memstream(&text, &size);
    if (!mem)
        return;
    size_t taken = ag_width(right, strlen(right));
    gr_text_wrap(mem, mark, left, s->cols - taken - 1);
    fclose(mem);
    char *rest = strchr(text, '\n');
    *rest++ = '\0';
    int gap = (int)(s->cols - ag_width(text, strlen(text)) - taken);
    fprintf(s->out, "%s%.*s%s%s%*s%s\n%s", color, (int)strlen(mark), text,
            *color ? s->style.off : "", text + strlen(mark), gap > 1 ? gap : 1, "", right,
            rest);
    free(text);
}

const char *gr_result_mark(const struct gr_result *result)
{
    if (result->blocked || result->verdict == GR_UNCOMPILED)
        return "·";
    return result->verdict == GR_PASS ? "✓" : result->verdict == GR_BROKEN ? "!" : "✗";
}

const char *gr_verdict_color(const struct gr_screen *s, enum gr_verdict v)
{
    return v == GR_PASS ? s->style.good : v == GR_BROKEN ? s->style.warn : s->style.bad;
}

const char *gr_points_word(int points)
{
    return points == 1 ? "punto" : "puntos";
}
