/* shown.c: cómo se enseña un texto ajeno sin que estropee la terminal ni la página. */
#include "harness/internal.h"
#include <stdlib.h>
#include <string.h>

#define SHOWN 4096 /* bytes de cada texto que se enseñan */

void hs__add(struct hs__lines *lines, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    lines->items = ag_grow(lines->items, lines->count + 1, sizeof(char *));
    lines->items[lines->count++] = ag_vformat(format, args);
    va_end(args);
}

const char *hs__seconds(double ms, int decimals)
{
    char text[64];
    snprintf(text, sizeof text, "%.*f", decimals, ms / 1000);
    char *point = strchr(text, '.'); /* según el entorno ya puede ser una coma */
    if (point)
        *point = ',';
    return hs_format("%s", text);
}

const char *hs__count(long long n, const char *one, const char *many)
{
    return hs_format("%lld %s", n, n == 1 ? one : many);
}

void hs__lines_free(struct hs__lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    free(lines->items);
    *lines = (struct hs__lines){0};
}

/* Añade el texto, línea a línea y limpio, cada una tras `prefix`; de uno largo, el
 * principio. */
void hs__add_text(struct hs__lines *lines, const char *prefix, const char *text,
                  size_t length)
{
    size_t rest = length > SHOWN ? length - SHOWN : 0;
    for (length -= rest; length > 0;) {
        const char *end = memchr(text, '\n', length);
        size_t n = end ? (size_t)(end - text) : length;
        char *clean = ag_clean(text, n, n, AG_LINE);
        hs__add(lines, "%s%s", prefix, clean);
        free(clean);
        n += end != NULL;
        text += n;
        length -= n;
    }
    if (rest > 0)
        hs__add(lines, "%s… (%s más)", prefix,
                hs__count((long long)rest, "byte", "bytes"));
}

static void describe(const char *at, char *words, size_t size)
{
    if (*at == '\0')
        snprintf(words, size, "el fin del texto");
    else if (*at == '\n')
        snprintf(words, size, "un salto de línea");
    else if (*at == ' ')
        snprintf(words, size, "un espacio");
    else {
        uint32_t code;
        size_t n = ag_utf8(at, strlen(at), &code);
        char *clean = ag_clean(at, n ? n : 1, SIZE_MAX, AG_LINE);
        snprintf(words, size, "«%s»", clean);
        free(clean);
    }
}

/* Enseña el texto con la marca bajo el byte `at`. De uno largo, la parte de alrededor. */
static void add_marked(struct hs__lines *lines, const char *title, const char *text,
                       size_t at)
{
    size_t length = strlen(text), from = 0, to = length;
    if (length > SHOWN && at > SHOWN / 2) {
        from = at - SHOWN / 2;
        while (from > 0 && text[from - 1] != '\n' && at - from < SHOWN)
            from--;
        while (ag_utf8_inside(text[from]))
            from++;
    }
    if (to - from > SHOWN)
        to = from + SHOWN;
    hs__add(lines, "%s%s", title, length == 0 ? " (vacío)" : "");
    if (from > 0)
        hs__add(lines, "  … (%zu bytes antes)", from);
    for (size_t line = from; line < to || (line == at && at == to);) {
        const char *end = memchr(text + line, '\n', to - line);
        size_t n = end ? (size_t)(end - (text + line)) : to - line;
        char *clean = ag_clean(text + line, n, n, AG_LINE);
        hs__add(lines, "  | %s", clean);
        free(clean);
        if (at >= line && at <= line + n) {
            char *before = ag_clean(text + line, at - line, at - line, AG_LINE);
            hs__add(lines, "    %*s^", (int)ag_width(before, strlen(before)), "");
            free(before);
        }
        line += n + 1;
    }
    if (to < length)
        hs__add(lines, "  … (%zu bytes después)", length - to);
}

void hs__add_difference(struct hs__lines *lines, const char *expected, const char *got)
{
    size_t at = 0, line = 1, start = 0;
    while (expected[at] && expected[at] == got[at])
        at++;
    while (at > 0 && (ag_utf8_inside(expected[at]) || ag_utf8_inside(got[at])))
        at--; /* al principio del carácter */
    for (size_t i = 0; i < at; i++)
        if (got[i] == '\n') {
            line++;
            start = i + 1;
        }
    char *before = ag_clean(got + start, at - start, at - start, AG_LINE);
    char want[32], have[32];
    describe(expected + at, want, sizeof want);
    describe(got + at, have, sizeof have);
    add_marked(lines, "Esperado:", expected, at);
    add_marked(lines, "Obtenido:", got, at);
    hs__add(lines,
            "Primera diferencia: línea %zu, columna %zu; debía venir %s y vino %s.", line,
            ag_width(before, strlen(before)) + 1, want, have);
    free(before);
}

static void add_whole(struct hs__lines *lines, const char *title, const char *text)
{
    hs__add(lines, "%s%s", title, *text ? "" : " nada");
    hs__add_text(lines, "  | ", text, strlen(text));
}

void hs__add_both(struct hs__lines *lines, const char *expected, const char *got)
{
    add_whole(lines, "Esperado:", expected);
    add_whole(lines, "Obtenido:", got);
}

const char *hs__signal_words(int signal)
{
    static const struct {
        int signal;
        const char *words;
    } known[] = {
        {SIGSEGV, "SIGSEGV (violación de segmento)"},
        {SIGABRT, "SIGABRT (abort: un assert, o memoria dañada)"},
        {SIGBUS, "SIGBUS (acceso a memoria imposible)"},
        {SIGFPE, "SIGFPE (división entre cero)"},
        {SIGILL, "SIGILL (instrucción no válida)"},
        {SIGSYS, "SIGSYS (llamada al sistema prohibida)"},
        {SIGPIPE, "SIGPIPE (escribió donde ya nadie lee)"},
        {SIGKILL, "SIGKILL (terminación forzosa)"},
        {SIGTERM, "SIGTERM (petición de terminar)"},
        {SIGINT, "SIGINT (Ctrl+C, sin tratar)"},
        {SIGXCPU, "SIGXCPU (agotó su tiempo de CPU)"},
        {SIGXFSZ, "SIGXFSZ (archivo demasiado grande)"},
        {SIGALRM, "SIGALRM (alarma sin tratar)"},
        {SIGTRAP, "SIGTRAP (punto de parada)"},
        {SIGHUP, "SIGHUP (terminal cerrada)"},
        {SIGQUIT, "SIGQUIT (Ctrl+\\)"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].signal == signal)
            return known[i].words;
    const char *name = sigabbrev_np(signal);
    return name ? hs_format("SIG%s", name) : hs_format("la señal %d", signal);
}
