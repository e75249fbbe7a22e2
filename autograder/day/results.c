#include "day/results.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is(const json_t *value, const char *text)
{
    const char *got = json_string_value(value);
    return got && strcmp(got, text) == 0;
}

json_t *day_results_of(const char *report, const struct lab *lab)
{
    char *path = ag_format("%s/resultados.json", report);
    char *source = ag_format("labs/%s", lab->dir);
    json_t *root = json_load_file(path, 0, NULL), *entry, *found = NULL;
    size_t i;
    json_array_foreach(json_object_get(root, "laboratorios"), i, entry)
    {
        if (is(json_object_get(entry, "lab"), lab->id) &&
            is(json_object_get(entry, "carpeta"), source))
            found = json_incref(entry);
    }
    json_decref(root);
    free(source);
    free(path);
    return found;
}

bool day_results_whole(const json_t *result, const struct lab *lab)
{
    return json_array_size(json_object_get(result, "pruebas")) == lab->n_tests;
}

static bool newer(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec != b->st_mtim.tv_sec
               ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
               : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

bool day_results_stale(const char *report, const struct lab *lab)
{
    char *path = ag_format("%s/resultados.json", report);
    struct stat graded, source;
    bool stale = stat(path, &graded) < 0;
    free(path);
    for (size_t i = 0; i < lab->n_sources && !stale; i++) {
        path = ag_format("labs/%s/%s", lab->dir, lab->sources[i]);
        stale = stat(path, &source) < 0 || newer(&source, &graded);
        free(path);
    }
    return stale;
}

static json_t *test_of(const json_t *result, const char *name)
{
    json_t *test;
    size_t i;
    json_array_foreach(json_object_get(result, "pruebas"), i, test)
    {
        if (is(json_object_get(test, "nombre"), name))
            return test;
    }
    return NULL;
}

const char *day_verdict_of(const json_t *result, const char *test)
{
    return json_string_value(json_object_get(test_of(result, test), "veredicto"));
}

/* De una que no está no se sabe nada: no se le puede echar la culpa. */
static bool failed(const json_t *result, const char *test)
{
    const char *verdict = day_verdict_of(result, test);
    return verdict && strcmp(verdict, "bien") != 0;
}

ssize_t day_first_failure(const json_t *result, const struct lab *lab)
{
    for (size_t i = 0; i < lab->n_tests; i++) {
        const struct lab_test *test = &lab->tests[i];
        bool waits = false;
        for (size_t k = 0; k < test->n_needs && !waits; k++)
            waits = failed(result, lab->tests[test->needs[k]].name);
        if (!waits && failed(result, test->name))
            return (ssize_t)i;
    }
    return -1;
}

const char *day_failure_of(const json_t *result, const char *test)
{
    static const char head[] = "FALLO: ";
    json_t *line;
    size_t i;
    json_array_foreach(json_object_get(test_of(result, test), "historia"), i, line)
    {
        const char *text = json_string_value(line);
        if (text && strncmp(text, head, strlen(head)) == 0)
            return text + strlen(head);
    }
    return NULL;
}
