#include "check.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void out_of_memory(void)
{
    fputs("lessons: no queda memoria\n", stderr);
    exit(3);
}

char *format(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *result;
    if (vasprintf(&result, fmt, ap) < 0)
        out_of_memory();
    va_end(ap);
    return result;
}

int columns(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

bool text_read(struct text *text, const char *path)
{
    *text = (struct text){0};
    FILE *in = fopen(path, "re");
    if (!in)
        return false;
    size_t capacity = 0;
    errno = 0;
    ssize_t size = getdelim(&text->bytes, &capacity, '\0', in);
    int error = size < 0 && !feof(in) ? errno : 0;
    fclose(in);
    if (error) {
        text_free(text);
        errno = error;
        return false;
    }
    char *rest = size > 0 ? text->bytes : NULL;
    for (size_t room = 0; rest && *rest;) {
        if (text->count == room) {
            room = room ? room * 2 : 64;
            text->lines = reallocarray(text->lines, room, sizeof *text->lines);
            if (!text->lines)
                out_of_memory();
        }
        text->lines[text->count++] = strsep(&rest, "\n");
    }
    return true;
}

void text_free(struct text *text)
{
    free(text->lines);
    free(text->bytes);
}

bool file_replace(const char *path, const char *content)
{
    char *fresh = format("%s.nuevo", path);
    FILE *out = fopen(fresh, "we");
    bool done = out != NULL;
    if (out) {
        done = fputs(content, out) >= 0;
        done = fclose(out) == 0 && done && rename(fresh, path) == 0;
    }
    if (!done)
        unlink(fresh);
    free(fresh);
    return done;
}

const char *shown(const char *path)
{
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

char *lines_join(char **lines, size_t count, size_t margin)
{
    char *body = NULL;
    size_t size;
    FILE *out = open_memstream(&body, &size);
    for (size_t i = 0; i < count; i++) {
        size_t spaces = strspn(lines[i], " ");
        fprintf(out, "%s\n", lines[i] + (spaces < margin ? spaces : margin));
    }
    fclose(out);
    return body;
}

void fail(struct report *report, const char *path, size_t line, const char *fmt, ...)
{
    report->errors++;
    fprintf(report->out, "  %s:%zu: ", shown(path), line);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(report->out, fmt, ap);
    va_end(ap);
    fputc('\n', report->out);
}

/* Los nombres van a diff por el entorno: así ninguna ruta necesita
 * comillas. */
void note_diff(struct report *report, const char *written, const char *real)
{
    char *dir = scratch_create();
    char *a = format("%s/a", dir), *b = format("%s/b", dir);
    FILE *diff = NULL;
    if (file_replace(a, written) && file_replace(b, real)) {
        setenv("ASINC_A", a, 1);
        setenv("ASINC_B", b, 1);
        diff = popen("diff -u -- \"$ASINC_A\" \"$ASINC_B\" | tail -n +3", "r");
    }
    if (diff) {
        char *line = NULL;
        size_t room = 0;
        fputs("    --- en el texto\n    +++ en realidad\n", report->out);
        while (getline(&line, &room, diff) > 0)
            fprintf(report->out, "    %s", line);
        free(line);
        pclose(diff);
    }
    free(a);
    free(b);
    scratch_remove(dir);
}

char *scratch_create(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = format("%s/asinc-lessons.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        fprintf(stderr, "lessons: no puedo crear %s: %s\n", dir, strerror(errno));
        exit(3);
    }
    return dir;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void scratch_remove(char *dir)
{
    nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(dir);
}
