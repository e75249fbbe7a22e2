/* asinc-calendario: el calendario del curso, en Markdown, por la salida. */
#include "base/text.h"
#include "docente/calendario/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *what, const char *value)
{
    ag_complain("asinc-calendario", "%s, y no «%s»", what, value);
    return GR_EXIT_USAGE;
}

static int read_start(const char *text, time_t *start)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d", &tm);
    struct tm real = tm;
    *start = timegm(&real);
    return end && !*end && real.tm_mday == tm.tm_mday ? 0 : -1;
}

static int run(int weeks, time_t start, struct gr_error *err)
{
    struct course course;
    struct labs labs = {0};
    struct plan plan = {0};
    char *why;
    if (course_load(COURSE_FILE, &course, &why) < 0) {
        gr_error(err, "%s", why);
        free(why);
        return -1;
    }
    int rc = gr_labs_load(&labs, NULL, err) != 0 ? -1 : 0;
    if (rc == 0)
        rc = plan_load(&plan, &course, &labs, err);
    if (rc == 0) {
        plan_share(&plan, weeks);
        plan_write(&plan, &course, start);
    }
    plan_free(&plan);
    labs_free(&labs);
    course_free(&course);
    return rc;
}

int main(int argc, char **argv)
{
    struct gr_error err = {0};
    time_t start = 0;
    char *end;
    if (argc < 2 || argc > 3) {
        fputs("Uso: asinc-calendario SEMANAS [PRIMER-DÍA]     (en la raíz del curso; "
              "normalmente, con make calendario)\n",
              stderr);
        return GR_EXIT_USAGE;
    }
    long weeks = strtol(argv[1], &end, 10);
    if (end == argv[1] || *end || weeks < PLAN_MIN_WEEKS || weeks > PLAN_MAX_WEEKS)
        return usage("SEMANAS es un número de 3 a 30", argv[1]);
    if (argc == 3 && read_start(argv[2], &start) < 0)
        return usage("INICIO es el primer día, como 2027-01-11", argv[2]);
    if (run((int)weeks, start, &err) < 0) {
        ag_complain("asinc-calendario", "%s", err.text);
        return GR_EXIT_FAILURE;
    }
    return ag_stdout_written("asinc-calendario") ? GR_EXIT_OK : GR_EXIT_FAILURE;
}
