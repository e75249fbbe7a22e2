/* lines.c: lo que escribe el programa, partido en líneas, y cómo se buscan. */
#include "program.h"
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_LINES 25  /* de la cola de la salida, cuando la prueba falla */
#define SHOWN_BYTES 400 /* de cada una */

/* ------------------------------------------------------- Lo llama el hilo lector */

static void add_line(struct hs_program *p, enum hs_stream stream, const char *text,
                     size_t length, bool newline)
{
    struct hs_line *line = hs__alloc(sizeof *line);
    char *copy = hs__alloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    if ((p->line_count & (p->line_count - 1)) == 0) /* crece al doble */
        p->lines = hs__grow(p->lines, (2 * p->line_count + 1) * sizeof *p->lines);
    p->lines[p->line_count++] = line;
    *line = (struct hs_line){copy, length, (int)p->line_count, hs_now(), stream, newline};
}

void hs__take_bytes(struct hs_program *p, enum hs_stream stream, const char *bytes,
                    size_t n)
{
    struct hs__output *o = &p->output[stream];
    size_t room = p->options.max_output - o->length;
    if (n > room) {
        n = room;
        o->overflowed = true;
    }
    if (!o->bytes)
        o->bytes = hs__alloc(p->options.max_output);
    memcpy(o->bytes + o->length, bytes, n);
    size_t look = o->length;
    o->length += n;
    for (char *end; (end = memchr(o->bytes + look, '\n', o->length - look));) {
        look = (size_t)(end - o->bytes) + 1;
        add_line(p, stream, o->bytes + o->line_start, look - 1 - o->line_start, true);
        o->line_start = look;
    }
}

void hs__take_end(struct hs_program *p, enum hs_stream stream)
{
    struct hs__output *o = &p->output[stream];
    if (o->line_start < o->length)
        add_line(p, stream, o->bytes + o->line_start, o->length - o->line_start, false);
    o->line_start = o->length;
}

void hs__free_lines(struct hs_program *p)
{
    for (size_t i = 0; i < p->line_count; i++) {
        free((char *)p->lines[i]->text);
        free(p->lines[i]);
    }
    free(p->lines);
    free(p->output[HS_OUT].bytes);
    free(p->output[HS_ERR].bytes);
}

/* ------------------------------------------------------------------------- Buscar */

/* Una búsqueda preparada: la expresión compilada y lo ya mirado, para no repetirlo. */
struct search {
    struct hs_program *p;
    const struct hs_match *match;
    regex_t regex;
    int wanted, found;
    size_t looked;
    const struct hs_line *line; /* la última hallada */
};

static void search_open(struct search *s, struct hs_program *p,
                        const struct hs_match *match, int wanted)
{
    *s = (struct search){.p = p, .match = match, .wanted = wanted};
    if (!match->regex)
        return;
    int error = regcomp(&s->regex, match->regex, REG_EXTENDED | REG_NOSUB);
    if (error) {
        char why[128];
        regerror(error, &s->regex, why, sizeof why);
        hs_broken("la expresión «%s» está mal: %s", match->regex, why);
    }
}

static void search_close(struct search *s)
{
    if (s->match->regex)
        regfree(&s->regex);
}

static bool matches(const struct search *s, const struct hs_line *line)
{
    const struct hs_match *m = s->match;
    if (line->number <= m->after || (m->stream != HS_ANY && line->stream != m->stream))
        return false;
    for (size_t i = 0; i < sizeof m->has / sizeof *m->has; i++)
        if (m->has[i] && !strstr(line->text, m->has[i]))
            return false;
    if (m->lacks && strstr(line->text, m->lacks))
        return false;
    if (m->regex && regexec(&s->regex, line->text, 0, NULL, 0) != 0)
        return false;
    return !m->test || m->test(line, m->arg);
}

/* Avanza por las líneas nuevas. Con el cerrojo tomado. */
static bool search_advance(struct search *s)
{
    while (s->looked < s->p->line_count && s->found < s->wanted) {
        const struct hs_line *line = s->p->lines[s->looked++];
        if (matches(s, line)) {
            s->found++;
            s->line = line;
        }
    }
    return s->found >= s->wanted;
}

/* Cómo se lee una búsqueda: «una línea con "a" y "b"». */
static const char *match_words(const struct hs_match *m)
{
    if (m->what)
        return m->what;
    const char *words = "", *sep = " con ";
    for (size_t i = 0; i < sizeof m->has / sizeof *m->has; i++)
        if (m->has[i]) {
            words = hs_format("%s%s«%s»", words, sep, m->has[i]);
            sep = " y ";
        }
    if (m->lacks)
        words = hs_format("%s sin «%s»", words, m->lacks);
    if (m->regex)
        words = hs_format("%s de la forma «%s»", words, m->regex);
    if (m->stream == HS_ERR)
        words = hs_format("%s en stderr", words);
    return hs_format("una línea%s", words);
}

/* ------------------------------------------------------------------------ Esperar */

enum { FOUND = 1, HOPELESS = 2 };

static int wait_check(void *arg)
{
    struct search *s = arg;
    struct hs_program *p = s->p;
    if (search_advance(s))
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
    struct search s;
    search_open(&s, p, &match, n);
    const char *what = match_words(&match);
    const char *lack = n == 1 ? hs_format("No llegó %s", what)
                              : hs_format("No llegó %d veces %s", n, what);
    hs__lock();
    int result = hs__wait(wait_check, &s, ms);
    if (result != FOUND && n > 1)
        lack = hs_format("%s: solo %d", lack, s.found);
    if (result == 0)
        hs__fail_waiting(ms, "%s", lack);
    hs__unlock();
    if (result == HOPELESS)
        hs_fail("%s, y el programa ya %s", lack, hs_exit_words(p->end));
    search_close(&s);
    hs_step("El programa escribió: «%s»", s.line->text);
    return s.line;
}

const struct hs_line *hs_wait_line(struct hs_program *p, struct hs_match match, int ms)
{
    return hs_wait_lines(p, 1, match, ms);
}

const struct hs_line *hs_try_line(struct hs_program *p, struct hs_match match, int ms)
{
    struct search s;
    search_open(&s, p, &match, 1);
    hs__lock();
    if (hs__wait(wait_check, &s, ms) == 0 && hs_now() >= hs__deadline())
        hs__fail_waiting(ms, "No llegó %s", match_words(&match));
    hs__unlock();
    search_close(&s);
    return s.line;
}

/* ----------------------------------------------------------------- Sin esperar */

int hs_mark(struct hs_program *p)
{
    hs__lock();
    int mark = (int)p->line_count;
    hs__unlock();
    return mark;
}

const struct hs_line *hs_find_line(struct hs_program *p, struct hs_match match, int n)
{
    struct search s;
    search_open(&s, p, &match, n);
    hs__lock();
    bool found = search_advance(&s);
    hs__unlock();
    search_close(&s);
    return found ? s.line : NULL;
}

int hs_count_lines(struct hs_program *p, struct hs_match match)
{
    struct search s;
    search_open(&s, p, &match, INT32_MAX);
    hs__lock();
    search_advance(&s);
    hs__unlock();
    search_close(&s);
    return s.found;
}

void hs_expect_line(struct hs_program *p, struct hs_match match)
{
    hs__checked();
    if (!hs_find_line(p, match, 1))
        hs_fail("falta %s", match_words(&match));
}

void hs_expect_lines(struct hs_program *p, int n, struct hs_match match)
{
    hs_expect_eq_int(hs_format("número de veces que aparece %s", match_words(&match)), n,
                     hs_count_lines(p, match));
}

void hs_expect_no_line(struct hs_program *p, struct hs_match match)
{
    hs__checked();
    const struct hs_line *line = hs_find_line(p, match, 1);
    if (line)
        hs_fail("no debía aparecer %s, y apareció «%s»", match_words(&match), line->text);
}

static const char *copy_output(struct hs_program *p, enum hs_stream stream)
{
    hs__lock();
    struct hs__output *o = &p->output[stream];
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

/* -------------------------------------------------------- Enseñarlas al fallar */

static void show(struct hs__lines *lines, const char *when, enum hs_stream stream,
                 const char *text, size_t length)
{
    char *clean = hs__clean(text, length, SHOWN_BYTES);
    hs__add(lines, "  %s | %s%s", when, stream == HS_ERR ? "(stderr) " : "", clean);
    free(clean);
}

/* Lo importante de un informe de los sanitizadores está al principio, no al final. */
static size_t first_shown(const struct hs_program *p)
{
    static const char *const alarms[] = {"ERROR: AddressSanitizer",
                                         "ERROR: LeakSanitizer", "runtime error:"};
    size_t from = p->line_count > SHOWN_LINES ? p->line_count - SHOWN_LINES : 0;
    for (size_t i = 0; i < from; i++)
        for (size_t a = 0; a < sizeof alarms / sizeof *alarms; a++)
            if (strstr(p->lines[i]->text, alarms[a]))
                return i;
    return from;
}

void hs__report_lines(struct hs_program *p, struct hs__lines *lines)
{
    size_t from = first_shown(p), to = from + SHOWN_LINES;
    if (to > p->line_count)
        to = p->line_count;
    if (p->output[HS_OUT].length + p->output[HS_ERR].length == 0) {
        hs__add(lines, "  No escribió nada.%s",
                p->ended ? "" : " Si usa printf, ¿llama después a fflush(stdout)?");
        return;
    }
    hs__add(lines, "  Lo que escribió%s:", from > 0 ? ", por el final" : "");
    for (size_t i = from; i < to; i++)
        show(lines, hs_format("+%s s", hs__seconds(p->lines[i]->ms, 3)),
             p->lines[i]->stream, p->lines[i]->text, p->lines[i]->length);
    if (to < p->line_count)
        hs__add(lines, "  … (%zu líneas más)", p->line_count - to);
    for (int i = HS_OUT; i <= HS_ERR; i++) {
        struct hs__output *o = &p->output[i];
        if (o->line_start < o->length)
            show(lines, "sin salto", i, o->bytes + o->line_start,
                 o->length - o->line_start);
    }
}
