#include "day/hints.h"
#include "base/dir.h"
#include "base/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

#define MARGIN "    "

int day_hints_load(struct day_hints *h, const char *dir, struct gr_error *err)
{
    char *folder = ag_format("labs/%s", dir);
    size_t size;
    *h = (struct day_hints){.path = ag_format("%s/pistas.md", folder)};
    int rc = ag_read_file(folder, "pistas.md", MAX_BYTES, &h->text, &size);
    free(folder);
    if (rc == 0)
        return 0;
    gr_error(err, "no puedo leer %s: %s", h->path, strerror(-rc));
    h->text = NULL;
    day_hints_free(h);
    return -1;
}

void day_hints_free(struct day_hints *h)
{
    free(h->text);
    free(h->path);
    *h = (struct day_hints){0};
}

/* ---- encontrar un apartado ------------------------------------------------------------- */

struct section {
    const char *title, *text;
    size_t title_length, length;
};

/* El apartado plegado que sigue a `*at`; avanza. false si no hay más. */
static bool next_section(const char **at, struct section *section)
{
    static const char open[] = "<summary>", shut[] = "</summary>", end[] = "</details>";
    const char *start = strstr(*at, open);
    const char *stop = start ? strstr(start, shut) : NULL;
    const char *last = stop ? strstr(stop, end) : NULL;
    if (!last)
        return false;
    section->title = start + strlen(open);
    section->title_length = (size_t)(stop - section->title);
    section->text = stop + strlen(shut);
    section->length = (size_t)(last - section->text);
    *at = last;
    return true;
}

static bool find_hint(const struct day_hints *h, int number, struct section *section)
{
    for (const char *at = h->text; next_section(&at, section);)
        if (atoi(section->title) == number)
            return true;
    return false;
}

static bool find_list(const struct day_hints *h, struct section *section)
{
    static const char name[] = "Prueba a prueba";
    for (const char *at = h->text; next_section(&at, section);)
        if (section->title_length == strlen(name) &&
            strncmp(section->title, name, strlen(name)) == 0)
            return true;
    return false;
}

/* ---- la lista, prueba a prueba ---------------------------------------------------------- */

/* ¿Está `test`, entre acentos graves, antes de `end`? */
static bool names(const char *item, const char *end, const char *test)
{
    char *word = ag_format("`%s`", test);
    const char *found = strstr(item, word);
    free(word);
    return found && found < end;
}

int day_hint_of(const struct day_hints *h, const char *test, char **last)
{
    static const char mark[] = "(pista ", shut[] = "):";
    struct section list;
    if (!find_list(h, &list))
        return 0;
    const char *limit = list.text + list.length;
    for (const char *item = strstr(list.text, "\n- "); item && item < limit;) {
        const char *next = strstr(item + 1, "\n- ");
        const char *end = next && next < limit ? next : limit;
        const char *head = strstr(item, mark);
        const char *colon = head ? strstr(head, shut) : NULL;
        if (colon && colon < end && names(item, head, test)) {
            const char *text = colon + strlen(shut);
            text += strspn(text, " \n");
            if (last)
                *last = ag_format("%.*s", (int)(end - text), text);
            return atoi(head + strlen(mark));
        }
        item = next;
    }
    return 0;
}

/* ---- Markdown en la terminal ------------------------------------------------------------ */

/* ¿Es este corchete el de un «[texto](destino)»? */
static bool opens_link(const char *text, size_t length)
{
    const char *shut = memchr(text, ']', length);
    return shut && shut + 1 < text + length && shut[1] == '(';
}

/* Un párrafo en una línea, con «[texto](destino)» reducido a su texto. */
static char *plain(const char *text, size_t length)
{
    char *out = ag_alloc(length + 1, 1), *w = out;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ']' && i + 1 < length && text[i + 1] == '(') {
            while (i < length && text[i] != ')')
                i++;
        } else if (text[i] == '\n') {
            while (i + 1 < length && text[i + 1] == ' ')
                i++;
            *w++ = ' ';
        } else if (text[i] != '[' || !opens_link(text + i, length - i)) {
            *w++ = text[i];
        }
    }
    while (w > out && w[-1] == ' ')
        w--;
    *w = '\0';
    return out;
}

static size_t line_length(const char *line, const char *end)
{
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    return stop ? (size_t)(stop - line) + 1 : (size_t)(end - line);
}

static bool starts(const char *line, const char *end, const char *with)
{
    return (size_t)(end - line) >= strlen(with) && strncmp(line, with, strlen(with)) == 0;
}

static bool blank(const char *line, size_t length)
{
    return strspn(line, " \n") >= length;
}

/* El bloque de código que empieza en `line`; devuelve lo que le sigue. */
static const char *put_fence(const struct gr_screen *s, const char *line, const char *end)
{
    for (line += line_length(line, end); line < end && !starts(line, end, "```");) {
        size_t length = line_length(line, end);
        fprintf(s->out, "%s%.*s", MARGIN, (int)length, line);
        line += length;
    }
    return line < end ? line + line_length(line, end) : end;
}

/* El párrafo o punto de lista que empieza en `line`; devuelve lo que le sigue. */
static const char *put_paragraph(const struct gr_screen *s, const char *line,
                                 const char *end)
{
    bool item = starts(line, end, "- ");
    const char *from = item ? line + 2 : line, *p = line + line_length(line, end);
    while (p < end && !blank(p, line_length(p, end)) && !starts(p, end, "- ") &&
           !starts(p, end, "```"))
        p += line_length(p, end);
    char *text = plain(from, (size_t)(p - from));
    gr_text_wrap(s->out, item ? MARGIN "- " : MARGIN, text, s->cols);
    free(text);
    return p;
}

void day_markdown_put(const struct gr_screen *s, const char *text, size_t length)
{
    const char *end = text + length;
    bool gap = false, any = false;
    for (const char *line = text; line < end;) {
        size_t n = line_length(line, end);
        if (blank(line, n)) {
            gap = any;
            line += n;
            continue;
        }
        if (gap)
            fputc('\n', s->out);
        gap = false;
        any = true;
        line = starts(line, end, "```") ? put_fence(s, line, end)
                                        : put_paragraph(s, line, end);
    }
}

int day_hint_put(const struct gr_screen *s, const struct day_hints *h, int number)
{
    struct section section;
    if (!find_hint(h, number, &section))
        return -1;
    const char *title = section.title + strspn(section.title, "0123456789. ");
    fprintf(s->out, MARGIN "%s%.*s%s\n\n", s->style.bold,
            (int)(section.title + section.title_length - title), title, s->style.off);
    day_markdown_put(s, section.text, section.length);
    return 0;
}
