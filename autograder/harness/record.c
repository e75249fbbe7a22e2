/* record.c: líneas que van llegando, y cómo se buscan. */
#include "record.h"
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------- Lo llama quien lee */

static void add_line(struct hs__record *record, enum hs_stream stream, const char *text,
                     size_t length, bool newline)
{
    struct hs_line *line = hs__alloc(sizeof *line + length + 1);
    char *copy = (char *)(line + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    if ((record->count & (record->count - 1)) == 0) /* crece al doble */
        record->lines = hs__grow(record->lines,
                                 (2 * record->count + 1) * sizeof *record->lines);
    record->lines[record->count++] = line;
    *line = (struct hs_line){copy, length, (int)record->count, hs_now(), stream, newline};
}

void hs__take_bytes(struct hs__record *record, struct hs__intake *in,
                    enum hs_stream stream, const char *bytes, size_t n)
{
    size_t room = in->max - in->length;
    if (n > room) {
        n = room;
        in->overflowed = true;
    }
    if (in->capacity - in->length < n) {
        in->capacity = 2 * (in->length + n);
        in->bytes = hs__grow(in->bytes, in->capacity);
    }
    if (n > 0)
        memcpy(in->bytes + in->length, bytes, n);
    size_t look = in->length;
    in->length += n;
    for (char *end; look < in->length &&
                    (end = memchr(in->bytes + look, '\n', in->length - look));) {
        look = (size_t)(end - in->bytes) + 1;
        add_line(record, stream, in->bytes + in->line_start, look - 1 - in->line_start,
                 true);
        in->line_start = look;
    }
}

void hs__take_end(struct hs__record *record, struct hs__intake *in, enum hs_stream stream)
{
    if (in->line_start < in->length)
        add_line(record, stream, in->bytes + in->line_start, in->length - in->line_start,
                 false);
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
    if (m->regex && regexec(&s->regex, line->text, 0, NULL, 0) != 0)
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
    if (m->regex)
        words = hs_format("%s de la forma «%s»", words, m->regex);
    if (m->stream == HS_ERR)
        words = hs_format("%s en stderr", words);
    return hs_format("una línea%s", words);
}

/* -------------------------------------------------------- Enseñarlas al fallar */

static void show(struct hs__lines *out, const char *when, enum hs_stream stream,
                 const char *text, size_t length, size_t max_bytes)
{
    char *clean = hs__clean(text, length, max_bytes);
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
        hs__add(out, "  … (%zu líneas más)", record->count - to);
}

void hs__show_rest(struct hs__lines *out, const struct hs__intake *in,
                   enum hs_stream stream, size_t max_bytes)
{
    if (in->line_start < in->length)
        show(out, "sin salto", stream, in->bytes + in->line_start,
             in->length - in->line_start, max_bytes);
}
