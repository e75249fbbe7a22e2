/* Cómo va. */
#include "class/progress.h"
#include "base/clock.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80, WIDEST_BAR = 40, AROUND = 40 };

char *cl_duration(double seconds)
{
    long s = (long)(seconds + 0.5);
    if (s < 60)
        return ag_format("%ld s", s);
    if (s < 3600)
        return ag_format("%ld min %ld s", s / 60, s % 60);
    return ag_format("%ld h %ld min", s / 3600, s % 3600 / 60);
}

void cl_progress_start(struct cl_progress *p, size_t total)
{
    *p = (struct cl_progress){.total = total, .started_ms = ag_ms()};
    p->live = isatty(STDERR_FILENO) && strcmp(getenv("TERM") ?: "dumb", "dumb") != 0;
}

/* Lo que falta, si lo que queda va como lo que pasó; vacío si es pronto para saberlo. */
static char *time_left(const struct cl_progress *p)
{
    if (p->done == 0 || p->done == p->total)
        return ag_format("%s", "");
    double each = (ag_ms() - p->started_ms) / 1000 / (double)p->done;
    char *left = cl_duration(each * (double)(p->total - p->done));
    char *text = ag_format("quedan %s", left);
    free(left);
    return text;
}

void cl_progress_tick(const struct cl_progress *p)
{
    if (!p->live)
        return;
    struct winsize ws;
    int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col ? ws.ws_col
                                                                          : USUAL_COLUMNS;
    int width = columns - AROUND < WIDEST_BAR ? columns - AROUND : WIDEST_BAR;
    width = width < 4 ? 4 : width;
    int full = p->total ? (int)((size_t)width * p->done / p->total) : width;
    char *left = time_left(p);
    fprintf(stderr, "\r\x1b[2K[");
    for (int i = 0; i < width; i++)
        fputs(i < full ? "█" : "·", stderr);
    fprintf(stderr, "] %zu de %zu  %s", p->done, p->total, left);
    fflush(stderr);
    free(left);
}

void cl_progress_done(struct cl_progress *p, const char *line)
{
    p->done++;
    if (p->live) {
        fprintf(stderr, "\r\x1b[2K");
        fflush(stderr);
        printf("%s\n", line);
    } else {
        char *left = time_left(p);
        printf("%zu de %zu  %s%s%s\n", p->done, p->total, line, *left ? "  " : "", left);
        free(left);
    }
    fflush(stdout);
    cl_progress_tick(p);
}

void cl_progress_end(const struct cl_progress *p)
{
    if (!p->live)
        return;
    fprintf(stderr, "\r\x1b[2K");
    fflush(stderr);
}
