#include "course/course.h"
#include "base/dir.h"
#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE  (1 << 20)
#define MAX_DEPTH 3
#define DAY       ((time_t)24 * 60 * 60)
#define MIB       ((size_t)1 << 20)

#define DATE_ADVICE "una fecha con su hora y su zona, como \"2027-02-01T23:59:59+01:00\""

int course_error(char **why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *why = ag_vformat(format, args);
    va_end(args);
    return -1;
}

/* Dónde se está leyendo: las claves por las que se llega a `json`. */
struct place {
    const char *path; /* del archivo */
    const char *text; /* lo que hay en él */
    const char *keys[MAX_DEPTH + 1];
    json_t *json;
    char **why;
};

static struct place inside(const struct place *at, const char *key)
{
    struct place in = *at;
    size_t n = 0;
    while (in.keys[n])
        n++;
    in.keys[n] = key;
    in.keys[n + 1] = NULL;
    in.json = json_object_get(at->json, key);
    return in;
}

/* "laboratorios.07.entrega", en memoria nueva. */
static char *field_name(const struct place *at)
{
    char *name = ag_format("%s", at->keys[0] ? at->keys[0] : "");
    for (size_t i = 1; i <= MAX_DEPTH && at->keys[i]; i++) {
        char *longer = ag_format("%s.%s", name, at->keys[i]);
        free(name);
        name = longer;
    }
    return name;
}

/* Queja sobre el campo `at`: qué le pasa y qué hay que escribir. */
static int complain(const struct place *at, const char *advice)
{
    char *name = field_name(at);
    char *value = at->json ? json_dumps(at->json, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    bool shown = value && strlen(value) <= 60;
    *at->why = ag_format("%s:%d: %s%s%s%s; escribe %s", at->path,
                         course_line(at->text, at->keys), at->json ? "" : "falta ", name,
                         shown      ? " es "
                         : at->json ? " no vale"
                                    : "",
                         shown ? value : "", advice);
    free(value);
    free(name);
    return -1;
}

/* `at` es un objeto y no tiene más claves que `keys`. */
static int check_object(const struct place *at, const char *const *keys,
                        const char *advice)
{
    if (!json_is_object(at->json))
        return complain(at, advice);
    const char *key;
    json_t *value;
    json_object_foreach(at->json, key, value)
    {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i])
            continue;
        struct place extra = inside(at, key);
        char *name = field_name(&extra);
        *at->why = ag_format("%s:%d: sobra %s; los campos que puede haber ahí son %s",
                             at->path, course_line(at->text, extra.keys), name, advice);
        free(name);
        return -1;
    }
    return 0;
}

static int get_number(const struct place *at, const char *key, int min, int max,
                      int *number)
{
    struct place in = inside(at, key);
    json_int_t value = json_is_integer(in.json) ? json_integer_value(in.json) : INT_MIN;
    if (value >= min && value <= max) {
        *number = (int)value;
        return 0;
    }
    char *advice = ag_format("un número entero de %d a %d, sin comillas", min, max);
    int rc = complain(&in, advice);
    free(advice);
    return rc;
}

static int get_date(const struct place *at, const char *key, const char **text,
                    time_t *when)
{
    struct place in = inside(at, key);
    *text = json_string_value(in.json);
    return *text && course_date(*text, when) == 0 ? 0 : complain(&in, DATE_ADVICE);
}

int course_date(const char *text, time_t *when)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddsdd:dd";
    if (strlen(text) != sizeof shape - 1)
        return -1;
    for (size_t i = 0; shape[i]; i++) {
        bool fits = shape[i] == 'd'   ? isdigit((unsigned char)text[i]) != 0
                    : shape[i] == 's' ? text[i] == '+' || text[i] == '-'
                                      : text[i] == shape[i];
        if (!fits)
            return -1;
    }
    int hours = atoi(text + 20), minutes = atoi(text + 23);
    struct tm wanted = {.tm_year = atoi(text) - 1900,
                        .tm_mon = atoi(text + 5) - 1,
                        .tm_mday = atoi(text + 8),
                        .tm_hour = atoi(text + 11),
                        .tm_min = atoi(text + 14),
                        .tm_sec = atoi(text + 17)};
    struct tm real = wanted;
    time_t local = timegm(&real); /* el 30 de febrero lo convierte en el 2 de marzo */
    if (real.tm_year != wanted.tm_year || real.tm_mon != wanted.tm_mon ||
        real.tm_mday != wanted.tm_mday || real.tm_hour != wanted.tm_hour ||
        real.tm_min != wanted.tm_min || real.tm_sec != wanted.tm_sec || hours > 14 ||
        minutes > 59)
        return -1;
    time_t zone = (time_t)(hours * 60 + minutes) * 60;
    *when = text[19] == '+' ? local - zone : local + zone;
    return 0;
}

static int load_late(struct course *course, const struct place *root)
{
    static const char *const keys[] = {"dias_de_gracia", "penalizacion_por_dia",
                                       "penalizacion_maxima", NULL};
    struct place at = inside(root, "retraso");
    if (check_object(&at, keys,
                     "dias_de_gracia, penalizacion_por_dia y penalizacion_maxima") < 0 ||
        get_number(&at, keys[0], 0, 60, &course->late.grace_days) < 0 ||
        get_number(&at, keys[1], 0, 100, &course->late.percent_per_day) < 0)
        return -1;
    return get_number(&at, keys[2], course->late.percent_per_day, 100,
                      &course->late.percent_max);
}

static int load_limits(struct course *course, const struct place *root)
{
    static const char *const keys[] = {"archivo_mib", "desempaquetado_mib", "archivos",
                                       NULL};
    struct place at = inside(root, "limites");
    int archive = 0, unpacked = 0, files = 0;
    if (check_object(&at, keys, "archivo_mib, desempaquetado_mib y archivos") < 0 ||
        get_number(&at, keys[0], 1, 1024, &archive) < 0 ||
        get_number(&at, keys[1], archive, 4096, &unpacked) < 0 ||
        get_number(&at, keys[2], 1, 100000, &files) < 0)
        return -1;
    course->limits.archive_bytes = (size_t)archive * MIB;
    course->limits.unpacked_bytes = (size_t)unpacked * MIB;
    course->limits.files = (size_t)files;
    return 0;
}

static int load_lab(struct course *course, struct course_lab *lab, const struct place *at)
{
    static const char *const keys[] = {"peso", "entrega", "publicacion", NULL};
    if (!isdigit((unsigned char)lab->id[0]) || !isdigit((unsigned char)lab->id[1]) ||
        lab->id[2])
        return complain(at, "como clave las dos cifras del laboratorio, como \"07\"");
    if (check_object(at, keys, "peso, entrega y publicacion") < 0 ||
        get_number(at, "peso", 1, 1000, &lab->weight) < 0 ||
        get_date(at, "entrega", &lab->due_text, &lab->due) < 0 ||
        get_date(at, "publicacion", &lab->published_text, &lab->published) < 0)
        return -1;
    if (lab->published > lab->due + course->late.grace_days * DAY)
        return 0;
    struct place published = inside(at, "publicacion");
    char *advice = ag_format("una fecha posterior a la entrega, %s, y a sus días de "
                             "gracia, que son %d: no se publica lo que aún se entrega",
                             lab->due_text, course->late.grace_days);
    int rc = complain(&published, advice);
    free(advice);
    return rc;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct course_lab *)a)->id, ((const struct course_lab *)b)->id);
}

static int load_labs(struct course *course, const struct place *root)
{
    struct place at = inside(root, "laboratorios");
    if (!json_is_object(at.json) || json_object_size(at.json) == 0)
        return complain(&at, "un objeto con algún laboratorio, como { \"07\": { ... } }");
    course->labs = ag_alloc(json_object_size(at.json), sizeof *course->labs);
    const char *key;
    json_t *value;
    json_object_foreach(at.json, key, value)
    {
        struct course_lab *lab = &course->labs[course->n_labs++];
        lab->id = key;
        struct place in = inside(&at, key);
        if (load_lab(course, lab, &in) < 0)
            return -1;
    }
    qsort(course->labs, course->n_labs, sizeof *course->labs, by_id);
    return 0;
}

static int load_fields(struct course *course, const struct place *root)
{
    static const char *const keys[] = {"curso", "retraso", "limites", "laboratorios",
                                       NULL};
    struct place title = inside(root, "curso");
    if (!json_is_object(root->json)) {
        *root->why = ag_format("%s:1: esto no es un curso; escribe un objeto, { ... }",
                               root->path);
        return -1;
    }
    if (check_object(root, keys, "curso, retraso, limites y laboratorios") < 0)
        return -1;
    course->title = json_string_value(title.json);
    if (!course->title || !*course->title || strpbrk(course->title, "\n\r\t\x1b"))
        return complain(&title, "el nombre del curso, entre comillas y en una línea");
    if (load_late(course, root) < 0 || load_limits(course, root) < 0)
        return -1;
    return load_labs(course, root);
}

static const char *syntax_advice(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_premature_end_of_input:
        return "el archivo se acaba antes de tiempo; cierra la llave o las comillas que "
               "falten";
    case json_error_duplicate_key:
        return "aquí acaba un objeto con una clave repetida; deja una sola";
    case json_error_end_of_input_expected:
        return "sobra lo que hay detrás de la última llave; bórralo";
    case json_error_invalid_utf8:
        return "hay un carácter que no es UTF-8; guarda el archivo en UTF-8";
    default:
        return "esto no es JSON; mira si en esta línea o en la anterior falta o sobra "
               "una coma, unas comillas o unos dos puntos";
    }
}

int course_load(const char *path, struct course *course, char **why)
{
    *course = (struct course){0};
    const char *slash = strrchr(path, '/');
    char *dir = slash ? ag_format("%.*s", (int)(slash - path), path) : ag_format(".");
    char *text = NULL;
    size_t size;
    int rc = ag_read_file(*dir ? dir : "/", slash ? slash + 1 : path, MAX_FILE, &text,
                          &size);
    free(dir);
    if (rc < 0) {
        *why = ag_format("%s: no se puede leer: %s", path, strerror(-rc));
        return -1;
    }
    json_error_t error;
    course->json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    struct place root = {.path = path, .text = text, .json = course->json, .why = why};
    if (course->json) {
        rc = load_fields(course, &root);
    } else {
        *why = ag_format("%s:%d: %s", path, error.line, syntax_advice(&error));
        rc = -1;
    }
    free(text);
    if (rc < 0)
        course_free(course);
    return rc;
}

void course_free(struct course *course)
{
    free(course->labs);
    json_decref(course->json);
    *course = (struct course){0};
}

const struct course_lab *course_find(const struct course *course, const char *id)
{
    for (size_t i = 0; i < course->n_labs; i++)
        if (strcmp(course->labs[i].id, id) == 0)
            return &course->labs[i];
    return NULL;
}

bool course_advanced(const char *path, const char *id)
{
    FILE *log = fopen(path, "re");
    char line[512], lab[16];
    bool found = false;
    while (log && !found && fgets(line, sizeof line, log))
        found = sscanf(line, "%*s %15s", lab) == 1 && strcmp(lab, id) == 0;
    if (log)
        fclose(log);
    return found;
}

struct course_late course_lateness(const struct course *course,
                                   const struct course_lab *lab, time_t when)
{
    time_t limit = lab->due + course->late.grace_days * DAY;
    if (when <= limit)
        return (struct course_late){0};
    time_t days = (when - limit + DAY - 1) / DAY;
    struct course_late late = {.days = days < INT_MAX / 100 ? (int)days : INT_MAX / 100};
    late.percent = late.days * course->late.percent_per_day;
    if (late.percent > course->late.percent_max)
        late.percent = course->late.percent_max;
    if (when >= lab->published)
        late.percent = 100;
    return late;
}
