/* asinc-course: lo que los guiones preguntan sobre el curso. */
#include "base/memory.h"
#include "course/course.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2, EXIT_COURSE = 3, DAY = 24 * 60 * 60 };

static const char usage[] =
    "Uso: asinc-course ORDEN     (en la raíz del curso; lee " COURSE_FILE ")\n"
    "\n"
    "  publicados      los laboratorios cuya solución es pública: «07 08»\n"
    "  publicado 07    termina con 0 si lo es; si no, con 1, y dice cuándo lo será\n"
    "  fechas          las de todos, en columnas\n"
    "\n"
    "CURSO_HOY, en segundos desde 1970, hace de hoy. Una solución también es pública "
    "antes de\n"
    "su fecha si " COURSE_LOG " dice que se adelantó.\n";

/* Para las pruebas se puede decir qué hora es. */
static int read_today(time_t *today)
{
    const char *text = getenv("CURSO_HOY");
    if (!text) {
        *today = time(NULL);
        return 0;
    }
    char *end;
    *today = (time_t)strtoll(text, &end, 10);
    if (*text && !*end)
        return 0;
    fprintf(stderr, "asinc-course: CURSO_HOY=%s debe ser un número de segundos\n", text);
    return -1;
}

/* ¿Está publicada, por su fecha o porque se adelantó? */
static bool is_public(const struct course_lab *lab, time_t today)
{
    return lab->published <= today || course_advanced(COURSE_LOG, lab->id);
}

static int print_public(const struct course *course, time_t today)
{
    const char *separator = "";
    for (size_t i = 0; i < course->n_labs; i++)
        if (is_public(&course->labs[i], today)) {
            printf("%s%s", separator, course->labs[i].id);
            separator = " ";
        }
    printf("\n");
    return EXIT_SUCCESS;
}

static int ask_public(const struct course *course, const char *id, time_t today)
{
    const struct course_lab *lab = course_find(course, id);
    if (!lab) {
        fprintf(stderr, "asinc-course: en %s no está el laboratorio %s. Los que hay:",
                COURSE_FILE, id);
        for (size_t i = 0; i < course->n_labs; i++)
            fprintf(stderr, " %s", course->labs[i].id);
        fputc('\n', stderr);
        return EXIT_USAGE;
    }
    if (is_public(lab, today))
        return EXIT_SUCCESS;
    long long days = ((long long)(lab->published - today) + DAY - 1) / DAY;
    printf("la solución del laboratorio %s se publica el %s, dentro de %lld %s\n", id,
           lab->published_text, days, days == 1 ? "día" : "días");
    return EXIT_FAILURE;
}

static int print_dates(const struct course *course, time_t today)
{
    printf("Lab  Peso  %-25s  %-27s  Solución\n", "Entrega", "Publicación");
    for (size_t i = 0; i < course->n_labs; i++) {
        const struct course_lab *lab = &course->labs[i];
        printf("%-3s  %4d  %-25s  %-25s  %s\n", lab->id, lab->weight, lab->due_text,
               lab->published_text, is_public(lab, today) ? "pública" : "aún no");
    }
    return EXIT_SUCCESS;
}

static int obey(const struct course *course, int argc, char **argv, time_t today)
{
    if (argc == 2 && strcmp(argv[1], "publicados") == 0)
        return print_public(course, today);
    if (argc == 3 && strcmp(argv[1], "publicado") == 0)
        return ask_public(course, argv[2], today);
    if (argc == 2 && strcmp(argv[1], "fechas") == 0)
        return print_dates(course, today);
    fputs(usage, stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct course course;
    char *why;
    time_t today;
    if (read_today(&today) < 0)
        return EXIT_USAGE;
    if (course_load(COURSE_FILE, &course, &why) < 0) {
        fprintf(stderr, "%s\n", why);
        free(why);
        return EXIT_COURSE;
    }
    int status = obey(&course, argc, argv, today);
    course_free(&course);
    return status;
}
