/* La nota de cada cual. */
#include "class/marks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define USUAL_MAX 100

const char *cl_state_name(enum cl_state state)
{
    static const char *const names[] = {
        [CL_MISSING] = "no_entregado", [CL_REJECTED] = "rechazado",
        [CL_WAITING] = "pendiente",    [CL_UNGRADED] = "no_calificado",
        [CL_GRADED] = "calificado",
    };
    return names[state];
}

int cl_date_of(const char *text, time_t *when)
{
    struct tm tm = {0};
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;
    if (!end || *end)
        return -1;
    *when = timegm(&tm);
    return 0;
}

static enum cl_state state_of(const struct cl_row *row)
{
    if (!row->state)
        return CL_MISSING;
    if (strcmp(row->state, "rechazada") == 0)
        return CL_REJECTED;
    if (!row->result)
        return CL_WAITING;
    return strcmp(row->result, "calificado") == 0 ? CL_GRADED : CL_UNGRADED;
}

struct cl_mark cl_mark_of(const struct cl_row *row, const struct course *course)
{
    struct cl_mark mark = {.state = state_of(row),
                           .max = row->json ? row->max : USUAL_MAX};
    const struct course_lab *lab = course_find(course, row->lab);
    time_t when;
    if (lab && cl_date_of(row->date, &when) == 0) {
        struct course_lab own = *lab; /* con su prórroga, si la tiene */
        time_t until;
        /* La tarea de Moodle pudo acabar antes: lo que se le alargó a alguien no le acorta nada. */
        if (row->extension && course_date(row->extension, &until) == 0 &&
            (until > own.due || strcmp(row->extension_by, "moodle") != 0))
            own.due = until;
        struct course_late late = course_lateness(course, &own, when);
        mark.late_days = late.days;
        mark.late_percent = late.percent;
        mark.published = late.days > 0 && when >= own.published;
    }
    mark.known = mark.state == CL_GRADED || mark.state == CL_REJECTED;
    if (mark.state == CL_GRADED)
        mark.points = row->points * (100 - mark.late_percent) / 100.0;
    if (row->has_points) {
        mark.known = mark.overridden = true;
        mark.points = row->override_points;
    }
    return mark;
}

void cl_points_text(char text[static 32], double points)
{
    snprintf(text, 32, "%.2f", round(points * 100) / 100);
    for (size_t n = strlen(text); n > 0 && strchr("0.", text[n - 1]); n--) {
        bool dot = text[n - 1] == '.';
        text[n - 1] = '\0';
        if (dot)
            break;
    }
}
