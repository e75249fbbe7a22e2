/* text.c: cómo se enseña un texto ajeno sin que estropee la terminal ni la página. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

#define SHOWN 4096 /* bytes de cada texto que se enseñan */

char *hs__vformat(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        abort();
    return text;
}

void hs__add(struct hs__lines *lines, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    lines->items = hs__grow(lines->items, (lines->count + 1) * sizeof(char *));
    lines->items[lines->count++] = hs__vformat(format, args);
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

void hs__lines_free(struct hs__lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    free(lines->items);
    *lines = (struct hs__lines){0};
}

/* Bytes del carácter UTF-8 que empieza en s, o 0 si no es válido (ni cortes, ni formas
 * largas, ni sustitutos). Deja el código en *code. */
static size_t decode(const unsigned char *s, size_t left, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80             ? 1
               : (s[0] & 0xe0) == 0xc0 ? 2
               : (s[0] & 0xf0) == 0xe0 ? 3
               : (s[0] & 0xf8) == 0xf0 ? 4
                                       : 0;
    if (n == 0 || n > left)
        return 0;
    uint32_t c = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return n;
}

/* Control C1, separadores de línea invisibles y órdenes que cambian de sentido el texto.
 */
static bool deceiving(uint32_t c)
{
    return (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x061c || c == 0xfeff ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || (c >= 0xe0000 && c <= 0xe0fff);
}

/* Escribe en `out` el carácter que empieza en `s` ya limpio (12 bytes como mucho). */
static size_t clean_one(const unsigned char *s, size_t left, char *out)
{
    static const char names[] = "abtnvfr"; /* \a es el 7 */
    uint32_t c = 0;
    size_t n = decode(s, left, &c);
    if (n == 0) {
        strcpy(out, "\uFFFD");
        return 1;
    }
    if (c >= 7 && c <= 13)
        sprintf(out, "\\%c", names[c - 7]);
    else if (c < 0x20)
        sprintf(out, "\\x%02x", (unsigned)c);
    else if (deceiving(c))
        sprintf(out, c > 0xffff ? "\\U%06x" : "\\u%04x", (unsigned)c);
    else
        sprintf(out, "%.*s", (int)n, (const char *)s);
    return n;
}

char *hs__clean(const char *text, size_t length, size_t max)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t left = length < max ? length : max;
    /* Un corte en medio de un carácter no es basura del programa: se quita entero. */
    while (left < length && left > 0 && (s[left] & 0xc0) == 0x80)
        left--;
    size_t rest = length - left;
    char *clean = hs__alloc(left * 4 + 64), *out = clean;
    *out = '\0';
    while (left > 0) {
        size_t n = clean_one(s, left, out);
        out += strlen(out);
        s += n;
        left -= n;
    }
    if (rest > 0)
        sprintf(out, "… (%zu bytes más)", rest);
    return clean;
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
        char *clean = hs__clean(text, n, n);
        hs__add(lines, "%s%s", prefix, clean);
        free(clean);
        n += end != NULL;
        text += n;
        length -= n;
    }
    if (rest > 0)
        hs__add(lines, "%s… (%zu bytes más)", prefix, rest);
}

/* Columnas que ocupa un texto ya limpio: una por carácter. */
static size_t columns(const char *clean)
{
    size_t n = 0;
    for (; *clean; clean++)
        n += (*clean & 0xc0) != 0x80;
    return n;
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
        char one[16];
        clean_one((const unsigned char *)at, strlen(at), one);
        snprintf(words, size, "«%s»", one);
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
        while ((text[from] & 0xc0) == 0x80)
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
        char *clean = hs__clean(text + line, n, n);
        hs__add(lines, "  | %s", clean);
        free(clean);
        if (at >= line && at <= line + n) {
            char *before = hs__clean(text + line, at - line, at - line);
            hs__add(lines, "    %*s^", (int)columns(before), "");
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
    while (at > 0 && ((expected[at] & 0xc0) == 0x80 || (got[at] & 0xc0) == 0x80))
        at--; /* al principio del carácter */
    for (size_t i = 0; i < at; i++)
        if (got[i] == '\n') {
            line++;
            start = i + 1;
        }
    char *before = hs__clean(got + start, at - start, at - start);
    char want[32], have[32];
    describe(expected + at, want, sizeof want);
    describe(got + at, have, sizeof have);
    add_marked(lines, "Esperado:", expected, at);
    add_marked(lines, "Obtenido:", got, at);
    hs__add(lines,
            "Primera diferencia: línea %zu, columna %zu; debía venir %s y vino %s.", line,
            columns(before) + 1, want, have);
    free(before);
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
