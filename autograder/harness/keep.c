/* keep.c: memoria que dura hasta el final de la prueba. Solo la pide su hilo. */
#include "harness/internal.h"
#include <stdlib.h>
#include <string.h>

static struct kept {
    struct kept *next;
    _Alignas(max_align_t) char bytes[];
} * kept;

void *hs__keep(size_t size)
{
    struct kept *k = ag_alloc(1, sizeof *k + size);
    k->next = kept;
    kept = k;
    return k->bytes;
}

const char *hs__keep_text(const char *text, size_t length)
{
    char *copy = hs__keep(length + 1);
    memcpy(copy, text, length);
    return copy;
}

void hs__free_kept(void)
{
    while (kept) {
        struct kept *k = kept;
        kept = k->next;
        free(k);
    }
}

const char *hs__keep_vformat(const char *format, va_list args)
{
    char *text = ag_vformat(format, args);
    const char *copy = hs__keep_text(text, strlen(text));
    free(text);
    return copy;
}

const char *hs_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = hs__keep_vformat(format, args);
    va_end(args);
    return text;
}
