#include "check.h"

#include <ctype.h>
#include <string.h>

/*
 * Lo que un programa de los capítulos hace mal sin que se note al ejecutarlo: funciona aquí, y
 * otro lo copia. Dos reglas:
 *
 *   - Entre fork y exec o _exit solo se llama a lo que se puede usar en un manejador de señal:
 *     si el programa tiene más hilos, en el hijo puede quedar tomado para siempre el cerrojo de
 *     malloc o el de stdout.
 *   - Quien escribe un archivo y le cambia el nombre espera antes al disco: sin as_file_sync, el
 *     nombre nuevo puede llegar antes que los bytes.
 */

static const char *const IN_CHILD[] = {
    "poll",  "read",  "write", "close",  "dup2", "_exit", "execl", "execv", "kill",
    "pause", "raise", "sleep", "usleep", "if",   "for",   "while", "sizeof"};

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* ¿Está `name`, que va de `start` a `end`, entre lo permitido? */
static bool allowed(const char *start, const char *end)
{
    size_t n = (size_t)(end - start);

    for (size_t i = 0; i < sizeof IN_CHILD / sizeof *IN_CHILD; i++) {
        if (strlen(IN_CHILD[i]) == n && strncmp(IN_CHILD[i], start, n) == 0)
            return true;
    }
    return false;
}

/* Lo que el hijo no debería llamar en una línea de código. */
static void check_child_line(struct report *report, const char *path, size_t number,
                             const char *line)
{
    for (const char *open = line; (open = strchr(open, '(')); open++) {
        const char *start = open;
        while (start > line && is_name(start[-1]))
            start--;
        if (start < open && !allowed(start, open))
            fail(report, path, number,
                 "%.*s, en el hijo de un fork: si el programa tiene hilos, ahí no se "
                 "puede llamar",
                 (int)(open - start), start);
    }
}

static int depth_change(const char *line)
{
    int change = 0;

    for (; *line; line++)
        change += (*line == '{') - (*line == '}');
    return change;
}

/* El bloque del hijo es el del primer «== 0» tras el fork. */
static void check_children(struct report *report, const char *path,
                           const struct text *text)
{
    bool forked = false;
    int depth = 0; /* llaves abiertas dentro del hijo; 0, fuera de él */

    for (size_t i = 0; i < text->count; i++) {
        const char *line = text->lines[i];
        if (depth > 0) {
            depth += depth_change(line);
            if (depth > 0)
                check_child_line(report, path, i + 1, line);
            continue;
        }
        forked |= strstr(line, "fork()") != NULL;
        if (forked && strstr(line, "== 0")) {
            forked = false;
            depth = depth_change(line);
        }
    }
}

void code_check(struct report *report, const char *path)
{
    struct text text;
    size_t renamed = 0;
    bool wrote = false, synced = false;

    if (!text_read(&text, path))
        return;
    check_children(report, path, &text);
    for (size_t i = 0; i < text.count; i++) {
        wrote |= strstr(text.lines[i], "as_file_write(") ||
                 strstr(text.lines[i], "as_file_writef(");
        synced |= strstr(text.lines[i], "as_file_sync(") != NULL;
        if (renamed == 0 && strstr(text.lines[i], "as_file_rename("))
            renamed = i + 1;
    }
    if (wrote && renamed > 0 && !synced)
        fail(report, path, renamed,
             "cambia el nombre de lo que escribió sin esperar al disco: falta "
             "as_file_sync");
    text_free(&text);
}
