/* El calendario, en Markdown. */
#include "base/memory.h"
#include "docente/calendario/plan.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMS "autograder/docente/examenes/[0-9][0-9]-[0-9][0-9]"

static const char *const months[] = {"ene", "feb", "mar", "abr", "may", "jun",
                                     "jul", "ago", "sep", "oct", "nov", "dic"};

/* «11 ene»; el día es el que se escribió en curso.json, en su zona. */
static void print_day(const char *text)
{
    printf("%d %s %.4s", atoi(text + 8), months[(atoi(text + 5) + 11) % 12], text);
}

static void print_week(int week, time_t start)
{
    if (!start) {
        printf("| %d |", week);
        return;
    }
    time_t first = start + (time_t)(week - 1) * 7 * PLAN_DAY;
    struct tm tm;
    gmtime_r(&first, &tm);
    printf("| %d, del %d %s |", week, tm.tm_mday, months[tm.tm_mon]);
}

static void print_time(int minutes)
{
    if (minutes >= 60)
        printf("%d h%s", minutes / 60, minutes % 60 ? " " : "");
    if (minutes % 60)
        printf("%d min", minutes % 60);
}

/* En qué semana cae una entrega; 0 si no se sabe cuándo empieza el curso. */
static int real_week(const struct plan_lab *l, time_t start)
{
    if (!start)
        return 0;
    return l->dates->due < start ? -1
                                 : (int)((l->dates->due - start) / (7 * PLAN_DAY)) + 1;
}

static int due_week(const struct plan_lab *l, time_t start)
{
    int week = real_week(l, start);
    return week ? week : l->due;
}

/* ---- semana a semana ------------------------------------------------------------------------ */

static void print_chapters(const struct plan *plan, int week)
{
    int minutes = 0, n = 0;
    for (size_t i = 0; i < plan->n_chapters; i++) {
        const struct plan_chapter *c = &plan->chapters[i];
        if (c->week != week)
            continue;
        printf("%s%02d, %s", n++ ? "; " : " ", c->number, c->title);
        minutes += c->read + c->practice;
    }
    printf("%s | ", n ? "" : " Laboratorios y repaso");
    print_time(minutes);
    printf(" |");
}

static void print_labs(const struct plan *plan, int week, time_t start, bool open)
{
    int n = 0;
    for (size_t i = 0; i < plan->n_labs; i++) {
        const struct plan_lab *l = &plan->labs[i];
        if (week == (open ? l->opens : due_week(l, start)))
            printf("%s%s", n++ ? ", " : " ", l->dates->id);
    }
    printf(" |");
}

/* Un examen es de unos capítulos, y toca la semana después de haberlos dado todos. */
static void print_exams(const struct plan *plan, const glob_t *exams, int week)
{
    int n = 0;
    for (size_t i = 0; i < exams->gl_pathc; i++) {
        const char *name = strrchr(exams->gl_pathv[i], '/') + 1;
        int last = 0;
        for (int c = atoi(name); c <= atoi(name + 3); c++)
            if (plan_week_of(plan, c) > last)
                last = plan_week_of(plan, c);
        if (week == (last < plan->weeks ? last + 1 : last))
            printf("%s%.2s a %s", n++ ? ", " : " ", name, name + 3);
    }
    printf(" |\n");
}

static void print_weeks(const struct plan *plan, time_t start)
{
    glob_t exams;
    bool found = glob(EXAMS, GLOB_ONLYDIR, NULL, &exams) == 0;
    if (!found)
        exams.gl_pathc = 0;
    printf("| Semana | Capítulos | Leer y practicar | Se abre | Se entrega | Examen |\n"
           "|---|---|---|---|---|---|\n");
    for (int week = 1; week <= plan->weeks; week++) {
        print_week(week, start);
        print_chapters(plan, week);
        print_labs(plan, week, start, true);
        print_labs(plan, week, start, false);
        print_exams(plan, &exams, week);
    }
    if (found)
        globfree(&exams);
}

/* ---- los laboratorios ----------------------------------------------------------------------- */

/* «01 a 05, 10» */
static void print_needs(const bool *needs)
{
    int n = 0;
    for (int from = 0; from <= PLAN_MAX_CHAPTER; from++) {
        if (!needs[from])
            continue;
        int to = from;
        while (to < PLAN_MAX_CHAPTER && needs[to + 1])
            to++;
        printf("%s%02d", n++ ? ", " : "", from);
        if (to > from)
            printf(to > from + 1 ? " a %02d" : ", %02d", to);
        from = to;
    }
}

static void print_lab_table(const struct plan *plan)
{
    int weight = 0;
    for (size_t i = 0; i < plan->n_labs; i++)
        weight += plan->labs[i].dates->weight;
    printf(
        "\n## Los laboratorios\n\n"
        "| Laboratorio | Necesita | Puntos | Peso en la nota | Se abre | Conviene "
        "entregarlo "
        "| "
        "En curso.json se entrega | Y se publica |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < plan->n_labs; i++) {
        const struct plan_lab *l = &plan->labs[i];
        printf("| %s, %s | ", l->dates->id, l->lab->title);
        print_needs(l->needs);
        printf(" | %d | %d de %d | semana %d | semana %d | ", l->points, l->dates->weight,
               weight, l->opens, l->due);
        print_day(l->dates->due_text);
        printf(" | ");
        print_day(l->dates->published_text);
        printf(" |\n");
    }
}

/* Lo que las fechas de curso.json no dejan hacer. */
static void print_warnings(const struct plan *plan, time_t start)
{
    int n = 0;
    for (size_t i = 0; start && i < plan->n_labs; i++) {
        const struct plan_lab *l = &plan->labs[i];
        int week = real_week(l, start);
        const char *what = week < 1             ? "antes de que empiece el curso"
                           : week > plan->weeks ? "después de la última semana"
                           : week < l->opens    ? "antes de haber dado lo que necesita"
                           : week == l->opens   ? "la misma semana en que se abre"
                                                : NULL;
        if (!what)
            continue;
        printf("%s- El laboratorio %s se entrega el ", n++ ? "" : "\n## Avisos\n\n",
               l->dates->id);
        print_day(l->dates->due_text);
        printf(", %s. Cambia su fecha en " COURSE_FILE " o el primer día.\n", what);
    }
}

void plan_write(const struct plan *plan, const struct course *course, time_t start)
{
    int read = 0, practice = 0;
    for (size_t i = 0; i < plan->n_chapters; i++) {
        read += plan->chapters[i].read;
        practice += plan->chapters[i].practice;
    }
    printf("# %s, en %d semanas\n\n", course->title, plan->weeks);
    printf("Entre todos, los capítulos piden ");
    print_time(read);
    printf(" de lectura y ");
    print_time(practice);
    printf(" de práctica, sin contar los laboratorios. Los capítulos van en el orden en "
           "que los "
           "pide el laboratorio que antes se entrega.\n\n");
    print_weeks(plan, start);
    print_lab_table(plan);
    print_warnings(plan, start);
    printf(
        "\nLo hace `make calendario` con los capítulos, los laboratorios y " COURSE_FILE
        " de hoy: no lo cambies a mano.\n");
}
