#include "web/parse.h"

#include <string.h>
#include <uv.h>

enum { MAX_DIGITS = 16, CRLF = 2 };

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Las extensiones no se usan, pero tienen que ser texto y empezar por «;nombre». */
static bool valid_extensions(const char *p, const char *end)
{
    const char *start = p + strspn(p, " \t");

    if (*start++ != ';')
        return false;
    start += strspn(start, " \t");
    if (start >= end || strchr(";=\"", *start))
        return false;
    for (; p < end; p++) {
        if (*p != '\t' && ((unsigned char)*p < ' ' || *p == 0x7f))
            return false;
    }
    return true;
}

/* «5;a=b», hasta `end`, donde está el CR. */
static int read_size(struct as__chunked *c, const char *line, const char *end)
{
    const char *p = line;

    c->left = 0;
    for (int value; (value = digit(*p)) >= 0; p++)
        c->left = c->left << 4 | (uint64_t)value;
    if (p == line || p - line > MAX_DIGITS)
        return UV_EINVAL;
    size_t extensions = (size_t)(end - p);
    if (extensions > c->around)
        return UV_E2BIG;
    c->around -= extensions;
    if (extensions > 0 && !valid_extensions(p, end))
        return UV_EINVAL;
    c->part = c->left > 0 ? AS__CHUNK_DATA : AS__TRAILER;
    return 0;
}

/* Las cabeceras de detrás del cuerpo se comprueban y se olvidan. */
static int read_trailer(struct as__chunked *c, char *line, char *end)
{
    struct as__field field;
    size_t size = (size_t)(end - line);

    if (size == 0) {
        c->part = AS__COMPLETE;
        return 0;
    }
    if (size + CRLF > c->around)
        return UV_E2BIG;
    c->around -= size + CRLF;
    return as__field_parse(&field, line, end) ? 0 : UV_EINVAL;
}

static ssize_t read_line(struct as__chunked *c, char *data, size_t size)
{
    ssize_t n = as__line_size(data, size);

    if (n == 0)
        return size > c->around + MAX_DIGITS + CRLF ? UV_E2BIG : 0;
    if (n < 0)
        return n;
    char *end = data + n - CRLF;
    int rc = c->part == AS__CHUNK_SIZE ? read_size(c, data, end)
                                       : read_trailer(c, data, end);
    return rc < 0 ? rc : n;
}

/* El CR LF de detrás de los datos. */
static ssize_t read_end(struct as__chunked *c, const char *data, size_t size)
{
    if (memcmp(data, "\r\n", size < CRLF ? size : CRLF) != 0)
        return UV_EINVAL;
    if (size < CRLF)
        return 0;
    c->part = AS__CHUNK_SIZE;
    return CRLF;
}

ssize_t as__chunked_next(struct as__chunked *c, char *data, size_t size,
                         const char **piece, size_t *piece_size)
{
    *piece_size = 0;
    if (size == 0 || c->part == AS__COMPLETE)
        return 0;
    if (c->part == AS__CHUNK_END)
        return read_end(c, data, size);
    if (c->part != AS__CHUNK_DATA)
        return read_line(c, data, size);
    *piece = data;
    *piece_size = size < c->left ? size : (size_t)c->left;
    c->left -= *piece_size;
    if (c->left == 0)
        c->part = AS__CHUNK_END;
    return (ssize_t)*piece_size;
}
