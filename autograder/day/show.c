/* `make progreso`: capítulos, práctica y laboratorios, con su barra. */
#include "base/memory.h"
#include "base/text.h"
#include "day/contents.h"
#include "day/day.h"
#include "day/progress.h"

#include <stdlib.h>
#include <string.h>

enum { BAR = 10, COUNT = 7 };

/* «██████░░░░» o, donde no se ven, «######----»; llena solo si está todo, y con algo desde que hay algo. */
static char *bar(int done, int all)
{
    const char *on = gr_screen_blocks() ? "█" : "#", *off = *on == '#' ? "-" : "░";
    int full = all > 0 ? done * BAR / all : 0;
    if (done > 0 && full == 0)
        full = 1;
    char *text = ag_alloc(BAR * strlen("█") + 1, 1), *w = text;
    for (int i = 0; i < BAR; i++)
        w = stpcpy(w, i < full ? on : off);
    return text;
}

static void put_row(const struct gr_screen *s, const char *number, const char *title,
                    const char *note, int done, int all)
{
    char *mark = ag_format("  %s ", done == all && all > 0 ? "✓" : done > 0 ? "→" : "·");
    char *left = ag_format("%.2s  %s%s", number, title, note);
    char *drawn = bar(done, all);
    char *count = ag_format("%d/%d", done, all);
    char *right = ag_format("%s %*s", drawn, COUNT, count);
    gr_put_row(s, mark, left, right,
               done == all && all > 0 ? s->style.good
               : done > 0             ? s->style.bold
                                      : "");
    free(right);
    free(count);
    free(drawn);
    free(left);
    free(mark);
}

static int done_in(const struct day_progress *p, const struct day_chapter *chapter)
{
    int done = 0;
    for (size_t i = 0; i < chapter->n; i++)
        done += day_exercise_done(p, chapter->dir, chapter->names[i]);
    return done;
}

static void put_title(const struct gr_screen *s, const char *title)
{
    fprintf(s->out, " %s%s%s\n", s->style.bold, title, s->style.off);
}

struct totals {
    int read, chapters, done, exercises, points, max;
    const struct day_chapter *next;
    const struct lab *next_lab;
};

static void put_chapters(const struct gr_screen *s, const struct day_course *c,
                         const struct day_progress *p, struct totals *t)
{
    put_title(s, "Capítulos, y ejercicios hechos en cada uno");
    for (size_t i = 0; i < c->n_chapters; i++) {
        const struct day_chapter *chapter = &c->chapters[i];
        int done = done_in(p, chapter), all = (int)chapter->n;
        bool finished = done == all && all > 0;
        bool seen = finished || day_chapter_read(p, chapter->dir);
        put_row(s, chapter->dir, chapter->title, seen && !finished ? " (leído)" : "",
                done, all);
        t->read += seen;
        t->chapters++;
        t->done += done;
        t->exercises += all;
        if (!finished && !t->next && all > 0)
            t->next = chapter;
    }
}

static void put_labs(const struct gr_screen *s, const struct day_course *c,
                     const struct day_progress *p, struct totals *t)
{
    put_title(s, "Laboratorios, y puntos de la última calificación");
    for (size_t i = 0; i < c->labs.n; i++) {
        const struct lab *lab = &c->labs.v[i];
        struct day_points now = day_lab_points(p, lab->dir);
        int max = now.max > 0 ? now.max : 100;
        char *note = now.best > now.points ? ag_format(" (llegaste a %d)", now.best)
                                           : ag_format("%s", "");
        put_row(s, lab->id, lab->title, note, now.points, max);
        free(note);
        t->points += now.points;
        t->max += max;
        if (now.points > 0 && now.points < max && !t->next_lab)
            t->next_lab = lab; /* el que ya se empezó */
    }
    if (!t->next_lab)
        t->next_lab = gr_next_lab(&c->labs);
}

static void put_totals(const struct gr_screen *s, const struct totals *t,
                       const struct day_progress *p)
{
    char *text = ag_format("%d de %d capítulos, %d de %d ejercicios y %d de %d puntos.",
                           t->read, t->chapters, t->done, t->exercises, t->points,
                           t->max);
    gr_text_wrap(s->out, " ", text, s->cols);
    free(text);
    if (t->done == t->exercises && t->points == t->max) {
        fputs(" Está todo hecho. ¿Y ahora? lessons/y-ahora-que.md\n", s->out);
        return;
    }
    fputs(s->style.dim, s->out);
    if (day_last(p))
        fprintf(s->out, "    Por donde ibas       make watch %s\n", day_last(p));
    if (t->next)
        fprintf(s->out, "    Siguiente ejercicio  make watch CAP=%.2s\n", t->next->dir);
    if (t->next_lab)
        fprintf(s->out, "    Siguiente punto      make watch LAB=%s\n", t->next_lab->id);
    if (t->next && !day_chapter_read(p, t->next->dir))
        fprintf(s->out, "    Capítulo leído       make progreso LEIDO=%.2s\n",
                t->next->dir);
    fputs(s->style.off, s->out);
}

/* 0, o -1 si no hay tal capítulo. */
static int note_read(const struct day_course *c, const char *which)
{
    const struct day_chapter *chapter = day_course_chapter(c, which);
    struct day_progress p;
    if (!chapter) {
        fprintf(stderr, "make progreso: no hay ningún capítulo «%s»: prueba LEIDO=05\n",
                which);
        return -1;
    }
    day_progress_open(&p);
    day_note_read(&p, chapter->dir);
    day_progress_close(&p);
    return 0;
}

int day_show(const char *chapter)
{
    struct gr_screen screen = gr_screen_for(stdout);
    struct day_course course;
    struct day_progress p;
    struct totals totals = {0};
    struct gr_error err;
    if (day_course_load(&course, &err) < 0) {
        fprintf(stderr, "make progreso: %s\n", err.text);
        return GR_EXIT_USAGE;
    }
    if (chapter && note_read(&course, chapter) < 0) {
        day_course_free(&course);
        return GR_EXIT_USAGE;
    }
    day_progress_read(&p);
    put_chapters(&screen, &course, &p, &totals);
    fputc('\n', screen.out);
    put_labs(&screen, &course, &p, &totals);
    fputc('\n', screen.out);
    put_totals(&screen, &totals, &p);
    day_progress_close(&p);
    day_course_free(&course);
    return GR_EXIT_OK;
}
