#include "web/parse.h"

#include <string.h>
#include <strings.h>
#include <uv.h>

/* ---- Letras ------------------------------------------------------------------------- */

/* tchar: de lo que se hacen los métodos y los nombres de las cabeceras. */
static const bool token_char[256] = {
    ['!'] = true,         ['#' ... '\''] = true, ['*'] = true,
    ['+'] = true,         ['-'] = true,          ['.'] = true,
    ['0' ... '9'] = true, ['A' ... 'Z'] = true,  ['^' ... 'z'] = true,
    ['|'] = true,         ['~'] = true,
};

/* Lo que puede haber en el nombre de una máquina con su puerto. */
static const bool host_char[256] = {
    ['!'] = true, ['$' ... '.'] = true, ['0' ... ';'] = true,
    ['='] = true, ['A' ... '['] = true, [']'] = true,
    ['_'] = true, ['a' ... 'z'] = true, ['~'] = true,
};

static bool is_token(char c)
{
    return token_char[(unsigned char)c];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Texto, blancos y cualquier byte de 0x80 en adelante: todo menos los controles. */
static bool is_value(char c)
{
    return c == '\t' || ((unsigned char)c >= ' ' && c != 0x7f);
}

/* El RFC solo admite ASCII en una dirección, pero curl envía tal cual lo que se escribe, y
 * «/saludos/José» no confunde a nadie. */
static bool is_target(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && c != '#';
}

static bool is_host(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!host_char[(unsigned char)text[i]])
            return false;
    }
    return true;
}

/* ---- Líneas ------------------------------------------------------------------------- */

ssize_t as__line_size(const char *data, size_t size)
{
    const char *lf = memchr(data, '\n', size);

    if (!lf)
        return 0;
    if (lf == data || memchr(data, '\r', size) != lf - 1)
        return UV_EINVAL;
    return lf + 1 - data;
}

ssize_t as__request_head_find(struct as__request_head_scan *scan, const char *data,
                              size_t size)
{
    ssize_t n;

    while ((n = as__line_size(data + scan->size, size - scan->size)) > 0) {
        scan->size += (size_t)n;
        if (n > 2)
            scan->lines++;
        else if (scan->lines > 0)
            return (ssize_t)scan->size;
    }
    return n;
}

bool as__field_parse(struct as__field *field, char *line, char *end)
{
    char *p = line;

    while (p < end && is_token(*p))
        p++;
    if (p == line || p == end || *p != ':') /* también si se dobló o hay un blanco */
        return false;
    *p++ = '\0';
    while (p < end && is_blank(*p))
        p++;
    while (end > p && is_blank(end[-1]))
        end--;
    for (char *c = p; c < end; c++) {
        if (!is_value(*c))
            return false;
    }
    *end = '\0';
    *field = (struct as__field){.name = line, .value = p};
    return true;
}

/* ---- La línea de petición ----------------------------------------------------------- */

struct reading {
    struct as__request_head *head;
    const char *why;
    size_t hosts, lengths, codings;
    bool keep_alive;
};

static int refuse(struct reading *r, int status, const char *why)
{
    r->why = why;
    return status;
}

/* "http://maquina/ruta", que envía quien cree hablar con un proxy: la máquina se comprueba y
 * se olvida. Devuelve dónde empieza la ruta, o NULL. */
static char *skip_origin(char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    size_t length = strcspn(target + scheme, "/?");

    if (scheme == 0 || length == 0 || !is_host(target + scheme, length))
        return NULL;
    return target + scheme + length;
}

static int read_target(struct reading *r, char *target)
{
    struct as__request_head *head = r->head;
    char *path = *target == '/' ? target : skip_origin(target);

    if (strcmp(head->method, "CONNECT") == 0)
        return refuse(r, 501, "este servidor no hace túneles");
    if (strcmp(target, "*") == 0 && strcmp(head->method, "OPTIONS") == 0)
        path = target;
    if (!path)
        return refuse(r, 400, "la dirección no es una ruta que empiece por /");
    char *mark = strchr(path, '?');
    if (mark) {
        *mark = '\0';
        head->query = mark + 1;
    }
    head->path = *path ? path : "/";
    return 0;
}

/* «HTTP/1.1», hasta `end`. */
static int read_version(struct reading *r, const char *p, const char *end)
{
    if (end - p != 8 || memcmp(p, "HTTP/", 5) != 0 || !is_digit(p[5]) || p[6] != '.' ||
        !is_digit(p[7]))
        return refuse(r, 400, "la petición no acaba en HTTP/1.1");
    if (p[5] != '1')
        return refuse(r, 505, "este servidor solo habla HTTP/1.1");
    r->head->minor = p[7] > '0';
    return 0;
}

static int read_request_line(struct reading *r, char *line, char *end)
{
    static const char shape[] = "la petición no empieza por «MÉTODO ruta HTTP/1.1»";
    char *p = line;

    while (p < end && is_token(*p))
        p++;
    if (p == line || p == end || *p != ' ')
        return refuse(r, 400, shape);
    *p++ = '\0';
    r->head->method = line;
    char *target = p;
    while (p < end && is_target(*p))
        p++;
    if (p == target || p == end || *p != ' ')
        return refuse(r, 400, shape);
    *p++ = '\0';
    int status = read_version(r, p, end);
    return status ? status : read_target(r, target);
}

/* ---- Las cabeceras que cambian cómo se lee ------------------------------------------- */

/* El próximo de una lista separada por comas, sin los blancos de alrededor. */
static bool next_item(const char **list, const char **item, size_t *length)
{
    const char *p = *list;

    if (!p)
        return false;
    while (is_blank(*p))
        p++;
    *item = p;
    *length = strcspn(p, ",");
    *list = p[*length] ? p + *length + 1 : NULL;
    while (*length > 0 && is_blank(p[*length - 1]))
        --*length;
    return true;
}

static bool is_word(const char *item, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(item, word, length) == 0;
}

static int read_host(struct reading *r, const char *value)
{
    r->hosts++;
    return is_host(value, strlen(value)) ? 0 : refuse(r, 400, "Host no es una máquina");
}

/* Solo cifras: ni signo, ni lista, ni vacío. */
static int read_length(struct reading *r, const char *value)
{
    uint64_t length = 0;

    if (r->lengths++ > 0 || *value == '\0')
        return refuse(r, 400, "Content-Length tiene que ser un número y venir una vez");
    for (const char *p = value; *p; p++) {
        if (!is_digit(*p))
            return refuse(r, 400, "Content-Length tiene que ser un número");
        uint64_t digit = (uint64_t)(*p - '0');
        bool fits = length <= (UINT64_MAX - digit) / 10;
        length = fits ? length * 10 + digit : UINT64_MAX;
    }
    r->head->length = length;
    return 0;
}

/* Si «chunked» no es lo último, no se sabe dónde acaba el cuerpo (400); si lo es pero hay otra
 * antes, sí, aunque no sepamos leerlo (501). */
static int read_coding(struct reading *r, const char *value)
{
    const char *item;
    size_t length, items = 0, chunked = 0;
    bool last = false, empty = false;

    while (next_item(&value, &item, &length)) {
        items++;
        last = is_word(item, length, "chunked");
        chunked += last;
        empty = empty || length == 0;
    }
    if (r->codings++ > 0 || !last || chunked != 1 || empty)
        return refuse(r, 400, "Transfer-Encoding solo puede ser chunked");
    if (items > 1)
        return refuse(r, 501, "la única codificación que se admite es chunked");
    r->head->chunked = true;
    return 0;
}

static int read_connection(struct reading *r, const char *value)
{
    const char *item;
    size_t length;

    while (next_item(&value, &item, &length)) {
        r->head->close = r->head->close || is_word(item, length, "close");
        r->keep_alive = r->keep_alive || is_word(item, length, "keep-alive");
    }
    return 0;
}

static int read_expect(struct reading *r, const char *value)
{
    r->head->expects = strcasecmp(value, "100-continue") == 0;
    return 0;
}

static int read_meaning(struct reading *r, const struct as__field *field)
{
    static const struct {
        const char *name;
        int (*read)(struct reading *r, const char *value);
    } known[] = {{"Host", read_host},
                 {"Content-Length", read_length},
                 {"Transfer-Encoding", read_coding},
                 {"Connection", read_connection},
                 {"Expect", read_expect}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(field->name, known[i].name) == 0)
            return known[i].read(r, field->value);
    }
    return 0;
}

/* Lo que se sabe cuando ya están todas. */
static int settle(struct reading *r)
{
    struct as__request_head *head = r->head;

    if (r->hosts == 0 && head->minor > 0)
        return refuse(r, 400, "falta Host");
    if (r->hosts > 1)
        return refuse(r, 400, "hay más de un Host");
    if (r->codings > 0 && r->lengths > 0)
        return refuse(r, 400, "Transfer-Encoding y Content-Length no van juntas");
    if (r->codings > 0 && head->minor == 0)
        return refuse(r, 400, "HTTP/1.0 no tiene Transfer-Encoding");
    head->close = head->close || (head->minor == 0 && !r->keep_alive);
    head->expects = head->expects && head->minor > 0;
    return 0;
}

int as__request_head_parse(struct as__request_head *head, char *text, size_t size,
                           struct as__field *fields, const char **why)
{
    struct reading r = {.head = head};
    int status = 0;

    *head = (struct as__request_head){.fields = fields};
    while (*text == '\r') { /* las vacías de delante, que el RFC pide pasar por alto */
        text += 2;
        size -= 2;
    }
    for (char *end; status == 0 && *text != '\r'; text = end + 2) {
        end = memchr(text, '\n', size);
        size -= (size_t)(end + 1 - text);
        end--;
        struct as__field *field = &fields[head->field_count];
        if (!head->method) {
            status = read_request_line(&r, text, end);
        } else if (as__field_parse(field, text, end)) {
            head->field_count++;
            status = read_meaning(&r, field);
        } else {
            status = refuse(&r, 400, "una cabecera no es «Nombre: valor»");
        }
    }
    if (status == 0)
        status = settle(&r);
    *why = r.why;
    return status;
}
