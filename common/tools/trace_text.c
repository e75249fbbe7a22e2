#include "trace_text.h"

#include <math.h>
#include <string.h>

double text_width(const char *text, int size)
{
    double width = 0;

    for (; *text; text++) {
        if ((*text & 0xc0) != 0x80)
            width += strchr("fijlrt.,:;'|()[]- ", *text)              ? 0.36
                     : (*text >= 'A' && *text <= 'Z') || *text == 'm' ? 0.74
                                                                      : 0.6;
    }
    return width * size;
}

static void write_bytes(FILE *out, const char *text, const char *end)
{
    for (const char *p = text; p < end; p++) {
        if (*p == '<')
            fputs("&lt;", out);
        else if (*p == '&')
            fputs("&amp;", out);
        else if ((unsigned char)*p < ' ')
            fputs("·", out);
        else if (end - p >= 3 &&
                 (!memcmp(p, "\xef\xbf\xbe", 3) || !memcmp(p, "\xef\xbf\xbf", 3)))
            fputs("·", out), p += 2;
        else
            fputc(*p, out);
    }
}

void write_xml(FILE *out, const char *text)
{
    write_bytes(out, text, text + strlen(text));
}

void write_xml_fitted(FILE *out, const char *text, double width, int size)
{
    char part[256];
    size_t n = strlen(text);

    if (text_width(text, size) <= width) {
        write_xml(out, text);
        return;
    }
    snprintf(part, sizeof part, "%s", text);
    n = n < sizeof part ? n : sizeof part - 1;
    do { /* quita la última letra entera */
        while (n > 0 && (part[n - 1] & 0xc0) == 0x80)
            n--;
        part[n > 0 ? --n : n] = '\0';
    } while (n > 0 && text_width(part, size) + size > width);
    write_xml(out, part);
    fputs("…", out);
}

/* ---- Cifras ------------------------------------------------------------------------- */

static double unit_of(double us, const char **name)
{
    *name = us >= 1e6 ? "s" : us >= 1e3 ? "ms" : "µs";
    return us >= 1e6 ? 1e6 : us >= 1e3 ? 1e3 : 1;
}

static const char *format_number(double value, int decimals, const char *unit, char *text,
                                 size_t size)
{
    snprintf(text, size, "%.*f %s", decimals, value, unit);
    char *point = strchr(text, '.');
    if (point)
        *point = ',';
    return text;
}

const char *format_time(double us, char *text, size_t size)
{
    const char *unit;
    /* Lo que al redondear llegaría a 1000 es ya de la unidad siguiente. */
    double value = us / unit_of(us * 1.0005, &unit);
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;

    while (decimals > 0 && fabs(value * pow(10, decimals - 1) -
                                round(value * pow(10, decimals - 1))) < 0.05)
        decimals--;
    return format_number(value, decimals, unit, text, size);
}

double nice_step(double us)
{
    if (us <= 0)
        return 1;
    double power = pow(10, floor(log10(us)));
    double digit = us / power;

    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

const char *format_tick(double us, double step, double duration, char *text, size_t size)
{
    const char *unit;
    double scale = unit_of(duration, &unit);
    int decimals = (int)fmax(0, -floor(log10(step / scale) + 1e-9));

    if (us == 0) {
        snprintf(text, size, "0");
        return text;
    }
    return format_number(us / scale, decimals, unit, text, size);
}
