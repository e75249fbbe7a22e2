/* lines.c: lo que escribe el programa, línea a línea: esperarlo y exigirlo. */
#include "harness/program/program.h"
#include <string.h>

#define SHOWN_LINES 25  /* de la cola de la salida, cuando la prueba falla */
#define SHOWN_BYTES 400 /* de cada una */

/* ------------------------------------------------------------------------ Esperar */

enum { FOUND = 1, HOPELESS = 2 };

struct wait {
    struct hs_program *p;
    struct hs__search search;
};

static int wait_check(void *arg)
{
    struct wait *w = arg;
    struct hs_program *p = w->p;
    if (hs__search_advance(&w->search))
        return FOUND;
    hs__check_health(p);
    if (p->ended && p->output[HS_OUT].fd < 0 && p->output[HS_ERR].fd < 0)
        return HOPELESS;
    return 0;
}

const struct hs_line *hs_wait_lines(struct hs_program *p, int n, struct hs_match match,
                                    int ms)
{
    hs__checked();
    struct wait w = {.p = p};
    hs__search_open(&w.search, &p->record, &match, n);
    hs__lock();
    int result = hs__wait(wait_check, &w, ms);
    const char *lack = result == FOUND
                           ? ""
                           : hs__lack_words("el programa debía escribir", "la ha escrito",
                                            &match, n, w.search.found);
    if (result == 0)
        hs__fail_waiting(ms, "%s", lack);
    hs__unlock();
    if (result == HOPELESS)
        hs_fail("%s: %s", lack, hs_exit_words(p->end));
    hs__search_close(&w.search);
    hs_step("El programa escribió: «%s»", w.search.line->text);
    return w.search.line;
}

const struct hs_line *hs_wait_line(struct hs_program *p, struct hs_match match, int ms)
{
    return hs_wait_lines(p, 1, match, ms);
}

const struct hs_line *hs_try_line(struct hs_program *p, struct hs_match match, int ms)
{
    struct wait w = {.p = p};
    hs__search_open(&w.search, &p->record, &match, 1);
    hs__lock();
    if (hs__wait(wait_check, &w, ms) == 0 && hs_now() >= hs__deadline())
        hs__fail_waiting(
            ms, "%s",
            hs__lack_words("el programa debía escribir", "la ha escrito", &match, 1, 0));
    hs__unlock();
    hs__search_close(&w.search);
    return w.search.line;
}

/* ----------------------------------------------------------------- Sin esperar */

int hs_mark(struct hs_program *p)
{
    hs__lock();
    int mark = (int)p->record.count;
    hs__unlock();
    return mark;
}

const struct hs_line *hs_find_line(struct hs_program *p, struct hs_match match, int n)
{
    struct hs__search s = hs__search_now(&p->record, &match, n);
    return s.found >= n ? s.line : NULL;
}

int hs_count_lines(struct hs_program *p, struct hs_match match)
{
    return hs__search_now(&p->record, &match, INT32_MAX).found;
}

void hs_expect_line(struct hs_program *p, struct hs_match match)
{
    hs__checked();
    if (!hs_find_line(p, match, 1))
        hs_fail("%s", hs__lack_words("el programa debía escribir", "la ha escrito",
                                     &match, 1, 0));
}

void hs_expect_lines(struct hs_program *p, int n, struct hs_match match)
{
    hs__checked();
    int count = hs_count_lines(p, match);
    if (count != n)
        hs_fail("%s", hs__lack_words("el programa debía escribir", "la ha escrito",
                                     &match, n, count));
}

void hs_expect_no_line(struct hs_program *p, struct hs_match match)
{
    hs__checked();
    const struct hs_line *line = hs_find_line(p, match, 1);
    if (line)
        hs_fail("el programa no debía escribir %s y escribió «%s»",
                hs__match_words(&match), line->text);
}

static const char *copy_output(struct hs_program *p, enum hs_stream stream)
{
    hs__lock();
    struct hs__intake *o = &p->output[stream].in;
    const char *copy = hs__keep_text(o->bytes ? o->bytes : "", o->length);
    hs__unlock();
    return copy;
}

const char *hs_stdout(struct hs_program *p)
{
    return copy_output(p, HS_OUT);
}

const char *hs_stderr(struct hs_program *p)
{
    return copy_output(p, HS_ERR);
}

void hs_expect_complaint(struct hs_program *p, int code, int ms)
{
    hs_expect_exit(p, code, ms);
    const struct hs_line *line = hs_find_line(p, (struct hs_match){.stream = HS_OUT}, 1);
    if (line)
        hs_fail(
            "el programa no debía escribir nada en la salida estándar y escribió «%s»",
            line->text);
    hs_expect_eq_int("el número de líneas de stderr: una basta para decir qué pasa", 1,
                     hs_count_lines(p, (struct hs_match){.stream = HS_ERR}));
}

/* -------------------------------------------------------- Enseñarlas al fallar */

/* Lo importante de un informe de los sanitizadores está al principio, no al final. */
static size_t first_shown(const struct hs_program *p)
{
    static const char *const alarms[] = {"ERROR: AddressSanitizer",
                                         "ERROR: LeakSanitizer", "runtime error:"};
    const struct hs__record *r = &p->record;
    size_t from = r->count > SHOWN_LINES ? r->count - SHOWN_LINES : 0;
    for (size_t i = 0; i < from; i++)
        for (size_t a = 0; a < sizeof alarms / sizeof *alarms; a++)
            if (strstr(r->lines[i]->text, alarms[a]))
                return i;
    return from;
}

void hs__report_lines(struct hs_program *p, struct hs__lines *lines)
{
    size_t from = first_shown(p);
    if (p->output[HS_OUT].in.length + p->output[HS_ERR].in.length == 0) {
        hs__add(lines, "  No escribió nada.");
        return;
    }
    if (p->screen)
        hs__report_screen(p, lines);
    bool all = from == 0, last = from + SHOWN_LINES >= p->record.count;
    hs__add(lines, "  Lo que escribió%s:",
            all    ? ""
            : last ? ", por el final"
                   : ", desde el primer error");
    hs__show_lines(lines, &p->record, from, from + SHOWN_LINES, SHOWN_BYTES);
    for (int i = HS_OUT; i <= HS_ERR; i++)
        hs__show_rest(lines, &p->output[i].in, i, SHOWN_BYTES);
}
