#include "check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

/*
 * El ancla que la forja pone a un título: en minúsculas, sin más signos
 * que guiones, y con guiones por espacios.
 */
static char *slug(const char *title)
{
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);
    mbstate_t state = {0};
    wchar_t c;
    for (size_t n; (n = mbrtowc(&c, title, MB_CUR_MAX, &state)) > 0 && n <= MB_CUR_MAX;
         title += n) {
        char bytes[MB_LEN_MAX];
        if (c == L' ')
            fputc('-', out);
        else if (iswalnum((wint_t)c) || c == L'-' || c == L'_')
            fwrite(bytes, 1,
                   wcrtomb(bytes, (wchar_t)towlower((wint_t)c), &(mbstate_t){0}), out);
    }
    fclose(out);
    return result;
}

/* Un título «## Texto» con lo que la forja ve de él: sin destinos de
 * enlaces ni # finales. */
static char *title_text(const char *line)
{
    size_t level = strspn(line, "#");
    if (level == 0 || level > 6 || line[level] != ' ')
        return NULL;
    char *result = format("%s", line + level + strspn(line + level, " "));
    char *to = result;
    for (const char *from = result; *from;) {
        if (from[0] == ']' && from[1] == '(' && strchr(from, ')'))
            from = strchr(from, ')') + 1;
        else
            *to++ = *from++;
    }
    while (to > result && (to[-1] == '#' || to[-1] == ' '))
        to--;
    *to = '\0';
    return result;
}

char *title_anchor(const char *line)
{
    char *title = title_text(line), *anchor = title ? slug(title) : NULL;

    free(title);
    return anchor;
}

/* Salta los bloques de código: dentro no hay títulos ni enlaces. */
struct fence_state {
    size_t open;
};

static bool in_fence(struct fence_state *state, const char *line)
{
    const char *info;
    size_t n = fence_length(line, &info);
    if (state->open == 0) {
        state->open = n;
        return n > 0;
    }
    if (n >= state->open && !*info)
        state->open = 0;
    return true;
}

size_t anchor_line(const char *path, const char *anchor, size_t *next)
{
    struct text text;
    size_t line = 0;
    *next = (size_t)-1;
    if (!text_read(&text, path))
        return 0;
    char *id = format("id=\"%s\"", anchor);
    char **seen = calloc(text.count + 1, sizeof *seen);
    size_t n = 0;
    struct fence_state fence = {0};
    for (size_t i = 0; i < text.count && (line == 0 || *next == (size_t)-1); i++) {
        if (in_fence(&fence, text.lines[i]))
            continue;
        char *title = title_text(text.lines[i]);
        if (title && line > 0)
            *next = i + 1;
        if (line == 0 && strstr(text.lines[i], id))
            line = i + 1;
        if (!title)
            continue;
        seen[n] = slug(title);
        size_t repeated = 0;
        for (size_t j = 0; j < n; j++)
            repeated += strcmp(seen[j], seen[n]) == 0;
        char *full = repeated ? format("%s-%zu", seen[n], repeated)
                              : format("%s", seen[n]);
        if (line == 0 && strcmp(full, anchor) == 0)
            line = i + 1;
        free(full);
        free(title);
        n++;
    }
    for (size_t i = 0; i < n; i++)
        free(seen[i]);
    free(seen);
    free(id);
    text_free(&text);
    return line;
}

static void check_target(struct report *report, const char *path, size_t line,
                         const char *target, size_t size)
{
    size_t file = strcspn(target, "#");
    if (file > size)
        file = size;
    if (size == 0 || memchr(target, ':', file))
        return; /* https:, mailto: ... */
    if (target[0] == '/') {
        fail(report, path, line, "el enlace «%.*s» debe ser relativo", (int)size, target);
        return;
    }
    int dir = (int)(strrchr(path, '/') - path);
    char *other = file ? format("%.*s/%.*s", dir, path, (int)file, target)
                       : format("%s", path);
    char *anchor = file < size ? format("%.*s", (int)(size - file - 1), target + file + 1)
                               : NULL;
    size_t next;
    struct stat st;
    if (stat(other, &st) != 0) {
        fail(report, path, line, "el enlace «%.*s» no lleva a ningún archivo", (int)size,
             target);
    } else if (anchor && S_ISDIR(st.st_mode)) {
        fail(report, path, line,
             "el enlace «%.*s» pone un ancla a una carpeta: di el "
             "README.md",
             (int)size, target);
    } else if (anchor && strstr(other, ".md") && anchor_line(other, anchor, &next) == 0) {
        fail(report, path, line, "el enlace «%.*s» no lleva a ningún título de %s",
             (int)size, target, other);
    }
    free(anchor);
    free(other);
}

/* Enlaces [..](destino "título"), definiciones [..]: destino, y src= y
 * href= de HTML. */
static void check_line(struct report *report, const char *path, size_t number, char *line)
{
    for (char *code = line;
         (code = strchr(code, '`'));) { /* el código en línea no enlaza */
        size_t ticks = strspn(code, "`");
        char *end = code + ticks;
        while ((end = strchr(end, '`')) && strspn(end, "`") != ticks)
            end += strspn(end, "`");
        if (!end) {
            code += ticks;
            continue;
        }
        memset(code, 'x', (size_t)(end - code) + ticks);
        code = end + ticks;
    }
    static const struct {
        const char *start, *end;
    } forms[] = {{"](", " )"}, {"src=\"", "\""}, {"href=\"", "\""}};
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        for (const char *at = line; (at = strstr(at, forms[f].start));) {
            at += strlen(forms[f].start);
            check_target(report, path, number, at, strcspn(at, forms[f].end));
        }
    }
    const char *definition = line[0] == '[' && line[1] != '^' ? strstr(line, "]: ")
                                                              : NULL;
    if (definition)
        check_target(report, path, number, definition + 3, strcspn(definition + 3, " "));
}

void links_check(struct report *report, const char *path)
{
    struct text text;
    if (!text_read(&text, path)) {
        fail(report, path, 1, "no puedo leerlo: %s", strerror(errno));
        return;
    }
    struct fence_state fence = {0};
    for (size_t i = 0; i < text.count; i++) {
        const char *info;
        bool outside = fence.open == 0;
        if (!in_fence(&fence, text.lines[i])) {
            check_line(report, path, i + 1, text.lines[i]);
            continue;
        }
        if (!outside || fence_length(text.lines[i], &info) == 0 ||
            strncmp(info, "mermaid", 7) != 0)
            continue;
        bool title = false, description = false;
        for (size_t j = i + 1; j < text.count && !strstr(text.lines[j], "```"); j++) {
            const char *inner = text.lines[j] + strspn(text.lines[j], " ");
            title |= strncmp(inner, "accTitle:", 9) == 0;
            description |= strncmp(inner, "accDescr", 8) == 0;
        }
        if (!title || !description)
            fail(report, path, i + 1, "al diagrama le falta %s",
                 title ? "accDescr: qué se ve en él" : "accTitle: su título");
    }
    text_free(&text);
}
