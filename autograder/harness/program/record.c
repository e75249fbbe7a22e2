/* record.c: líneas que van llegando, y cómo se buscan. */
#include "harness/program/record.h"
#include "harness/chronicle.h"
#include <stdlib.h>
#include <string.h>

#define MAX_REGEX 65536 /* una línea más larga no cumple ninguna expresión */

/* ------------------------------------------------------- Lo llama quien lee */

void hs__add_line(struct hs__record *record, enum hs_stream stream, const char *text,
                  size_t length, bool newline)
{
    struct hs_line *line = ag_alloc(1, sizeof *line + length + 1);
    char *copy = (char *)(line + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    if ((record->count & (record->count - 1)) == 0) /* crece al doble */
        record->lines = ag_grow(record->lines, 2 * record->count + 1,
                                sizeof *record->lines);
    record->lines[record->count++] = line;
    *line = (struct hs_line){copy, length, (int)record->count, hs_now(), stream, newline};
    hs__dot(record->lane, stream == HS_ERR ? HS__ODD : HS__PLAIN, copy, length);
}

void hs__take_bytes(struct hs__record *record, struct hs__intake *in,
                    enum hs_stream stream, const char *bytes, size_t n)
{
    if (!hs__allow(HS__BYTES, n))
        return;
    size_t room = in->max > 0 ? in->max - in->length : SIZE_MAX;
    if (n > room) {
        n = room;
        hs__exceed("%s", in->full);
    }
    if (in->capacity - in->length < n) {
        in->capacity = 2 * (in->length + n);
        in->bytes = ag_grow(in->bytes, in->capacity, 1);
    }
    if (n > 0)
        memcpy(in->bytes + in->length, bytes, n);
    size_t look = in->length;
    in->length += n;
    for (char *end; look < in->length &&
                    (end = memchr(in->bytes + look, '\n', in->length - look));) {
        look = (size_t)(end - in->bytes) + 1;
        if (!hs__allow(HS__LINES, 1))
            return;
        hs__add_line(record, stream, in->bytes + in->line_start,
                     look - 1 - in->line_start, true);
        in->line_start = look;
    }
}

void hs__take_end(struct hs__record *record, struct hs__intake *in, enum hs_stream stream)
{
    if (in->line_start < in->length)
        hs__add_line(record, stream, in->bytes + in->line_start,
                     in->length - in->line_start, false);
    in->line_start = in->length;
}

void hs__record_free(struct hs__record *record)
{
    for (size_t i = 0; i < record->count; i++)
        free(record->lines[i]);
    free(record->lines);
}

/* ------------------------------------------------------------------------- Buscar */

void hs__search_open(struct hs__search *s, const struct hs__record *record,
                     const struct hs_match *match, int wanted)
{
    *s = (struct hs__search){.record = record, .match = match, .wanted = wanted};
    if (!match->regex)
        return;
    int error = regcomp(&s->regex, match->regex, REG_EXTENDED | REG_NOSUB);
    if (error) {
        char why[128];
        regerror(error, &s->regex, why, sizeof why);
        hs_broken("la expresión «%s» está mal: %s", match->regex, why);
    }
}

void hs__search_close(struct hs__search *s)
{
    if (s->match->regex)
        regfree(&s->regex);
}

static bool matches(const struct hs__search *s, const struct hs_line *line)
{
    const struct hs_match *m = s->match;
    if (line->number <= m->after || (m->stream != HS_ANY && line->stream != m->stream))
        return false;
    for (size_t i = 0; i < sizeof m->has / sizeof *m->has; i++)
        if (m->has[i] && !strstr(line->text, m->has[i]))
            return false;
    if (m->lacks && strstr(line->text, m->lacks))
        return false;
    /* regexec gasta trece bytes por cada uno de la línea, y a veces su cuadrado en tiempo. */
    if (m->regex &&
        (line->length > MAX_REGEX || regexec(&s->regex, line->text, 0, NULL, 0) != 0))
        return false;
    return !m->test || m->test(line, m->arg);
}

bool hs__search_advance(struct hs__search *s)
{
    while (s->looked < s->record->count && s->found < s->wanted) {
        const struct hs_line *line = s->record->lines[s->looked++];
        if (matches(s, line)) {
            s->found++;
            s->line = line;
        }
    }
    return s->found >= s->wanted;
}

struct hs__search hs__search_now(const struct hs__record *record,
                                 const struct hs_match *match, int wanted)
{
    struct hs__search s;
    hs__search_open(&s, record, match, wanted);
    hs__lock();
    hs__search_advance(&s);
    hs__unlock();
    hs__search_close(&s);
    return s;
}

const char *hs__match_words(const struct hs_match *m)
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
    if (m->stream == HS_ERR)
        words = hs_format("%s en stderr", words);
    return hs_format("una línea%s", words);
}

const char *hs__lack_words(const char *verb, const char *done,
                           const struct hs_match *match, int wanted, int found)
{
    const char *what = hs__match_words(match);
    const char *needed = wanted == 1 && found == 0
                             ? hs_format("%s %s", verb, what)
                             : hs_format("%s %s %s", verb,
                                         hs__count(wanted, "vez", "veces"), what);
    return found == 0
               ? hs_format("%s y no %s", needed, done)
               : hs_format("%s y %s %s", needed, done, hs__count(found, "vez", "veces"));
}

/* -------------------------------------------------------- Enseñarlas al fallar */

static void show(struct hs__lines *out, const char *when, enum hs_stream stream,
                 const char *text, size_t length, size_t max_bytes)
{
    char *clean = ag_clean(text, length, max_bytes, AG_LINE);
    hs__add(out, "  %s | %s%s", when, stream == HS_ERR ? "(stderr) " : "", clean);
    free(clean);
}

void hs__show_lines(struct hs__lines *out, const struct hs__record *record, size_t from,
                    size_t to, size_t max_bytes)
{
    for (size_t i = from; i < to && i < record->count; i++) {
        const struct hs_line *line = record->lines[i];
        show(out, hs_format("+%s s", hs__seconds(line->ms, 3)), line->stream, line->text,
             line->length, max_bytes);
    }
    if (to < record->count)
        hs__add(out, "  … (%s más)",
                hs__count((long long)(record->count - to), "línea", "líneas"));
}

void hs__show_rest(struct hs__lines *out, const struct hs__intake *in,
                   enum hs_stream stream, size_t max_bytes)
{
    if (in->line_start < in->length)
        show(out, "sin salto", stream, in->bytes + in->line_start,
             in->length - in->line_start, max_bytes);
}
