/* asinc-course: lo que make y los guiones preguntan sobre el curso y sus laboratorios. */
#include "base/memory.h"
#include "base/text.h"
#include "course/course.h"
#include "course/lab.h"
#include "course/mentions.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_USAGE = LABS_USAGE, EXIT_COURSE = LABS_BROKEN, DAY = 24 * 60 * 60 };

static const char usage[] =
    "Uso: asinc-course ORDEN     (en la raíz del curso; lee " COURSE_FILE
    " y labs/*/.grader/lab.json)\n"
    "\n"
    "  publicados         los laboratorios cuya solución es pública: «07 08»\n"
    "  publicado 07       termina con 0 si lo es; si no, con 1, y dice cuándo lo será\n"
    "  fechas             las de todos, en columnas\n"
    "  retraso            lo que cuesta, en una frase\n"
    "  laboratorios [07]  los que hay: «07 08»; o si está ese\n"
    "  solo 07 08         el mismo " COURSE_FILE ", con esos y ninguno más\n"
    "\n"
    "  carpetas           las de los laboratorios, una por línea: «labs/07-monitor»\n"
    "  archivos 07 [...]  los suyos; con «fuentes», los que se escriben, y con «dados», "
    "los que da\n"
    "  pruebas 07         sus pruebas, y los puntos de cada una\n"
    "  ficha 07           el capítulo con que empieza, sus etapas y sus pruebas, con "
    "tabuladores\n"
    "  base-de-datos [07] termina con 0 si la usa ese, o alguno\n"
    "  anotado            termina con 0 si las tablas y los menús del curso los nombran "
    "bien; si "
    "no,\n"
    "                     dice qué está mal\n"
    "  anota              los pone al día\n"
    "\n"
    "CURSO_HOY, en segundos desde 1970, hace de hoy. Una solución también es pública "
    "antes de\n"
    "su fecha si " COURSE_LOG " dice que se adelantó.\n";

#define complain(...) ag_complain("asinc-course", __VA_ARGS__)

/* Lo que se sabe al obedecer una orden. */
struct known {
    struct course course;
    struct labs labs; /* los suyos; ninguno donde no hay labs/ */
    time_t today;
};

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
    return *text && !*end ? 0
                          : complain("CURSO_HOY=%s debe ser un número de segundos", text);
}

/* ---- las fechas: curso.json ---------------------------------------------------------------- */

/* ¿Está publicada, por su fecha o porque se adelantó? */
static bool is_public(const struct course_lab *lab, time_t today)
{
    return lab->published <= today || course_advanced(COURSE_LOG, lab->id);
}

static int print_public(const struct known *k, char **args)
{
    (void)args;
    const char *separator = "";
    for (size_t i = 0; i < k->course.n_labs; i++)
        if (is_public(&k->course.labs[i], k->today)) {
            printf("%s%s", separator, k->course.labs[i].id);
            separator = " ";
        }
    printf("\n");
    return EXIT_SUCCESS;
}

/* El laboratorio del curso que se pide, "07" o "7"; si no está, NULL, y lo dice. */
static const struct course_lab *find(const struct known *k, const char *id)
{
    for (size_t i = 0; i < k->course.n_labs; i++)
        if (course_named(id, k->course.labs[i].id))
            return &k->course.labs[i];
    fprintf(stderr,
            "asinc-course: en %s no está el laboratorio «%s». Los que hay:", COURSE_FILE,
            id);
    for (size_t i = 0; i < k->course.n_labs; i++)
        fprintf(stderr, " %s", k->course.labs[i].id);
    fputc('\n', stderr);
    return NULL;
}

static int ask_public(const struct known *k, char **args)
{
    const struct course_lab *lab = find(k, args[0]);
    if (!lab)
        return EXIT_USAGE;
    if (is_public(lab, k->today))
        return EXIT_SUCCESS;
    long long days = ((long long)(lab->published - k->today) + DAY - 1) / DAY;
    printf("la solución del laboratorio %s se publica el %s, dentro de %lld %s\n",
           lab->id, lab->published_text, days, days == 1 ? "día" : "días");
    return EXIT_FAILURE;
}

static int print_dates(const struct known *k, char **args)
{
    (void)args;
    printf("Lab  Peso  %-25s  %-27s  Solución\n", "Entrega", "Publicación");
    for (size_t i = 0; i < k->course.n_labs; i++) {
        const struct course_lab *lab = &k->course.labs[i];
        printf("%-3s  %4d  %-25s  %-25s  %s\n", lab->id, lab->weight, lab->due_text,
               lab->published_text, is_public(lab, k->today) ? "pública" : "aún no");
    }
    return EXIT_SUCCESS;
}

/* Lo que lee quien entrega. */
static int print_late(const struct known *k, char **args)
{
    (void)args;
    int grace = k->course.late.grace_days, percent = k->course.late.percent_per_day,
        most = k->course.late.percent_max;
    if (percent == 0)
        printf("Llegar después de esa hora no quita puntos. ");
    else if (grace == 0)
        printf("A partir de esa hora, ");
    else if (grace == 1)
        printf("Después de esa hora hay un día de gracia. A partir de ahí, ");
    else
        printf("Después de esa hora hay %d días de gracia. A partir de ahí, ", grace);
    if (percent > 0)
        printf("%s quita el %d %% de la nota",
               percent == most ? "llegar tarde" : "cada día empezado", percent);
    if (percent < most && most < 100)
        printf(", hasta el %d %%", most);
    printf("%sLo que llega cuando su solución ya es pública vale 0.\n",
           percent > 0 ? ". " : "");
    return EXIT_SUCCESS;
}

static int print_labs(const struct known *k, char **args)
{
    if (args[0]) {
        const struct course_lab *lab = find(k, args[0]);
        return lab ? (puts(lab->id), EXIT_SUCCESS) : EXIT_USAGE;
    }
    for (size_t i = 0; i < k->course.n_labs; i++)
        printf("%s%s", i ? " " : "", k->course.labs[i].id);
    printf("\n");
    return EXIT_SUCCESS;
}

static int print_only(const struct known *k, char **args)
{
    json_t *copy = json_deep_copy(k->course.json),
           *labs = json_object_get(copy, "laboratorios");
    const char *id;
    json_t *lab;
    void *next;
    json_object_foreach_safe(labs, next, id, lab)
    {
        char **arg = args;
        while (*arg && strcmp(*arg, id) != 0)
            arg++;
        if (!*arg)
            json_object_del(labs, id);
    }
    int rc = json_dumpf(copy, stdout, JSON_INDENT(2));
    printf("\n");
    json_decref(copy);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- los laboratorios: lab.json ------------------------------------------------------------ */

static int print_folders(const struct known *k, char **args)
{
    (void)args;
    for (size_t i = 0; i < k->labs.n; i++)
        printf("labs/%s\n", k->labs.v[i].dir);
    return EXIT_SUCCESS;
}

/* Hace `ask` del laboratorio que se pide, que quizá aún no es del curso. */
static int with_lab(char **args, int (*ask)(const struct lab *lab, const char *what))
{
    struct labs labs;
    char *why;
    int rc = labs_load(&labs, args[0], &why);
    if (rc == 0) {
        rc = ask(&labs.v[0], args[1]);
        labs_free(&labs);
    } else {
        complain("%s", why);
        free(why);
    }
    return rc;
}

static void print_paths(const struct lab *lab, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("labs/%s/%s\n", lab->dir, names[i]);
}

static int lab_files(const struct lab *lab, const char *what)
{
    bool sources = !what || strcmp(what, "fuentes") == 0,
         given = !what || strcmp(what, "dados") == 0;
    if (sources)
        print_paths(lab, lab->sources, lab->n_sources);
    if (given)
        print_paths(lab, lab->given, lab->n_given);
    return sources || given ? EXIT_SUCCESS : EXIT_USAGE;
}

static int print_files(const struct known *k, char **args)
{
    (void)k;
    return with_lab(args, lab_files);
}

static int lab_tests(const struct lab *lab, const char *what)
{
    (void)what;
    for (size_t i = 0; i < lab->n_tests; i++)
        printf("%s %d\n", lab->tests[i].name, lab->tests[i].points);
    return EXIT_SUCCESS;
}

static int print_tests(const struct known *k, char **args)
{
    (void)k;
    return with_lab(args, lab_tests);
}

static int lab_card(const struct lab *lab, const char *what)
{
    (void)what;
    printf("capitulo\t%s\n", lab->chapter);
    for (size_t i = 0; i < lab->n_milestones; i++) {
        int points = 0;
        for (size_t k = 0; k < lab->n_tests; k++)
            points += lab->tests[k].milestone == i ? lab->tests[k].points : 0;
        printf("etapa\t%d\t%s\n", points, lab->milestones[i]);
    }
    for (size_t i = 0; i < lab->n_tests; i++) {
        const struct lab_test *test = &lab->tests[i];
        printf("prueba\t%s\t%d\t%s\t%s\n", test->name, test->points,
               test->read ? test->read : "", test->title);
    }
    return EXIT_SUCCESS;
}

static int print_card(const struct known *k, char **args)
{
    (void)k;
    return with_lab(args, lab_card);
}

static int lab_database(const struct lab *lab, const char *what)
{
    (void)what;
    return lab->database ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int ask_database(const struct known *k, char **args)
{
    if (args[0])
        return with_lab(args, lab_database);
    size_t i = 0;
    while (i < k->labs.n && !k->labs.v[i].database)
        i++;
    return i < k->labs.n ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int check_mentions(const struct known *k, char **args)
{
    (void)args;
    return mentions_check(&k->labs, false);
}

static int write_mentions(const struct known *k, char **args)
{
    (void)args;
    return mentions_check(&k->labs, true);
}

/* ---- las órdenes --------------------------------------------------------------------------- */

static int obey(const struct known *k, int argc, char **argv)
{
    static const struct {
        const char *name;
        int least, most; /* cuántos argumentos */
        int (*obey)(const struct known *k, char **args);
    } orders[] = {
        {"publicados", 0, 0, print_public}, {"publicado", 1, 1, ask_public},
        {"fechas", 0, 0, print_dates},      {"laboratorios", 0, 1, print_labs},
        {"solo", 1, 99, print_only},        {"carpetas", 0, 0, print_folders},
        {"archivos", 1, 2, print_files},    {"pruebas", 1, 1, print_tests},
        {"ficha", 1, 1, print_card},        {"base-de-datos", 0, 1, ask_database},
        {"anotado", 0, 0, check_mentions},  {"anota", 0, 0, write_mentions},
        {"retraso", 0, 0, print_late},
    };
    for (size_t i = 0; argc > 1 && i < sizeof orders / sizeof *orders; i++)
        if (strcmp(argv[1], orders[i].name) == 0 && argc - 2 >= orders[i].least &&
            argc - 2 <= orders[i].most)
            return orders[i].obey(k, argv + 2);
    fputs(usage, stderr);
    return EXIT_USAGE;
}

/* Un laboratorio del curso que no está en labs/ es una errata. Donde no hay labs/ no se sabe. */
static int learn(struct known *k, char **why)
{
    if (access("labs", F_OK) == 0)
        return labs_load(&k->labs, LABS_COURSE, why);
    return 0;
}

int main(int argc, char **argv)
{
    struct known known = {0};
    char *why;
    if (read_today(&known.today) < 0)
        return EXIT_USAGE;
    int status = EXIT_COURSE;
    if (course_load(COURSE_FILE, &known.course, &why) < 0 || learn(&known, &why) != 0) {
        fprintf(stderr, "%s\n", why);
        free(why);
    } else {
        status = obey(&known, argc, argv);
    }
    labs_free(&known.labs);
    course_free(&known.course);
    return status;
}
