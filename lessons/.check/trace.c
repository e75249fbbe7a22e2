#include "check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* La ruta del dibujo en «![texto](dibujos/x.svg)»; NULL si no lo es o no dice qué se ve. */
static char *picture_of(const char *line)
{
    const char *middle = strstr(line, "](");
    const char *end = middle ? strchr(middle, ')') : NULL;

    if (strncmp(line, "![", 2) != 0 || !end || middle == line + 2)
        return NULL;
    return format("%.*s", (int)(end - middle - 2), middle + 2);
}

/* Dibuja otra vez la ejecución. NULL si no se puede, tras apuntar por qué. */
static char *draw(struct report *report, const struct options *o, const char *path,
                  const char *lesson, const char *command, size_t line)
{
    char drawer[PATH_MAX], *output = NULL;
    char *programs = format("%s/%s", o->programs, strrchr(lesson, '/') + 1);

    if (!realpath(o->drawer, drawer)) {
        fail(report, path, line, "no encuentro %s: %s", o->drawer, strerror(errno));
        free(programs);
        return NULL;
    }
    char *shell = format("AS_TRACE=traza.json %s >/dev/null 2>&1; "
                         "'%s' traza.json dibujo.svg && cat dibujo.svg",
                         command, drawer);
    enum run_end end = run_example(shell, false, programs, lesson, o->limit_ms, &output);
    free(shell);
    free(programs);
    if (end == RUN_DONE && strncmp(output, "<svg", 4) == 0)
        return output;
    fail(report, path, line, "no pude dibujar «%s»: %s", command, output);
    free(output);
    return NULL;
}

void trace_check(struct report *report, const struct options *o, const char *path,
                 const char *lesson, const char *command, const char *line, size_t number)
{
    char *picture = picture_of(line);

    if (!picture) {
        fail(report, path, number, "tras la traza va ![lo que se ve](dibujos/x.svg)");
        return;
    }
    char *svg = format("%s/%s", lesson, picture);
    char *truth = draw(report, o, path, lesson, command, number);
    struct text old;
    bool same = false;
    if (truth && text_read(&old, svg)) {
        char *joined = lines_join(old.lines, old.count, 0);
        same = strcmp(joined, truth) == 0;
        free(joined);
        text_free(&old);
    }
    if (truth && !same && o->write) {
        char *folder = format("%.*s", (int)(strrchr(svg, '/') - svg), svg);
        mkdir(folder, 0777);
        free(folder);
        if (file_replace(svg, truth))
            report->updated = true;
        else
            fail(report, path, number, "no puedo escribir %s: %s", svg, strerror(errno));
    } else if (truth && !same) {
        fail(report, path, number, "%s ya no es el dibujo de «%s»", shown(svg), command);
    }
    free(truth);
    free(svg);
    free(picture);
}
