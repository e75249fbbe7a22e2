#include "core/safe.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuántos bytes ocupa el carácter de control que empieza en `at`; 0 si no es de control. De U+0080 a
 * U+009F son dos: C2 y el suyo. */
static size_t control_at(const char *at, bool lines)
{
    unsigned char c = (unsigned char)at[0], next = c ? (unsigned char)at[1] : 0;

    if (c == 0xc2 && next >= 0x80 && next <= 0x9f)
        return 2;
    if (lines && (c == '\n' || c == '\t'))
        return 0;
    return c < 0x20 || c == 0x7f;
}

static bool is_safe(const char *text, bool lines)
{
    while (*text && control_at(text, lines) == 0)
        text++;
    return *text == '\0';
}

char *as__safe_text(char *text, bool lines)
{
    char *safe = NULL;
    size_t size;

    if (is_safe(text, lines))
        return text;
    FILE *out = open_memstream(&safe, &size);
    for (const char *at = text; out && *at;) {
        size_t n = control_at(at, lines);
        if (n == 0)
            fputc(*at++, out);
        else if (*at == '\n')
            fputs("\\n", out);
        else
            fprintf(out, "\\x%02x", (unsigned char)at[n - 1]);
        at += n;
    }
    free(text);
    if (out && fclose(out) == 0)
        return safe;
    if (out)
        free(safe);
    return NULL;
}
