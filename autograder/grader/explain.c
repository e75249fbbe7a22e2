/* Repetir una prueba que falló para ver más, dentro de la caja exterior. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/process.h"
#include "grader/judge.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NEEDS_FILE (1 << 20)
#define MAX_RESULT     (1 << 20)
#define MAX_AGAIN      2

/* Lo que se sabe de una prueba por lo que dejó. */
struct told {
    bool there, passed, memory;
};

static struct told told_by(const struct gr_order *order, const char *test)
{
    struct told told = {0};
    char *name = ag_format("resultados/%s.json", test), *data;
    size_t size;
    if (ag_read_file(order->dir, name, MAX_RESULT, &data, &size) == 0) {
        json_t *root = json_loadb(data, size, 0, NULL);
        const char *verdict = json_string_value(json_object_get(root, "veredicto"));
        told.there = verdict && strcmp(verdict, "fallo_corrector") != 0;
        told.passed = verdict && strcmp(verdict, "bien") == 0;
        told.memory = json_is_true(json_object_get(root, "memoria"));
        json_decref(root);
        free(data);
    }
    free(name);
    return told;
}

/* Las que fallaron por sí mismas: las que esperan a otra no dicen nada nuevo. */
struct failures {
    char *memory[MAX_AGAIN]; /* murieron o no paran */
    size_t n_memory;
    char *first; /* la primera de las demás */
};

static void look_at(const struct gr_order *order, char *line, struct failures *f)
{
    char *test = strsep(&line, " ");
    struct told told = told_by(order, test);
    if (!told.there || told.passed)
        return;
    for (char *need; (need = strsep(&line, " "));)
        if (*need && !told_by(order, need).passed)
            return;
    if (told.memory && f->n_memory < MAX_AGAIN)
        f->memory[f->n_memory++] = ag_format("%s", test);
    else if (!told.memory && !f->first)
        f->first = ag_format("%s", test);
}

static void find_failures(const struct gr_order *order, struct failures *f)
{
    char *data;
    size_t size;
    *f = (struct failures){0};
    if (ag_read_file(order->dir, GR_NEEDS, MAX_NEEDS_FILE, &data, &size) < 0)
        return;
    for (char *rest = data, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            look_at(order, line, f);
    free(data);
}

static pid_t again_with_sanitizers(const struct gr_order *order, const struct failures *f)
{
    struct gr_error err;
    if (f->n_memory == 0 || order->sanitize || gr_build_asan(order, &err) != 1)
        return -1;
    char *tests = f->n_memory > 1 ? ag_format("@(%s|%s)", f->memory[0], f->memory[1])
                                  : ag_format("%s", f->memory[0]);
    struct gr_again again = {tests, GR_AGAIN, "ASINC_SANITIZE=1"};
    pid_t pid = gr_suite_again(order, &again);
    free(tests);
    return pid;
}

static pid_t again_with_trace(const struct gr_order *order, const struct failures *f)
{
    if (!f->first || !order->draw)
        return -1;
    return gr_suite_again(order, &(struct gr_again){f->first, GR_AGAIN, "ASINC_TRACE=1"});
}

void gr_explain(const struct gr_order *order)
{
    struct failures f;
    find_failures(order, &f);
    pid_t trace = again_with_trace(order, &f);
    pid_t memory = again_with_sanitizers(order, &f);
    if (trace > 0)
        gr_suite_wait(trace);
    if (memory > 0)
        gr_suite_wait(memory);
    for (size_t i = 0; i < f.n_memory; i++)
        free(f.memory[i]);
    free(f.first);
}
