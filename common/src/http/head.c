#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "http/internal.h"

enum { FIRST_HEAD = 1024 };

/* ---- Guardarlas --------------------------------------------------------------------- */

void as__head_clear(struct as__head *head)
{
    as__buffer_consume(&head->text, as__buffer_size(&head->text));
    head->count = 0;
}

void as__head_free(struct as__head *head)
{
    as__buffer_free(&head->text);
    head->count = 0;
}

static int append(struct as__head *head, const char *text, size_t size)
{
    int rc = head->text.data ? 0 : as__buffer_reserve(&head->text, FIRST_HEAD);
    if (rc == 0)
        rc = as__buffer_append(&head->text, text, size);
    return rc == 0 ? as__buffer_append(&head->text, "", 1) : rc;
}

int as__head_add(struct as__head *head, const char *line, size_t size)
{
    int rc = append(head, line, size);

    head->count += rc == 0;
    return rc;
}

int as__head_unfold(struct as__head *head, const char *line, size_t size)
{
    /* Los blancos del principio valen por uno: RFC 9112, 5.2. */
    while (size > 0 && (*line == ' ' || *line == '\t'))
        line++, size--;
    head->text.data[head->text.end - 1] = ' '; /* donde acababa la anterior */
    return append(head, line, size);
}

char **as__head_copy(const struct as__head *head)
{
    size_t vector = (head->count + 1) * sizeof(char *);
    size_t size = as__buffer_size(&head->text);
    char **lines = malloc(vector + size);

    if (!lines)
        return NULL;
    char *text = (char *)lines + vector;
    memcpy(text, as__buffer_begin(&head->text), size);
    for (size_t i = 0; i < head->count; i++, text += strlen(text) + 1)
        lines[i] = text;
    lines[head->count] = NULL;
    return lines;
}

/* ---- Buscar en ellas ---------------------------------------------------------------- */

const char *as__header_value(const char *line, const char *name)
{
    if ((*line ^ *name) & ~0x20) /* casi nunca lo es, y se mira por cada línea */
        return NULL;
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    line += length + 1;
    return line + strspn(line, " \t");
}

const char *as__head_next(const struct as__head *head, const char *name,
                          const char *value)
{
    const char *begin = as__buffer_begin(&head->text);
    const char *end = begin + as__buffer_size(&head->text);

    for (const char *line = value ? value + strlen(value) + 1 : begin; line < end;
         line += strlen(line) + 1) {
        const char *found = as__header_value(line, name);
        if (found)
            return found;
    }
    return NULL;
}

const char *as__head_find(const struct as__head *head, const char *name)
{
    return as__head_next(head, name, NULL);
}

/* RFC 9112, 6.3: cifras y nada más, y si se repite, las mismas. */
static bool is_length(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    errno = 0;
    (void)strtoll(text, NULL, 10);
    return digits > 0 && text[digits] == '\0' && errno == 0;
}

const char *as__head_bad_length(const struct as__head *head)
{
    const char *first = as__head_find(head, "Content-Length");

    for (const char *value = first; value;
         value = as__head_next(head, "Content-Length", value)) {
        if (!is_length(value) || strcmp(first, value) != 0)
            return value;
    }
    return NULL;
}

/* RFC 9112, 6.1. Lo que no es «chunked» lo deshace libcurl sin contar lo que crece. */
static bool is_chunked(const char *text)
{
    return strncasecmp(text, "chunked", 7) == 0 &&
           text[7 + strspn(text + 7, " \t")] == '\0';
}

const char *as__head_bad_coding(const struct as__head *head)
{
    const char *coding = as__head_find(head, "Transfer-Encoding");

    if (!coding || !is_chunked(coding))
        return coding;
    return as__head_next(head, "Transfer-Encoding", coding); /* se dice una vez */
}

const char *as_http_header(const as_http_response *response, const char *name)
{
    for (char **h = response->headers; h && *h; h++) {
        const char *value = as__header_value(*h, name);
        if (value)
            return value;
    }
    return NULL;
}

int64_t as_http_retry_after(const as_http_response *response)
{
    const char *text = as_http_header(response, "Retry-After");
    char *end;

    if (!text)
        return -1;
    if (isdigit((unsigned char)*text)) {
        long long seconds = strtoll(text, &end, 10);
        return *end == '\0' && seconds <= INT32_MAX ? seconds * 1000 : -1;
    }
    time_t when = curl_getdate(text, NULL);
    if (when < 0)
        return -1;
    double seconds = difftime(when, time(NULL));
    return seconds > 0 ? (int64_t)(seconds * 1000) : 0;
}
