#include "base/text.h"
#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lo más largo que queda un byte, y sitio para decir cuántos faltan. */
enum { GROWTH = 4, REST = 64 };

size_t ag_utf8_promised(char first)
{
    unsigned char c = (unsigned char)first;
    return c < 0x80             ? 1
           : (c & 0xe0) == 0xc0 ? 2
           : (c & 0xf0) == 0xe0 ? 3
           : (c & 0xf8) == 0xf0 ? 4
                                : 0;
}

bool ag_utf8_inside(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t ag_utf8(const char *s, size_t left, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = ag_utf8_promised(*s);
    if (n == 0 || n > left)
        return 0;
    uint32_t c = (unsigned char)*s & (n == 1 ? 0x7fu : 0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (!ag_utf8_inside(s[i]))
            return 0;
        c = c << 6 | ((unsigned char)s[i] & 0x3f);
    }
    if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return n;
}

char *ag_utf8_put(char *to, uint32_t code)
{
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    int n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (int i = n - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)(n == 1 ? code : first[n] | code);
    return to + n;
}

size_t ag_width(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += !ag_utf8_inside(text[i]);
    return width;
}

/* Lo que no se ve o engaña: controles C1, letras y separadores sin dibujo, órdenes que cambian de
 * sentido el texto, y los números que no son ningún carácter: XML no admite U+FFFE ni U+FFFF. */
static const struct {
    uint32_t from, to;
} deceptions[] = {
    {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},   {0x61c, 0x61c},
    {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x200b, 0x200f},
    {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164}, {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool deceiving(uint32_t c)
{
    for (size_t i = 0; c >= 0x7f && i < sizeof deceptions / sizeof *deceptions; i++)
        if (c >= deceptions[i].from && c <= deceptions[i].to)
            return true;
    return (c & 0xfffe) == 0xfffe;
}

/* Añade a `out`, ya limpio, el carácter que empieza en `s`, y dice cuántos bytes medía. */
static size_t clean_one(const char *s, size_t left, enum ag_shape shape, char **out)
{
    static const char names[] = "abtnvfr"; /* \a es el 7 */
    uint32_t c = 0;
    size_t n = ag_utf8(s, left, &c);
    if (n == 0) {
        *out = stpcpy(*out, "\uFFFD");
        return 1;
    }
    bool kept = shape == AG_LINES && (c == '\n' || c == '\t');
    if (c >= 7 && c <= 13 && !kept)
        *out += sprintf(*out, "\\%c", names[c - 7]);
    else if (c < 0x20 && !kept)
        *out += sprintf(*out, "\\x%02x", (unsigned)c);
    else if (deceiving(c))
        *out += sprintf(*out, c > 0xffff ? "\\U%06x" : "\\u%04x", (unsigned)c);
    else
        *out = mempcpy(*out, s, n);
    return n;
}

char *ag_clean(const char *text, size_t length, size_t max, enum ag_shape shape)
{
    size_t left = length < max ? length : max;
    /* Un corte en medio de un carácter no es basura del programa: se quita entero. */
    while (left < length && left > 0 && ag_utf8_inside(text[left]))
        left--;
    size_t rest = length - left;
    char *clean = ag_alloc(left * GROWTH + REST, 1), *out = clean;
    while (left > 0) {
        size_t n = clean_one(text, left, shape, &out);
        text += n;
        left -= n;
    }
    if (rest > 0)
        out += sprintf(out, "… (%zu bytes más)", rest);
    *out = '\0';
    return clean;
}

/* ---- decirlo ---------------------------------------------------------------------- */

int ag_complain(const char *program, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = ag_vformat(format, args);
    va_end(args);
    char *clean = ag_clean(text, strlen(text), SIZE_MAX, AG_LINES);
    fprintf(stderr, "%s: %s\n", program, clean);
    free(clean);
    free(text);
    return -1;
}

bool ag_stdout_written(const char *program)
{
    if (fflush(stdout) == 0 || errno == EPIPE)
        return true;
    ag_complain(program, "no se pudo escribir el resultado: %s", strerror(errno));
    return false;
}

/* ---- palabras de la shell -------------------------------------------------------- */

/* ¿Se puede enseñar tal cual? */
static bool is_clean(const char *text)
{
    char *clean = ag_clean(text, strlen(text), SIZE_MAX, AG_LINE);
    bool same = strcmp(clean, text) == 0;
    free(clean);
    return same;
}

/* Con los bytes que no se ven como los escribe bash: $'a\x1bb'. */
static char *escaped_word(const char *text)
{
    char *word = ag_alloc(strlen(text) * 4 + 4, 1), *w = stpcpy(word, "$'");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c >= 0x7f)
            w += sprintf(w, "\\x%02x", c);
        else if (c == '\'' || c == '\\')
            w += sprintf(w, "\\%c", c);
        else
            *w++ = *text;
    }
    strcpy(w, "'");
    return word;
}

/* Caracteres que la shell deja como están, al principio de una palabra y en medio. */
static bool is_plain(const char *text)
{
    static const char marks[] = "_./+,:@%=-";
    for (const char *s = text; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr(marks, *s) && !(*s & 0x80))
            return false;
    return *text;
}

char *ag_shell_word(const char *text)
{
    if (!is_clean(text))
        return escaped_word(text);
    if (is_plain(text))
        return ag_format("%s", text);
    char *word = ag_alloc(strlen(text) * 4 + 3, 1), *w = word;
    *w++ = '\'';
    for (; *text; text++)
        w = stpcpy(w, *text == '\'' ? "'\\''" : (char[]){*text, '\0'});
    strcpy(w, "'");
    return word;
}
