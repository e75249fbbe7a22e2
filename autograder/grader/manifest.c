/* El manifiesto de un laboratorio: qué se compila, qué se prueba y cuánto vale.
 *
 * Lo escribe quien prepara el curso, así que un error aquí es fallo del corrector. Se
 * valida todo, también las claves de más: una errata en "requiere" regalaría puntos. */
#include "grader/manifest.h"
#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOTAL_POINTS   100
#define MAX_SECONDS    3600
#define MIN_MILESTONES 3
#define MAX_MILESTONES 6

bool gr_plain_name(const char *s, const char *extra)
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
    return dot && gr_plain_name(s, ".-") &&
           (strcmp(dot, ".c") == 0 || strcmp(dot, ".h") == 0);
}

static int known_keys(json_t *obj, const char *where, const char *const *keys,
                      struct gr_error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach(obj, key, value)
    {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (!keys[i])
            return gr_error(err, "%s: sobra la clave \"%s\"", where, key);
    }
    return 0;
}

static bool one_line(const char *s)
{
    return s && *s && !strpbrk(s, "\n\r\t\x1b");
}

static int get_text(json_t *obj, const char *where, const char *key, bool required,
                    const char **out, struct gr_error *err)
{
    json_t *value = json_object_get(obj, key);
    if (!value && !required)
        return 0;
    const char *s = json_string_value(value);
    if (!s || !*s)
        return gr_error(err, "%s: \"%s\" debe ser un texto no vacío", where, key);
    if (!one_line(s))
        return gr_error(err, "%s: \"%s\" debe caber en una línea", where, key);
    *out = s;
    return 0;
}

static int load_sources(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    json_t *list = json_object_get(lab->json, "fuentes");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return gr_error(err, "%s: \"fuentes\" debe ser una lista con algún archivo .c",
                        path);
    lab->n_sources = json_array_size(list);
    lab->sources = ag_alloc(lab->n_sources, sizeof *lab->sources);
    bool any = false;
    for (size_t i = 0; i < lab->n_sources; i++) {
        const char *s = json_string_value(json_array_get(list, i));
        if (!code_name(s))
            return gr_error(
                err, "%s: fuentes[%zu] debe ser un nombre .c o .h sin carpetas", path, i);
        lab->sources[i] = s;
        any = any || strcmp(strrchr(s, '.'), ".c") == 0;
    }
    return any ? 0 : gr_error(err, "%s: \"fuentes\" no tiene ningún .c", path);
}

/* Quien prepara la base de datos es el Makefile, y busca justo esto. */
static int check_database(const struct gr_lab *lab, const char *path,
                          struct gr_error *err)
{
    const json_t *uses = json_object_get(lab->json, "base_de_datos");
    return !uses || json_is_true(uses)
               ? 0
               : gr_error(err, "%s: \"base_de_datos\" solo puede ser true", path);
}

static bool is_source(const struct gr_lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->n_sources; i++)
        if (strcmp(lab->sources[i], name) == 0)
            return true;
    return false;
}

/* Los archivos que da el laboratorio, si da alguno. */
static int load_given(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    json_t *list = json_object_get(lab->json, "dados");
    if (!list)
        return 0;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return gr_error(err, "%s: \"dados\" debe ser una lista con algún archivo", path);
    size_t n = json_array_size(list);
    lab->given = ag_alloc(n, sizeof *lab->given);
    for (size_t i = 0; i < n; i++) {
        const char *s = json_string_value(json_array_get(list, i));
        if (!code_name(s))
            return gr_error(err, "%s: dados[%zu] debe ser un nombre .c o .h sin carpetas",
                            path, i);
        if (is_source(lab, s))
            return gr_error(err, "%s: %s no puede estar en \"fuentes\" y en \"dados\"",
                            path, s);
        for (size_t k = 0; k < i; k++)
            if (strcmp(lab->given[k], s) == 0)
                return gr_error(err, "%s: %s está repetido en \"dados\"", path, s);
        lab->given[lab->n_given++] = s;
    }
    return 0;
}

static int load_milestones(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    json_t *list = json_object_get(lab->json, "etapas");
    size_t n = json_array_size(list); /* 0 si no es una lista */
    if (n < MIN_MILESTONES || n > MAX_MILESTONES)
        return gr_error(err, "%s: \"etapas\" debe ser una lista de %d a %d títulos", path,
                        MIN_MILESTONES, MAX_MILESTONES);
    lab->milestones = ag_alloc(n, sizeof *lab->milestones);
    for (size_t i = 0; i < n; i++) {
        const char *title = json_string_value(json_array_get(list, i));
        if (!one_line(title))
            return gr_error(err, "%s: etapas[%zu] debe ser un título de una línea", path,
                            i);
        for (size_t k = 0; k < i; k++)
            if (strcmp(lab->milestones[k], title) == 0)
                return gr_error(err, "%s: etapas[%zu] repite el título «%s»", path, i,
                                title);
        lab->milestones[lab->n_milestones++] = title;
    }
    return 0;
}

static int load_milestone(struct gr_lab *lab, size_t at, json_t *number,
                          const char *where, struct gr_error *err)
{
    json_int_t k = json_integer_value(number); /* 0 si no es un entero */
    if (k < 1 || k > (json_int_t)lab->n_milestones)
        return gr_error(err, "%s: \"etapa\" debe ser un entero de 1 a %zu", where,
                        lab->n_milestones);
    lab->tests[at].milestone = (size_t)k - 1;
    return 0;
}

/* Las pruebas van por orden de etapa: así el informe, las historias y el siguiente paso las
 * recorren en el mismo. */
static int check_order(const struct gr_lab *lab, size_t at, const char *where,
                       struct gr_error *err)
{
    if (at == 0 || lab->tests[at - 1].milestone <= lab->tests[at].milestone)
        return 0;
    return gr_error(err,
                    "%s: \"etapa\" es %zu y la prueba anterior, \"%s\", es de la %zu: "
                    "las de una etapa van juntas y en orden",
                    where, lab->tests[at].milestone + 1, lab->tests[at - 1].name,
                    lab->tests[at - 1].milestone + 1);
}

/* `requiere` solo mira hacia atrás: así no hay ciclos y basta una pasada para aplicarlo. */
static int load_needs(struct gr_lab *lab, size_t at, json_t *list, const char *where,
                      struct gr_error *err)
{
    struct gr_test *test = &lab->tests[at];
    if (!list)
        return 0;
    if (!json_is_array(list))
        return gr_error(err, "%s: \"requiere\" debe ser una lista de pruebas", where);
    test->needs = ag_alloc(json_array_size(list), sizeof *test->needs);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        ssize_t need = name ? gr_lab_find(lab, name) : -1;
        if (need < 0 || (size_t)need >= at)
            return gr_error(err, "%s: requiere \"%s\", que no es una prueba anterior",
                            where, name ? name : "?");
        if (lab->tests[need].milestone > test->milestone)
            return gr_error(err, "%s: requiere \"%s\", que es de una etapa posterior",
                            where, name);
        test->needs[test->n_needs++] = (size_t)need;
    }
    return 0;
}

static int load_test(struct gr_lab *lab, size_t at, json_t *obj, const char *path,
                     struct gr_error *err)
{
    static const char *const keys[] = {"nombre",   "titulo", "puntos", "etapa",
                                       "requiere", "leer",   "asan",   NULL};
    struct gr_test *test = &lab->tests[at];
    char where[512];
    snprintf(where, sizeof where, "%s: pruebas[%zu]", path, at);

    if (!json_is_object(obj))
        return gr_error(err, "%s debe ser un objeto", where);
    if (get_text(obj, where, "nombre", true, &test->name, err) < 0)
        return -1;
    if (!gr_plain_name(test->name, ""))
        return gr_error(err, "%s: el nombre \"%s\" solo admite letras, cifras y _", where,
                        test->name);
    if (gr_lab_find(lab, test->name) < (ssize_t)at)
        return gr_error(err, "%s: la prueba \"%s\" está repetida", where, test->name);

    snprintf(where, sizeof where, "%s: prueba \"%s\"", path, test->name);
    json_t *points = json_object_get(obj, "puntos");
    if (known_keys(obj, where, keys, err) < 0 ||
        get_text(obj, where, "titulo", true, &test->title, err) < 0 ||
        get_text(obj, where, "leer", false, &test->read, err) < 0)
        return -1;
    if (!json_is_integer(points) || json_integer_value(points) < 1 ||
        json_integer_value(points) > TOTAL_POINTS)
        return gr_error(err, "%s: \"puntos\" debe ser un entero de 1 a %d", where,
                        TOTAL_POINTS);
    test->points = (int)json_integer_value(points);
    json_t *asan = json_object_get(obj, "asan");
    if (asan && !json_is_boolean(asan))
        return gr_error(err, "%s: \"asan\" debe ser true o false", where);
    test->asan = json_is_true(asan);
    if (load_milestone(lab, at, json_object_get(obj, "etapa"), where, err) < 0 ||
        load_needs(lab, at, json_object_get(obj, "requiere"), where, err) < 0)
        return -1;
    return check_order(lab, at, where, err);
}

static int load_tests(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    json_t *list = json_object_get(lab->json, "pruebas");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return gr_error(err, "%s: \"pruebas\" debe ser una lista no vacía", path);
    size_t n = json_array_size(list);
    lab->tests = ag_alloc(n, sizeof *lab->tests);
    int total = 0;
    int in[MAX_MILESTONES] = {0};
    for (size_t i = 0; i < n; i++) {
        lab->n_tests = i + 1; /* load_test busca repetidas hasta la suya, incluida */
        if (load_test(lab, i, json_array_get(list, i), path, err) < 0)
            return -1;
        total += lab->tests[i].points;
        in[lab->tests[i].milestone] += lab->tests[i].points;
    }
    for (size_t i = 0; i < lab->n_milestones; i++)
        if (in[i] == 0)
            return gr_error(err,
                            "%s: etapas[%zu], «%s», no da puntos: ninguna prueba tiene "
                            "\"etapa\": %zu",
                            path, i, lab->milestones[i], i + 1);
    if (total != TOTAL_POINTS)
        return gr_error(err, "%s: los puntos suman %d y deben sumar %d", path, total,
                        TOTAL_POINTS);
    return 0;
}

static int load_fields(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    static const char *const keys[] = {"lab",     "titulo",        "programa", "fuentes",
                                       "dados",   "base_de_datos", "capitulo", "etapas",
                                       "pruebas", "segundos",      NULL};
    if (!json_is_object(lab->json))
        return gr_error(err, "%s: debe ser un objeto JSON", path);
    if (known_keys(lab->json, path, keys, err) < 0 ||
        get_text(lab->json, path, "lab", true, &lab->id, err) < 0 ||
        get_text(lab->json, path, "titulo", true, &lab->title, err) < 0 ||
        get_text(lab->json, path, "programa", true, &lab->program, err) < 0 ||
        check_database(lab, path, err) < 0 ||
        get_text(lab->json, path, "capitulo", true, &lab->chapter, err) < 0)
        return -1;
    size_t n = strlen(lab->id);
    if (strncmp(lab->dir, lab->id, n) != 0 || lab->dir[n] != '-')
        return gr_error(err, "%s: \"lab\" dice \"%s\" pero la carpeta es %s", path,
                        lab->id, lab->dir);
    if (!gr_plain_name(lab->program, "-"))
        return gr_error(err, "%s: \"programa\" debe ser un nombre sencillo", path);
    json_t *seconds = json_object_get(lab->json, "segundos");
    lab->seconds = seconds ? (int)json_integer_value(seconds) : GR_SUITE_SECONDS;
    if (lab->seconds < 1 || lab->seconds > MAX_SECONDS)
        return gr_error(err, "%s: \"segundos\" debe ser un entero de 1 a %d", path,
                        MAX_SECONDS);
    if (load_sources(lab, path, err) < 0 || load_given(lab, path, err) < 0 ||
        load_milestones(lab, path, err) < 0)
        return -1;
    return load_tests(lab, path, err);
}

int gr_lab_load(struct gr_lab *lab, const char *path, const char *dir,
                struct gr_error *err)
{
    json_error_t why;
    *lab = (struct gr_lab){.json = json_load_file(path, JSON_REJECT_DUPLICATES, &why)};
    if (!lab->json) {
        if (access(path, R_OK) < 0)
            return gr_error(err, "%s: no se puede leer: %s", path, strerror(errno));
        return gr_error(err, "%s:%d:%d: JSON mal escrito (%s)", path, why.line,
                        why.column, why.text);
    }
    lab->dir = ag_format("%s", dir);
    if (load_fields(lab, path, err) < 0) {
        gr_lab_free(lab);
        return -1;
    }
    return 0;
}

void gr_lab_free(struct gr_lab *lab)
{
    for (size_t i = 0; i < lab->n_tests; i++)
        free(lab->tests[i].needs);
    free(lab->tests);
    free(lab->sources);
    free(lab->given);
    free(lab->milestones);
    free(lab->dir);
    json_decref(lab->json);
    *lab = (struct gr_lab){0};
}

ssize_t gr_lab_find(const struct gr_lab *lab, const char *name)
{
    for (size_t i = 0; i < lab->n_tests; i++)
        if (lab->tests[i].name && strcmp(lab->tests[i].name, name) == 0)
            return (ssize_t)i;
    return -1;
}
