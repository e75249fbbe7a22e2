/* De dónde sale el calendario: los capítulos, los laboratorios y lo que cada uno necesita. */
#include "base/dir.h"
#include "base/memory.h"
#include "docente/calendario/plan.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE (1 << 20)
#define PATH     "lessons/README.md"

static char *read_text(const char *dir, struct gr_error *err)
{
    char *text = NULL;
    size_t size;
    int rc = ag_read_file(dir, "README.md", MAX_FILE, &text, &size);
    if (rc < 0)
        gr_error(err, "%s/README.md: no se puede leer: %s", dir, strerror(-rc));
    return text;
}

/* ---- los capítulos -------------------------------------------------------------------------- */

static int load_chapter(struct plan_chapter *c, const char *dir, struct gr_error *err)
{
    char *text = read_text(dir, err);
    if (!text)
        return -1;
    const char *time = strstr(text, "**Tiempo:** ");
    int rc = 0;
    c->number = atoi(strchr(dir, '/') + 1);
    if (strncmp(text, "# ", 2) != 0)
        rc = gr_error(err, "%s/README.md:1: falta el título, «# ...»", dir);
    else if (!time || sscanf(time, "**Tiempo:** %d minutos de lectura, %d de práctica",
                             &c->read, &c->practice) != 2)
        rc = gr_error(
            err,
            "%s/README.md: falta lo que cuesta; escribe «**Tiempo:** 50 minutos "
            "de lectura, 90 de práctica.»",
            dir);
    else
        c->title = ag_format("%.*s", (int)strcspn(text + 2, "\n"), text + 2);
    free(text);
    return rc;
}

static int load_chapters(struct plan *plan, struct gr_error *err)
{
    glob_t found;
    int rc = glob("lessons/[0-9][0-9]-*", GLOB_ONLYDIR, NULL, &found);
    if (rc != 0)
        return gr_error(err, "no hay capítulos en lessons/: ¿es esta la raíz del curso?");
    plan->chapters = ag_alloc(found.gl_pathc, sizeof *plan->chapters);
    for (; rc == 0 && plan->n_chapters < found.gl_pathc; plan->n_chapters++)
        rc = load_chapter(&plan->chapters[plan->n_chapters],
                          found.gl_pathv[plan->n_chapters], err);
    globfree(&found);
    return rc;
}

/* ---- los laboratorios ----------------------------------------------------------------------- */

/* «01 a 05, 10»: los apunta en `needs`. */
static int parse_needs(const char *cell, bool *needs)
{
    int n = 0;
    while (*cell) {
        int from, to, used = 0;
        if (sscanf(cell, " %2d a %2d%n", &from, &to, &used) != 2) {
            used = 0;
            if (sscanf(cell, " %2d%n", &from, &used) != 1)
                return -1;
            to = from;
        }
        for (int i = from; i <= to && i <= PLAN_MAX_CHAPTER; i++, n++)
            needs[i] = true;
        cell += used;
        cell += strspn(cell, " ,");
    }
    return n > 0 ? 0 : -1;
}

/* La última casilla de su fila, en la tabla de lessons/README.md. */
static int find_needs(struct plan_lab *l, const char *table, struct gr_error *err)
{
    char *row = ag_format("\n| [%s](../labs/", l->lab->id);
    const char *at = strstr(table, row);
    free(row);
    int rc = -1;
    if (at) {
        char *line = ag_format("%.*s", (int)strcspn(at + 1, "\n"), at + 1);
        char *end = strrchr(line, '|');
        *end = '\0';
        rc = parse_needs(strrchr(line, '|') + 1, l->needs);
        free(line);
    }
    if (rc < 0)
        return gr_error(err,
                        PATH
                        ": en la tabla de los laboratorios falta qué capítulos necesita "
                        "el %s, como «01 a 05, 10»",
                        l->lab->id);
    size_t i;
    json_t *chapter;
    json_array_foreach(l->lab->chapters, i, chapter)
    {
        if (!l->needs[atoi(json_string_value(chapter)) % (PLAN_MAX_CHAPTER + 1)])
            return gr_error(err,
                            PATH
                            ": según su lab.json, el laboratorio %s necesita el capítulo "
                            "%s, y en la tabla no está",
                            l->lab->id, json_string_value(chapter));
    }
    return 0;
}

static int by_due(const void *a, const void *b)
{
    const struct course_lab *x = ((const struct plan_lab *)a)->dates,
                            *y = ((const struct plan_lab *)b)->dates;
    return x->due != y->due ? (x->due > y->due) - (x->due < y->due)
                            : strcmp(x->id, y->id);
}

static int load_lab(struct plan_lab *l, const struct course_lab *dates,
                    const struct labs *labs, const char *table, struct gr_error *err)
{
    l->dates = dates;
    for (size_t i = 0; i < labs->n; i++)
        if (strcmp(labs->v[i].id, dates->id) == 0)
            l->lab = &labs->v[i];
    if (!l->lab)
        return gr_error(err,
                        COURSE_FILE ": está el laboratorio %s, y no hay ninguno en "
                                    "labs/%s-*",
                        dates->id, dates->id);
    for (size_t i = 0; i < l->lab->n_tests; i++)
        l->points += l->lab->tests[i].points;
    return find_needs(l, table, err);
}

int plan_load(struct plan *plan, const struct course *course, const struct labs *labs,
              struct gr_error *err)
{
    *plan = (struct plan){0};
    char *table = read_text("lessons", err);
    int rc = table ? load_chapters(plan, err) : -1;
    plan->labs = ag_alloc(course->n_labs, sizeof *plan->labs);
    for (; rc == 0 && plan->n_labs < course->n_labs; plan->n_labs++)
        rc = load_lab(&plan->labs[plan->n_labs], &course->labs[plan->n_labs], labs, table,
                      err);
    free(table);
    if (rc == 0)
        qsort(plan->labs, plan->n_labs, sizeof *plan->labs, by_due);
    return rc;
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->n_chapters; i++)
        free(plan->chapters[i].title);
    free(plan->chapters);
    free(plan->labs);
}
