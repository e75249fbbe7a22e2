/* El manifiesto de un laboratorio: qué se compila, qué se prueba y cuánto vale.
 *
 * Lo escribe quien prepara el curso, así que un error aquí es fallo del corrector. Se
 * valida todo, también las claves de más: una errata en "requiere" regalaría puntos. */
#include "grader.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOTAL_POINTS 100
#define MAX_SECONDS  3600

/* Nombre de archivo o de prueba: corto, sin rutas y sin sorpresas para la terminal. */
static bool plain_name(const char *s, const char *extra)
{
    if (!isalnum((unsigned char)*s) && *s != '_')
        return false;
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '_' && !strchr(extra, s[i]))
            return false;
    return n <= 64;
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

static int get_text(json_t *obj, const char *where, const char *key, bool required,
                    const char **out, struct gr_error *err)
{
    json_t *value = json_object_get(obj, key);
    if (!value && !required)
        return 0;
    const char *s = json_string_value(value);
    if (!s || !*s)
        return gr_error(err, "%s: \"%s\" debe ser un texto no vacío", where, key);
    if (strpbrk(s, "\n\r\t\x1b"))
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
    lab->sources = gr_alloc(lab->n_sources, sizeof *lab->sources);
    bool any = false;
    for (size_t i = 0; i < lab->n_sources; i++) {
        const char *s = json_string_value(json_array_get(list, i));
        const char *dot = s ? strrchr(s, '.') : NULL;
        bool is_c = dot && strcmp(dot, ".c") == 0;
        if (!dot || !plain_name(s, ".-") || !(is_c || strcmp(dot, ".h") == 0))
            return gr_error(
                err, "%s: fuentes[%zu] debe ser un nombre .c o .h sin carpetas", path, i);
        lab->sources[i] = s;
        any = any || is_c;
    }
    return any ? 0 : gr_error(err, "%s: \"fuentes\" no tiene ningún .c", path);
}

/* `requiere` solo mira hacia atrás: así no hay ciclos y basta una pasada para aplicarlo.
 */
static int load_needs(struct gr_lab *lab, size_t at, json_t *list, const char *where,
                      struct gr_error *err)
{
    struct gr_test *test = &lab->tests[at];
    if (!list)
        return 0;
    if (!json_is_array(list))
        return gr_error(err, "%s: \"requiere\" debe ser una lista de pruebas", where);
    test->needs = gr_alloc(json_array_size(list), sizeof *test->needs);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        ssize_t need = name ? gr_lab_find(lab, name) : -1;
        if (need < 0 || (size_t)need >= at)
            return gr_error(err, "%s: requiere \"%s\", que no es una prueba anterior",
                            where, name ? name : "?");
        test->needs[test->n_needs++] = (size_t)need;
    }
    return 0;
}

static int load_test(struct gr_lab *lab, size_t at, json_t *obj, const char *path,
                     struct gr_error *err)
{
    static const char *const keys[] = {"nombre", "titulo", "puntos", "requiere",
                                       "leer",   "asan",   NULL};
    struct gr_test *test = &lab->tests[at];
    char where[512];
    snprintf(where, sizeof where, "%s: pruebas[%zu]", path, at);

    if (!json_is_object(obj))
        return gr_error(err, "%s debe ser un objeto", where);
    if (get_text(obj, where, "nombre", true, &test->name, err) < 0)
        return -1;
    if (!plain_name(test->name, ""))
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
    return load_needs(lab, at, json_object_get(obj, "requiere"), where, err);
}

static int load_tests(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    json_t *list = json_object_get(lab->json, "pruebas");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return gr_error(err, "%s: \"pruebas\" debe ser una lista no vacía", path);
    size_t n = json_array_size(list);
    lab->tests = gr_alloc(n, sizeof *lab->tests);
    int total = 0;
    for (size_t i = 0; i < n; i++) {
        lab->n_tests = i + 1; /* load_test busca repetidas hasta la suya, incluida */
        if (load_test(lab, i, json_array_get(list, i), path, err) < 0)
            return -1;
        total += lab->tests[i].points;
    }
    if (total != TOTAL_POINTS)
        return gr_error(err, "%s: los puntos suman %d y deben sumar %d", path, total,
                        TOTAL_POINTS);
    return 0;
}

static int load_fields(struct gr_lab *lab, const char *path, struct gr_error *err)
{
    static const char *const keys[] = {"lab",      "titulo",  "programa", "fuentes",
                                       "capitulo", "pruebas", "segundos", NULL};
    if (!json_is_object(lab->json))
        return gr_error(err, "%s: debe ser un objeto JSON", path);
    if (known_keys(lab->json, path, keys, err) < 0 ||
        get_text(lab->json, path, "lab", true, &lab->id, err) < 0 ||
        get_text(lab->json, path, "titulo", true, &lab->title, err) < 0 ||
        get_text(lab->json, path, "programa", true, &lab->program, err) < 0 ||
        get_text(lab->json, path, "capitulo", true, &lab->chapter, err) < 0)
        return -1;
    size_t n = strlen(lab->id);
    if (strncmp(lab->dir, lab->id, n) != 0 || lab->dir[n] != '-')
        return gr_error(err, "%s: \"lab\" dice \"%s\" pero la carpeta es %s", path,
                        lab->id, lab->dir);
    if (!plain_name(lab->program, "-"))
        return gr_error(err, "%s: \"programa\" debe ser un nombre sencillo", path);
    json_t *seconds = json_object_get(lab->json, "segundos");
    lab->seconds = seconds ? (int)json_integer_value(seconds) : GR_SUITE_SECONDS;
    if (lab->seconds < 1 || lab->seconds > MAX_SECONDS)
        return gr_error(err, "%s: \"segundos\" debe ser un entero de 1 a %d", path,
                        MAX_SECONDS);
    if (load_sources(lab, path, err) < 0)
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
    lab->dir = gr_format("%s", dir);
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

/* ---- la carpeta labs/ ----------------------------------------------------------------
 */

/* "07-monitor": dos cifras, guion y nombre. */
static int is_lab_dir(const struct dirent *e)
{
    const char *s = e->d_name;
    return isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]) && s[2] == '-' &&
           plain_name(s + 3, "-");
}

/* ¿Se refiere `which` ("07", "7", "07-monitor") a la carpeta `dir`? */
static bool names_lab(const char *which, const char *dir)
{
    if (strcmp(which, dir) == 0)
        return true;
    char *end;
    if (!isdigit((unsigned char)*which))
        return false;
    long n = strtol(which, &end, 10);
    return *end == '\0' && n == strtol(dir, NULL, 10);
}

static void list_dirs(struct gr_error *err, struct dirent **dirs, int n)
{
    size_t at = strlen(err->text);
    for (int i = 0; i < n && at < sizeof err->text; i++)
        at += (size_t)snprintf(err->text + at, sizeof err->text - at, "%s %s",
                               i ? "," : "", dirs[i]->d_name);
}

int gr_labs_load(struct gr_labs *labs, const char *which, struct gr_error *err)
{
    *labs = (struct gr_labs){0};
    struct dirent **dirs;
    int n = scandir("labs", &dirs, is_lab_dir, alphasort);
    if (n < 0) {
        gr_error(err,
                 "aquí no está la carpeta labs/ (%s): ejecuta make grade desde la raíz "
                 "del curso",
                 strerror(errno));
        return GR_EXIT_USAGE;
    }

    int status = 0;
    bool found = false;
    labs->v = gr_alloc((size_t)n, sizeof *labs->v);
    for (int i = 0; i < n && status == 0; i++) {
        if (which && !names_lab(which, dirs[i]->d_name))
            continue;
        found = true;
        char *path = gr_format("labs/%s/.grader/lab.json", dirs[i]->d_name);
        if (access(path, F_OK) == 0) {
            if (gr_lab_load(&labs->v[labs->n], path, dirs[i]->d_name, err) < 0)
                status = GR_EXIT_FAILURE;
            else
                labs->n++;
        } else if (which) {
            gr_error(err, "el laboratorio %s no tiene corrector: falta %s",
                     dirs[i]->d_name, path);
            status = GR_EXIT_FAILURE;
        }
        free(path);
    }
    if (status == 0 && which && !found) {
        gr_error(err, "no existe el laboratorio %s. Los que hay:", which);
        list_dirs(err, dirs, n);
        status = GR_EXIT_USAGE;
    } else if (status == 0 && labs->n == 0) {
        gr_error(err, "no hay ningún laboratorio con corrector en labs/");
        status = GR_EXIT_FAILURE;
    }
    for (int i = 0; i < n; i++)
        free(dirs[i]);
    free(dirs);
    if (status != 0)
        gr_labs_free(labs);
    return status;
}

void gr_labs_free(struct gr_labs *labs)
{
    for (size_t i = 0; i < labs->n; i++)
        gr_lab_free(&labs->v[i]);
    free(labs->v);
    *labs = (struct gr_labs){0};
}
