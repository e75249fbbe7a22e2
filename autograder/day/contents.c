#include "day/contents.h"
#include "base/memory.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* El título de una página es su primera línea, «# Título». */
static char *title_of(const char *dir)
{
    char *path = ag_format("lessons/%s/README.md", dir), line[256] = "";
    FILE *f = fopen(path, "re");
    if (f && !fgets(line, sizeof line, f))
        *line = '\0';
    if (f)
        fclose(f);
    free(path);
    line[strcspn(line, "\n")] = '\0';
    /* «# 05. Tiempo»: el número ya se dice aparte. */
    const char *title = line + strspn(line, "# 0123456789.·");
    return ag_format("%s", *title ? title : dir);
}

static void load_exercises(struct day_chapter *chapter)
{
    char *pattern = ag_format("lessons/%s/practica/*.c", chapter->dir);
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
        chapter->names = ag_alloc(found.gl_pathc, sizeof *chapter->names);
        for (size_t i = 0; i < found.gl_pathc; i++) {
            const char *name = strrchr(found.gl_pathv[i], '/') + 1;
            chapter->names[chapter->n++] = ag_format("%.*s", (int)strlen(name) - 2, name);
        }
        globfree(&found);
    }
    free(pattern);
}

int day_course_load(struct day_course *c, struct gr_error *err)
{
    glob_t found;
    *c = (struct day_course){0};
    if (gr_labs_load(&c->labs, NULL, err) != 0)
        return -1;
    if (glob("lessons/[0-9][0-9]-*", GLOB_ONLYDIR, NULL, &found) != 0)
        return 0;
    c->chapters = ag_alloc(found.gl_pathc, sizeof *c->chapters);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct day_chapter *chapter = &c->chapters[c->n_chapters++];
        chapter->dir = ag_format("%s", strchr(found.gl_pathv[i], '/') + 1);
        chapter->title = title_of(chapter->dir);
        load_exercises(chapter);
    }
    globfree(&found);
    return 0;
}

void day_course_free(struct day_course *c)
{
    for (size_t i = 0; i < c->n_chapters; i++) {
        struct day_chapter *chapter = &c->chapters[i];
        for (size_t k = 0; k < chapter->n; k++)
            free(chapter->names[k]);
        free(chapter->names);
        free(chapter->title);
        free(chapter->dir);
    }
    free(c->chapters);
    labs_free(&c->labs);
    *c = (struct day_course){0};
}

const struct day_chapter *day_course_chapter(const struct day_course *c,
                                             const char *which)
{
    for (size_t i = 0; i < c->n_chapters; i++)
        if (course_named(which, c->chapters[i].dir))
            return &c->chapters[i];
    return NULL;
}

const struct lab *day_course_lab(const struct day_course *c, const char *which)
{
    for (size_t i = 0; i < c->labs.n; i++)
        if (course_named(which, c->labs.v[i].dir))
            return &c->labs.v[i];
    return NULL;
}
