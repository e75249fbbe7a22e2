#include "core/buffer.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "core/task_internal.h"

/* ---- El búfer ----------------------------------------------------------------------- */

/* Mueve solo si sobra la mitad, y si no dobla: así cada byte se copia pocas veces. */
int as__buffer_make_room(struct as__buffer *b, size_t room)
{
    size_t size = as__buffer_size(b);

    if (size <= b->capacity / 2 && b->capacity - size >= room) {
        memmove(b->data, b->data + b->start, size);
        b->start = 0;
        b->end = size;
        return 0;
    }
    if (room > SIZE_MAX / 2 - b->end)
        return as__error(UV_ENOMEM);
    size_t capacity = b->end + room;
    if (capacity < b->capacity * 2)
        capacity = b->capacity * 2;
    char *data = realloc(b->data, capacity);
    if (!data)
        return as__error(UV_ENOMEM);
    b->data = data;
    b->capacity = capacity;
    return 0;
}

int as__buffer_append(struct as__buffer *b, const void *data, size_t size)
{
    int rc = as__buffer_reserve(b, size);

    if (rc < 0 || size == 0)
        return rc;
    memcpy(b->data + b->end, data, size);
    b->end += size;
    return 0;
}

char *as__buffer_release(struct as__buffer *b)
{
    if (as__buffer_reserve(b, 1) < 0)
        return NULL;
    char *data = b->data;
    size_t size = as__buffer_size(b);
    memmove(data, data + b->start, size);
    data[size] = '\0';
    *b = (struct as__buffer){0};
    return data;
}

void as__buffer_free(struct as__buffer *b)
{
    free(b->data);
    *b = (struct as__buffer){0};
}

/* ---- Líneas ------------------------------------------------------------------------- */

/* La línea ocupa los `whole` primeros bytes, de los que `length` son texto. */
static ssize_t deliver(struct as__buffer *b, size_t length, size_t whole, char *line,
                       size_t size)
{
    bool fits = length < size;

    if (fits) {
        memcpy(line, as__buffer_begin(b), length);
        line[length] = '\0';
    }
    as__buffer_consume(b, whole);
    return fits ? (ssize_t)length : UV_EMSGSIZE;
}

ssize_t as__buffer_take_line(struct as__buffer *b, struct as__line_search *search,
                             bool last, char *line, size_t size)
{
    const char *text = as__buffer_begin(b);
    size_t n = as__buffer_size(b), seen = search->seen;
    const char *newline = n > seen ? memchr(text + seen, '\n', n - seen) : NULL;

    if (newline) {
        size_t length = (size_t)(newline - text);
        bool cr = length > 0 && newline[-1] == '\r';
        return deliver(b, length - cr, length + 1, line, size);
    }
    if (n > size) { /* ni quitándole un '\r' final cabría */
        as__buffer_consume(b, n);
        search->seen = 0;
        search->skipping = !last;
        return UV_EMSGSIZE;
    }
    search->seen = n;
    if (!last)
        return UV_EAGAIN;
    return n > 0 ? deliver(b, n, n, line, size) : UV_EOF;
}

bool as__buffer_skip_line(struct as__buffer *b, struct as__line_search *search)
{
    if (!search->skipping)
        return true;
    const char *text = as__buffer_begin(b);
    size_t n = as__buffer_size(b);
    const char *newline = memchr(text, '\n', n);

    as__buffer_consume(b, newline ? (size_t)(newline + 1 - text) : n);
    search->skipping = !newline;
    return !search->skipping;
}
