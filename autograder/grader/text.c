/* Texto para personas: medirlo, limpiarlo y partirlo en líneas. */
#include "grader.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_LABEL 24

int gr_error(struct gr_error *err, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return -1;
}

static void out_of_memory(void)
{
    fputs("asinc-grade: no queda memoria\n", stderr);
    exit(GR_EXIT_FAILURE);
}

char *gr_format(const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        out_of_memory();
    return s;
}

void *gr_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        out_of_memory();
    return p;
}

int64_t gr_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void *gr_grow(void *list, size_t n, size_t size)
{
    void *p = reallocarray(list, n, size);
    if (!p)
        out_of_memory();
    return p;
}

/* Bytes del carácter UTF-8 válido que empieza en `s`, o 0. Rechaza formas largas de más,
 * sustitutos y lo que pasa de U+10FFFF, como jansson. */
static size_t utf8_len(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

/* U+0080-U+009F también son órdenes para algunas terminales. */
static bool is_control(const unsigned char *s, size_t n)
{
    if (n == 1)
        return (s[0] < 0x20 && s[0] != '\n' && s[0] != '\t') || s[0] == 0x7f;
    return n == 2 && s[0] == 0xc2 && s[1] < 0xa0;
}

char *gr_text_clean(const char *s)
{
    char *clean = gr_alloc(strlen(s) * 4 + 1, 1), *w = clean;
    for (const unsigned char *p = (const unsigned char *)s; *p;) {
        size_t n = utf8_len(p);
        if (n && !is_control(p, n)) {
            w = mempcpy(w, p, n);
            p += n;
            continue;
        }
        for (size_t i = 0; i < (n ? n : 1); i++)
            w += sprintf(w, "\\x%02x", *p++);
    }
    *w = '\0';
    return clean;
}

size_t gr_text_width(const char *s)
{
    size_t width = 0;
    for (; *s; s++)
        width += ((unsigned char)*s & 0xc0) != 0x80;
    return width;
}

static size_t width_of(const char *s, size_t len)
{
    size_t width = 0;
    for (size_t i = 0; i < len; i++)
        width += ((unsigned char)s[i] & 0xc0) != 0x80;
    return width;
}

/* Columnas de la etiqueta con la que empieza la línea, si la trae: la que separan dos
 * espacios del texto, como en « 3. +0,120 s  Llega una petición». */
static size_t label_width(const char *line, size_t len)
{
    for (size_t i = 1; i + 1 < len && i < MAX_LABEL; i++)
        if (line[i] == ' ' && line[i + 1] == ' ')
            return width_of(line, i + 2);
    return 0;
}

static void put_line(FILE *out, const char *line, size_t len, size_t indent, size_t cols)
{
    /* Lo que empieza por dos espacios viene ya compuesto: código, salidas, marcas. */
    if (len > 1 && (line[0] == '\t' || (line[0] == ' ' && line[1] == ' '))) {
        fwrite(line, 1, len, out);
        return;
    }
    size_t at = indent, hang = indent + label_width(line, len);
    for (const char *p = line, *end = line + len; p < end;) {
        const char *word = p;
        while (p < end && *p != ' ')
            p++;
        size_t width = width_of(word, (size_t)(p - word));
        if (word > line) {
            if (at + 1 + width > cols && at > hang) {
                fprintf(out, "\n%*s", (int)hang, "");
                at = hang;
            } else {
                fputc(' ', out);
                at++;
            }
        }
        fwrite(word, 1, (size_t)(p - word), out);
        at += width;
        if (p < end)
            p++;
    }
}

void gr_text_wrap(FILE *out, const char *first, const char *text, size_t cols)
{
    size_t indent = gr_text_width(first);
    fputs(first, out);
    for (const char *line = text;;) {
        size_t len = strcspn(line, "\n");
        put_line(out, line, len, indent, cols);
        if (line[len] == '\0' || line[len + 1] == '\0')
            break;
        fprintf(out, "\n%*s", line[len + 1] == '\n' ? 0 : (int)indent, "");
        line += len + 1;
    }
    fputc('\n', out);
}
