/* Los criterios de la rúbrica, de rubrica.md. */
#include "base/dir.h"
#include "base/memory.h"
#include "docente/rubrica/rubric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE (1 << 18)

static int add(struct rubric *r, const char *line, const char *path, struct gr_error *err)
{
    struct rubric_criterion c;
    if (r->n == RUBRIC_MAX)
        return gr_error(err, "%s: caben %d criterios como mucho", path, RUBRIC_MAX);
    if (sscanf(line, "## `%31[a-z_]`: %d puntos", c.name, &c.points) != 2 || c.points < 1)
        return gr_error(err,
                        "%s: «%.*s» no es un criterio; escribe «## `claridad`: 8 puntos»",
                        path, (int)strcspn(line, "\n"), line);
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->criteria[i].name, c.name) == 0)
            return gr_error(err, "%s: el criterio «%s» está dos veces", path, c.name);
    r->points += c.points;
    r->criteria[r->n++] = c;
    return 0;
}

int rubric_load(struct rubric *rubric, const char *path, struct gr_error *err)
{
    char *dir = ag_format("%.*s", (int)(strrchr(path, '/') - path), path), *text = NULL;
    size_t size;
    int rc = ag_read_file(dir, strrchr(path, '/') + 1, MAX_FILE, &text, &size);
    free(dir);
    *rubric = (struct rubric){0};
    if (rc < 0)
        return gr_error(err, "%s: no se puede leer: %s", path, strerror(-rc));
    /* Un título de segundo nivel con una palabra como código es un criterio. */
    for (const char *at = text; rc == 0 && (at = strstr(at, "\n## `")); at++)
        rc = add(rubric, at + 1, path, err);
    free(text);
    if (rc == 0 && (rubric->n == 0 || rubric->points >= 100))
        rc = gr_error(
            err,
            "%s: entre todos los criterios tienen que valer de 1 a 99 puntos, y "
            "valen %d",
            path, rubric->points);
    return rc;
}
