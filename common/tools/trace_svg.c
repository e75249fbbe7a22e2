/* Dibuja una traza de asinc (AS_TRACE) como una línea de tiempo en SVG. */
#include <stdarg.h>
#include <stdio.h>

#include "trace_model.h"

int trace_error(const char *format, ...)
{
    va_list args;

    fputs("traza: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return -1;
}

int main(int argc, char **argv)
{
    struct trace trace;

    if (argc != 3) {
        fputs("Uso: trace_svg TRAZA.json DIBUJO.svg\n", stderr);
        return 2;
    }
    if (trace_read(argv[1], &trace) < 0)
        return 1;
    int rc = trace_draw(&trace, argv[2]);
    trace_free(&trace);
    return rc < 0;
}
