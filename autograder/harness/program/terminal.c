/* terminal.c: programas que escriben en una terminal, y lo que se ve en ella. */
#include "harness/program/program.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SHOWN_ROWS 24 /* de lo que se ve, cuando la prueba falla */

/* O_NOCTTY en los dos: la terminal no debe llegar a ser la de control del corrector. */
void hs__open_terminal(const struct hs_options *options, int fds[2])
{
    struct winsize size = {
        .ws_col = (unsigned short)options->columns,
        .ws_row = (unsigned short)(options->rows ? options->rows : 24)};
    char name[64];
    fds[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fds[0] < 0 || grantpt(fds[0]) < 0 || unlockpt(fds[0]) < 0 ||
        ptsname_r(fds[0], name, sizeof name) != 0 || ioctl(fds[0], TIOCSWINSZ, &size) < 0)
        hs_broken("no puedo crear una terminal: %s", strerror(errno));
    fds[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fds[1] < 0)
        hs_broken("no puedo abrir la terminal %s: %s", name, strerror(errno));
}

static struct hs__screen *screen_of(const struct hs_program *p)
{
    if (!p->screen)
        hs_broken("este programa no tiene terminal: arráncalo con .columns");
    return p->screen;
}

const char *hs_screen(struct hs_program *p)
{
    struct hs__screen *s = screen_of(p);
    hs__lock();
    int used = hs__screen_used(s);
    char *text = ag_alloc((size_t)used, HS__ROW_BYTES(s)), *end = text;
    for (int i = 0; i < used; i++) {
        char *row = hs__screen_row(s, i);
        end = stpcpy(end, row);
        *end++ = '\n';
        free(row);
    }
    hs__unlock();
    const char *kept = hs__keep_text(text, end > text ? (size_t)(end - text) - 1 : 0);
    free(text);
    return kept;
}

/* -------------------------------------------------------------------- Buscar filas */

struct row_search {
    struct hs_program *p;
    struct hs__record rows; /* la pantalla de ahora, como líneas */
    struct hs__search search;
    const char *text; /* la primera fila que cumple */
};

static void row_search_open(struct row_search *s, struct hs_program *p,
                            const struct hs_match *match)
{
    screen_of(p);
    *s = (struct row_search){.p = p};
    hs__search_open(&s->search, &s->rows, match, INT_MAX);
}

/* Mira la pantalla entera: una fila ya mirada puede haber cambiado. Con el cerrojo. */
static int look(struct row_search *s)
{
    int used = hs__screen_used(s->p->screen);
    s->rows = (struct hs__record){0};
    for (int i = 0; i < used; i++) {
        char *row = hs__screen_row(s->p->screen, i);
        hs__add_line(&s->rows, HS_OUT, row, strlen(row), true);
        free(row);
    }
    s->search.looked = 0;
    s->search.found = 0;
    while (s->search.looked < s->rows.count) {
        s->search.wanted = s->search.found + 1;
        if (hs__search_advance(&s->search) && s->search.found == 1)
            s->text = hs__keep_text(s->search.line->text, s->search.line->length);
    }
    hs__record_free(&s->rows);
    return s->search.found;
}

enum { FOUND = 1, HOPELESS = 2 };

static int row_check(void *arg)
{
    struct row_search *s = arg;
    struct hs_program *p = s->p;
    if (look(s) > 0)
        return FOUND;
    hs__check_health(p);
    return p->ended && p->output[HS_OUT].fd < 0 ? HOPELESS : 0;
}

const char *hs_wait_row(struct hs_program *p, struct hs_match match, int ms)
{
    hs__checked();
    struct row_search s;
    const char *unseen = hs_format("en la pantalla debía verse %s y no se ve",
                                   hs__match_words(&match));
    row_search_open(&s, p, &match);
    hs__lock();
    int result = hs__wait(row_check, &s, ms);
    if (result == 0)
        hs__fail_waiting(ms, "%s", unseen);
    hs__unlock();
    if (result == HOPELESS)
        hs_fail("%s: %s", unseen, hs_exit_words(p->end));
    hs__search_close(&s.search);
    hs_step("En la pantalla se ve: «%s»", s.text);
    return s.text;
}

int hs_count_rows(struct hs_program *p, struct hs_match match)
{
    struct row_search s;
    row_search_open(&s, p, &match);
    hs__lock();
    int count = look(&s);
    hs__unlock();
    hs__search_close(&s.search);
    return count;
}

/* ------------------------------------------------------------- Enseñarla al fallar */

void hs__report_screen(struct hs_program *p, struct hs__lines *lines)
{
    int used = hs__screen_used(p->screen);
    int from = used > SHOWN_ROWS ? used - SHOWN_ROWS : 0;
    hs__add(lines, "  Lo que se ve en la pantalla%s:", from > 0 ? ", por el final" : "");
    for (int i = from; i < used; i++) {
        char *row = hs__screen_row(p->screen, i),
             *clean = ag_clean(row, strlen(row), 400, AG_LINE);
        hs__add(lines, "  [%s", clean);
        free(clean);
        free(row);
    }
}
