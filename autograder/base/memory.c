#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Noreturn void out_of_memory(void)
{
    static const char text[] = "corrector: no queda memoria\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(AG_NO_MEMORY);
    _exit(AG_NO_MEMORY);
}

void *ag_alloc(size_t n, size_t size)
{
    void *memory = calloc(n ? n : 1, size);
    if (!memory)
        out_of_memory();
    return memory;
}

void *ag_grow(void *old, size_t n, size_t size)
{
    void *memory = reallocarray(old, n ? n : 1, size);
    if (!memory)
        out_of_memory();
    return memory;
}

char *ag_vformat(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        out_of_memory();
    return text;
}

char *ag_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = ag_vformat(format, args);
    va_end(args);
    return text;
}
