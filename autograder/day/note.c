/* Apuntar en el progreso lo que acaba de calificarse o probarse. */
#include "base/memory.h"
#include "day/day.h"
#include "day/practice.h"
#include "day/progress.h"
#include "day/results.h"

#include <stdlib.h>
#include <string.h>

/* Lo que tocaba, si fue una sola cosa: por ahí se seguirá otro día. */
static void note_last(struct day_progress *p, const char *kind, const char *id)
{
    char *last = ag_format("%s%.2s", kind, id);
    day_note_last(p, last);
    free(last);
}

/* false si no hay nada que apuntar: una prueba suelta no dice cuántos puntos se tienen. */
static bool note_lab(struct day_progress *p, const struct lab *lab)
{
    json_t *result = day_results_of(DAY_REPORT, lab);
    bool whole = result && day_results_whole(result, lab);
    if (whole) {
        int points = (int)json_integer_value(json_object_get(result, "puntos"));
        int max = (int)json_integer_value(json_object_get(result, "maximo"));
        day_note_lab(p, lab->dir, points, max);
    }
    json_decref(result);
    return whole;
}

int day_note_grade(void)
{
    struct labs labs;
    struct gr_error err;
    struct day_progress p;
    if (gr_labs_load(&labs, NULL, &err) != 0)
        return GR_EXIT_FAILURE; /* quien califica ya dijo por qué */
    const struct lab *last = NULL;
    size_t noted = 0;
    day_progress_open(&p);
    for (size_t i = 0; i < labs.n; i++)
        if (note_lab(&p, &labs.v[i])) {
            last = &labs.v[i];
            noted++;
        }
    if (noted == 1)
        note_last(&p, "LAB=", last->id);
    day_progress_close(&p);
    labs_free(&labs);
    return GR_EXIT_OK;
}

int day_note_practice(const char *path)
{
    struct day_practice practice;
    struct day_progress p;
    if (day_practice_read(&practice, path) < 0)
        return GR_EXIT_FAILURE;
    day_progress_open(&p);
    for (size_t i = 0; i < practice.n; i++)
        day_note_exercise(&p, practice.v[i].chapter, practice.v[i].name,
                          practice.v[i].done);
    if (practice.n > 0 &&
        strcmp(practice.v[0].chapter, practice.v[practice.n - 1].chapter) == 0)
        note_last(&p, "CAP=", practice.v[0].chapter);
    day_progress_close(&p);
    day_practice_free(&practice);
    return GR_EXIT_OK;
}
