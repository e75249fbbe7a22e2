/* Jansson dice la línea de un error de escritura, pero no la de un valor que no vale. */
#include "course/course.h"

#include <stdbool.h>
#include <string.h>

static const char *skip_space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

/* `p` está en las comillas que abren; devuelve lo que sigue a las que cierran. */
static const char *skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

static const char *skip_value(const char *p)
{
    int depth = 0;
    do {
        if (*p == '"') {
            p = skip_string(p);
            continue;
        }
        if (*p == '{' || *p == '[')
            depth++;
        else if (*p == '}' || *p == ']')
            depth--;
        if (depth < 0 || (depth == 0 && *p == ','))
            return p;
        p++;
    } while (*p);
    return p;
}

/* `p` está en la llave que abre un objeto: las comillas de su clave `key`, o NULL. */
static const char *find_key(const char *p, const char *key)
{
    size_t n = strlen(key);
    for (p = skip_space(p + 1); *p == '"'; p = skip_space(p)) {
        const char *end = skip_string(p);
        if ((size_t)(end - p) == n + 2 && strncmp(p + 1, key, n) == 0)
            return p;
        p = skip_value(skip_space(skip_space(end) + 1)); /* tras los dos puntos */
        if (*p == ',')
            p++;
    }
    return NULL;
}

int course_line(const char *text, const char *const keys[])
{
    const char *at = skip_space(text), *value = at;
    for (size_t i = 0; keys[i] && *value == '{'; i++) {
        const char *key = find_key(value, keys[i]);
        if (!key)
            break;
        at = key;
        value = skip_space(skip_space(skip_string(key)) + 1);
    }
    int line = 1;
    for (const char *p = text; p < at; p++)
        line += *p == '\n';
    return line;
}
