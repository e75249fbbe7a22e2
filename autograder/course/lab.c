/* lab.json: qué se compila, qué se prueba y cuánto vale. */
#include "course/lab.h"
#include "base/memory.h"
#include "course/course.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOTAL_POINTS   100
#define MAX_SECONDS    3600
#define MAX_FILES      4096
#define MIN_MILESTONES 3
#define MAX_MILESTONES 6

bool lab_plain_name(const char *s, const char *extra)
{
    if (!isalnum((unsigned char)*s) && *s != '_')
        return false;
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '_' && !strchr(extra, s[i]))
            return false;
    return n <= 64;
}

/* Un .c o un .h, sin carpetas. */
static bool code_name(const char *s)
{
    const char *dot = s ? strrchr(s, '.') : NULL;
    return dot && lab_plain_name(s, ".-") &&
           (strcmp(dot, ".c") == 0 || strcmp(dot, ".h") == 0);
}

static int known_keys(json_t *obj, const char *where, const char *const *keys, char **why)
{
    const char *key;
    json_t *value;
    json_object_foreach(obj, key, value)
    {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (!keys[i])
            return course_error(why, "%s: sobra la clave \"%s\"", where, key);
    }
    return 0;
}

static bool one_line(const char *s)
{
    return s && *s && !strpbrk(s, "\n\r\t\x1b");
}

static int get_text(json_t *obj, const char *where, const char *key, bool required,
                    const char **out, char **why)
{
    json_t *value = json_object_get(obj, key);
    if (!value && !required)
        return 0;
    const char *s = json_string_value(value);
    if (!s || !*s)
        return course_error(why, "%s: \"%s\" debe ser un texto no vacío", where, key);
    if (!one_line(s))
        return course_error(why, "%s: \"%s\" debe caber en una línea", where, key);
    *out = s;
    return 0;
}

static int load_sources(struct lab *lab, const char *path, char **why)
{
    json_t *list = json_object_get(lab->json, "fuentes");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return course_error(
            why, "%s: \"fuentes\" debe ser una lista con algún archivo .c", path);
    lab->n_sources = json_array_size(list);
    lab->sources = ag_alloc(lab->n_sources, sizeof *lab->sources);
    bool any = false;
    for (size_t i = 0; i < lab->n_sources; i++) {
        const char *s = json_string_value(json_array_get(list, i));
        if (!code_name(s))
            return course_error(
                why, "%s: fuentes[%zu] debe ser un nombre .c o .h sin carpetas", path, i);
        lab->sources[i] = s;
        any = any || strcmp(strrchr(s, '.'), ".c") == 0;
    }
    return any ? 0 : course_error(why, "%s: \"fuentes\" no tiene ningún .c", path);
}

static int load_database(struct lab *lab, const char *path, char **why)
{
    const json_t *uses = json_object_get(lab->json, "base_de_datos");
    lab->database = json_is_true(uses);
    return !uses || lab->database
               ? 0
               : course_error(why, "%s: \"base_de_datos\" solo puede ser true", path);
}

static int load_files(struct lab *lab, const char *path, char **why)
{
    json_t *files = json_object_get(lab->json, "descriptores");
    lab->files = files ? (int)json_integer_value(files) : LAB_FILES;
    return lab->files >= LAB_FILES && lab->files <= MAX_FILES
               ? 0
               : course_error(why, "%s: \"descriptores\" debe ser un entero de %d a %d",
                              path, LAB_FILES, MAX_FILES);
}

static bool is_source(const struct lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->n_sources; i++)
        if (strcmp(lab->sources[i], name) == 0)
            return true;
    return false;
}

/* Los archivos que da el laboratorio, si da alguno. */
static int load_given(struct lab *lab, const char *path, char **why)
{
    json_t *list = json_object_get(lab->json, "dados");
    if (!list)
        return 0;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return course_error(why, "%s: \"dados\" debe ser una lista con algún archivo",
                            path);
    size_t n = json_array_size(list);
    lab->given = ag_alloc(n, sizeof *lab->given);
    for (size_t i = 0; i < n; i++) {
        const char *s = json_string_value(json_array_get(list, i));
        if (!code_name(s))
            return course_error(
                why, "%s: dados[%zu] debe ser un nombre .c o .h sin carpetas", path, i);
        if (is_source(lab, s))
            return course_error(
                why, "%s: %s no puede estar en \"fuentes\" y en \"dados\"", path, s);
        for (size_t k = 0; k < i; k++)
            if (strcmp(lab->given[k], s) == 0)
                return course_error(why, "%s: %s está repetido en \"dados\"", path, s);
        lab->given[lab->n_given++] = s;
    }
    return 0;
}

/* Los capítulos que pide, por su número. */
static int load_chapters(struct lab *lab, const char *path, char **why)
{
    size_t i;
    json_t *one;
    lab->chapters = json_object_get(lab->json, "capitulos");
    if (!lab->chapters)
        return 0;
    if (!json_is_array(lab->chapters))
        return course_error(why, "%s: \"capitulos\" debe ser una lista", path);
    json_array_foreach(lab->chapters, i, one)
    {
        const char *s = json_string_value(one);
        if (!s || strlen(s) != 2 || strspn(s, "0123456789") != 2)
            return course_error(why, "%s: capitulos[%zu] debe ser un número, como \"05\"",
                                path, i);
    }
    return 0;
}

static int load_milestones(struct lab *lab, const char *path, char **why)
{
    json_t *list = json_object_get(lab->json, "etapas");
    size_t n = json_array_size(list); /* 0 si no es una lista */
    if (n < MIN_MILESTONES || n > MAX_MILESTONES)
        return course_error(why, "%s: \"etapas\" debe ser una lista de %d a %d títulos",
                            path, MIN_MILESTONES, MAX_MILESTONES);
    lab->milestones = ag_alloc(n, sizeof *lab->milestones);
    for (size_t i = 0; i < n; i++) {
        const char *title = json_string_value(json_array_get(list, i));
        if (!one_line(title))
            return course_error(why, "%s: etapas[%zu] debe ser un título de una línea",
                                path, i);
        for (size_t k = 0; k < i; k++)
            if (strcmp(lab->milestones[k], title) == 0)
                return course_error(why, "%s: etapas[%zu] repite el título «%s»", path, i,
                                    title);
        lab->milestones[lab->n_milestones++] = title;
    }
    return 0;
}

static int load_milestone(struct lab *lab, size_t at, json_t *number, const char *where,
                          char **why)
{
    json_int_t k = json_integer_value(number); /* 0 si no es un entero */
    if (k < 1 || k > (json_int_t)lab->n_milestones)
        return course_error(why, "%s: \"etapa\" debe ser un entero de 1 a %zu", where,
                            lab->n_milestones);
    lab->tests[at].milestone = (size_t)k - 1;
    return 0;
}

/* Las pruebas van por orden de etapa: así el informe, las historias y el siguiente paso las
 * recorren en el mismo. */
static int check_order(const struct lab *lab, size_t at, const char *where, char **why)
{
    if (at == 0 || lab->tests[at - 1].milestone <= lab->tests[at].milestone)
        return 0;
    return course_error(
        why,
        "%s: \"etapa\" es %zu y la prueba anterior, \"%s\", es de la %zu: "
        "las de una etapa van juntas y en orden",
        where, lab->tests[at].milestone + 1, lab->tests[at - 1].name,
        lab->tests[at - 1].milestone + 1);
}

/* `requiere` solo mira hacia atrás: así no hay ciclos y basta una pasada para aplicarlo. */
static int load_needs(struct lab *lab, size_t at, json_t *list, const char *where,
                      char **why)
{
    struct lab_test *test = &lab->tests[at];
    if (!list)
        return 0;
    if (!json_is_array(list))
        return course_error(why, "%s: \"requiere\" debe ser una lista de pruebas", where);
    test->needs = ag_alloc(json_array_size(list), sizeof *test->needs);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        ssize_t need = name ? lab_find(lab, name) : -1;
        if (need < 0 || (size_t)need >= at)
            return course_error(why, "%s: requiere \"%s\", que no es una prueba anterior",
                                where, name ? name : "?");
        if (lab->tests[need].milestone > test->milestone)
            return course_error(why, "%s: requiere \"%s\", que es de una etapa posterior",
                                where, name);
        test->needs[test->n_needs++] = (size_t)need;
    }
    return 0;
}

static int load_test(struct lab *lab, size_t at, json_t *obj, const char *path,
                     char **why)
{
    static const char *const keys[] = {"nombre",   "titulo", "puntos", "etapa",
                                       "requiere", "leer",   "asan",   NULL};
    struct lab_test *test = &lab->tests[at];
    char where[512];
    snprintf(where, sizeof where, "%s: pruebas[%zu]", path, at);

    if (!json_is_object(obj))
        return course_error(why, "%s debe ser un objeto", where);
    if (get_text(obj, where, "nombre", true, &test->name, why) < 0)
        return -1;
    if (!lab_plain_name(test->name, ""))
        return course_error(why, "%s: el nombre \"%s\" solo admite letras, cifras y _",
                            where, test->name);
    if (lab_find(lab, test->name) < (ssize_t)at)
        return course_error(why, "%s: la prueba \"%s\" está repetida", where, test->name);

    snprintf(where, sizeof where, "%s: prueba \"%s\"", path, test->name);
    json_t *points = json_object_get(obj, "puntos");
    if (known_keys(obj, where, keys, why) < 0 ||
        get_text(obj, where, "titulo", true, &test->title, why) < 0 ||
        get_text(obj, where, "leer", false, &test->read, why) < 0)
        return -1;
    if (!json_is_integer(points) || json_integer_value(points) < 1 ||
        json_integer_value(points) > TOTAL_POINTS)
        return course_error(why, "%s: \"puntos\" debe ser un entero de 1 a %d", where,
                            TOTAL_POINTS);
    test->points = (int)json_integer_value(points);
    json_t *asan = json_object_get(obj, "asan");
    if (asan && !json_is_boolean(asan))
        return course_error(why, "%s: \"asan\" debe ser true o false", where);
    test->asan = json_is_true(asan);
    if (load_milestone(lab, at, json_object_get(obj, "etapa"), where, why) < 0 ||
        load_needs(lab, at, json_object_get(obj, "requiere"), where, why) < 0)
        return -1;
    return check_order(lab, at, where, why);
}

static int load_tests(struct lab *lab, const char *path, char **why)
{
    json_t *list = json_object_get(lab->json, "pruebas");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return course_error(why, "%s: \"pruebas\" debe ser una lista no vacía", path);
    size_t n = json_array_size(list);
    lab->tests = ag_alloc(n, sizeof *lab->tests);
    int total = 0;
    int in[MAX_MILESTONES] = {0};
    for (size_t i = 0; i < n; i++) {
        lab->n_tests = i + 1; /* load_test busca repetidas hasta la suya, incluida */
        if (load_test(lab, i, json_array_get(list, i), path, why) < 0)
            return -1;
        total += lab->tests[i].points;
        in[lab->tests[i].milestone] += lab->tests[i].points;
    }
    for (size_t i = 0; i < lab->n_milestones; i++)
        if (in[i] == 0)
            return course_error(
                why,
                "%s: etapas[%zu], «%s», no da puntos: ninguna prueba tiene "
                "\"etapa\": %zu",
                path, i, lab->milestones[i], i + 1);
    if (total != TOTAL_POINTS)
        return course_error(why, "%s: los puntos suman %d y deben sumar %d", path, total,
                            TOTAL_POINTS);
    return 0;
}

static int load_fields(struct lab *lab, const char *path, char **why)
{
    static const char *const keys[] = {
        "lab",      "titulo",  "programa",     "fuentes",  "dados",     "base_de_datos",
        "capitulo", "etapas",  "pruebas",      "segundos", "capitulos", "aguanta",
        "escribes", "dificil", "descriptores", NULL};
    if (!json_is_object(lab->json))
        return course_error(why, "%s: debe ser un objeto JSON", path);
    if (known_keys(lab->json, path, keys, why) < 0 ||
        get_text(lab->json, path, "lab", true, &lab->id, why) < 0 ||
        get_text(lab->json, path, "titulo", true, &lab->title, why) < 0 ||
        get_text(lab->json, path, "programa", true, &lab->program, why) < 0 ||
        load_database(lab, path, why) < 0 || load_files(lab, path, why) < 0 ||
        get_text(lab->json, path, "capitulo", true, &lab->chapter, why) < 0 ||
        get_text(lab->json, path, "aguanta", false, &lab->withstands, why) < 0 ||
        get_text(lab->json, path, "escribes", false, &lab->writes, why) < 0 ||
        get_text(lab->json, path, "dificil", false, &lab->hard, why) < 0 ||
        load_chapters(lab, path, why) < 0)
        return -1;
    size_t n = strlen(lab->id);
    if (strncmp(lab->dir, lab->id, n) != 0 || lab->dir[n] != '-')
        return course_error(why, "%s: \"lab\" dice \"%s\" pero la carpeta es %s", path,
                            lab->id, lab->dir);
    if (!lab_plain_name(lab->program, "-"))
        return course_error(why, "%s: \"programa\" debe ser un nombre sencillo", path);
    json_t *seconds = json_object_get(lab->json, "segundos");
    lab->seconds = seconds ? (int)json_integer_value(seconds) : LAB_SUITE_SECONDS;
    if (lab->seconds < 1 || lab->seconds > MAX_SECONDS)
        return course_error(why, "%s: \"segundos\" debe ser un entero de 1 a %d", path,
                            MAX_SECONDS);
    if (load_sources(lab, path, why) < 0 || load_given(lab, path, why) < 0 ||
        load_milestones(lab, path, why) < 0)
        return -1;
    return load_tests(lab, path, why);
}

int lab_load(struct lab *lab, const char *path, const char *dir, char **why)
{
    json_error_t error;
    *lab = (struct lab){.json = json_load_file(path, JSON_REJECT_DUPLICATES, &error)};
    if (!lab->json) {
        if (access(path, R_OK) < 0)
            return course_error(why, "%s: no se puede leer: %s", path, strerror(errno));
        return course_error(why, "%s:%d:%d: JSON mal escrito (%s)", path, error.line,
                            error.column, error.text);
    }
    lab->dir = ag_format("%s", dir);
    if (load_fields(lab, path, why) < 0) {
        lab_free(lab);
        return -1;
    }
    return 0;
}

void lab_free(struct lab *lab)
{
    for (size_t i = 0; i < lab->n_tests; i++)
        free(lab->tests[i].needs);
    free(lab->tests);
    free(lab->sources);
    free(lab->given);
    free(lab->milestones);
    free(lab->dir);
    json_decref(lab->json);
    *lab = (struct lab){0};
}

ssize_t lab_find(const struct lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->n_tests; i++)
        if (lab->tests[i].name && strcmp(lab->tests[i].name, name) == 0)
            return (ssize_t)i;
    return -1;
}
