/* Una unidad de trabajo, de la base a su carpeta y de su carpeta a la base. */
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/key.h"
#include "class/publish.h"
#include "class/units.h"
#include "grader/grader.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RESULT (16u << 20)
#define MAX_SAYS   4096

static char *unit_dir(const char *out, const char *key)
{
    return ag_format("%s/" CL_WORK "/%s", out, key);
}

/* ---- ida ------------------------------------------------------------------------------- */

struct writing {
    const char *dir;
    struct gr_error *err;
};

static int write_source(const char *name, const void *data, size_t size, void *context)
{
    struct writing *w = context;
    char *path = ag_format("%s/%s", w->dir, name);
    int rc = gr_write_file(path, data, size, w->err);
    free(path);
    return rc;
}

static int write_seed(const char *out, const char *top, const char *key,
                      struct gr_error *err)
{
    char seed[AG_SEED_MAX + 1];
    if (cl_key_seed(out, key, seed, err) < 0)
        return -1;
    char *path = ag_format("%s/" GR_SEED_FILE, top);
    int rc = gr_write_file(path, seed, strlen(seed), err);
    free(path);
    return rc;
}

int cl_unit_prepare(struct cl_store *store, const char *out, const struct labs *labs,
                    const struct cl_unit *unit, struct gr_error *err)
{
    const struct lab *lab = NULL;
    for (size_t i = 0; i < labs->n && !lab; i++)
        if (strcmp(labs->v[i].id, unit->lab) == 0)
            lab = &labs->v[i];
    if (!lab)
        return gr_error(err, "hay entregas del laboratorio %s, que ya no está en labs/",
                        unit->lab);
    char *top = unit_dir(out, unit->key), *dir = ag_format("%s/%s", top, lab->dir);
    char *inside = ag_format("%s/", dir);
    ag_remove_tree(top);
    int rc = ag_make_parents(inside, 0755);
    if (rc < 0)
        rc = gr_error(err, "no se puede crear %s: %s", dir, strerror(-rc));
    else
        rc = cl_store_sources(store, unit->key, write_source, &(struct writing){dir, err},
                              err);
    if (rc == 0)
        rc = write_seed(out, top, unit->key, err);
    free(inside);
    free(dir);
    free(top);
    return rc;
}

/* ---- vuelta ---------------------------------------------------------------------------- */

/* Lo que se saca de un resultados.json de un solo laboratorio. 0, o -1 si no es eso. */
static int read_result(const char *text, struct cl_result *result)
{
    json_t *root = json_loads(text, 0, NULL), *tests, *test;
    const char *lab, *verdict;
    size_t i;
    int rc = -1;
    if (!root ||
        json_unpack(root, "{s:[{s:s s:s s:i s:i s:o}]}", "laboratorios", "lab", &lab,
                    "veredicto", &verdict, "puntos", &result->points, "maximo",
                    &result->max, "pruebas", &tests) < 0 ||
        strcmp(lab, result->lab) != 0 || !json_is_array(tests))
        goto out;
    result->graded = strcmp(verdict, "fallo_corrector") != 0;
    json_array_foreach(tests, i, test)
    {
        const char *told;
        int max;
        if (json_unpack(test, "{s:s s:i}", "veredicto", &told, "maximo", &max) < 0)
            goto out;
        result->ungraded += strcmp(told, "fallo_corrector") == 0 ? max : 0;
    }
    rc = 0;
out:
    json_decref(root);
    return rc;
}

/* El motivo de un fallo: cómo acabó el corrector y lo último que dijo. */
static char *failure(const char *dir, const char *text)
{
    char *says = NULL;
    size_t size = 0;
    if (ag_read_start(dir, "dice.txt", MAX_SAYS, &says, &size) < 0)
        says = ag_format("%s", "");
    char *whole = ag_format("%s%s%s", text, *says ? "Dijo: " : "", says);
    char *clean = ag_clean(whole, strlen(whole), MAX_SAYS, AG_LINES);
    free(whole);
    free(says);
    return clean;
}

int cl_unit_collect(struct cl_store *store, const char *out, const struct cl_unit *unit,
                    struct cl_outcome *outcome, struct gr_error *err)
{
    struct cl_result result = {
        .key = unit->key, .lab = unit->lab, .seconds = unit->seconds};
    char *dir = unit_dir(out, unit->key), *json = NULL, *text = NULL, *why = NULL;
    size_t size;
    int rc = 0;
    if (ag_read_file(dir, "resultados.json", MAX_RESULT, &json, &size) == 0) {
        if (read_result(json, &result) == 0)
            result.json = json;
        else
            why = ag_format("el corrector dejó un resultado que no se entiende");
    } else if (ag_read_file(dir, "fallo.txt", MAX_SAYS, &text, &size) == 0) {
        why = failure(dir, text);
    } else {
        goto out;
    }
    result.why = why;
    *outcome = (struct cl_outcome){result.graded, result.points, result.max, ""};
    snprintf(outcome->why, sizeof outcome->why, "%.*s", (int)strcspn(why ?: "", "\n"),
             why ?: "");
    rc = cl_store_result(store, &result, err) < 0 ? -1 : 1;
    if (rc == 1)
        ag_remove_tree(dir);
out:
    free(why);
    free(text);
    free(json);
    free(dir);
    return rc;
}

int cl_units_recover(struct cl_store *store, const char *out, struct gr_error *err)
{
    struct cl_pending *list;
    size_t n;
    if (cl_store_pending(store, NULL, NULL, &list, &n, err) < 0)
        return -1;
    int rc = 0;
    for (size_t i = 0; i < n && rc >= 0; i++) {
        struct cl_unit unit = {.key = list[i].key, .lab = list[i].lab};
        struct cl_outcome outcome;
        rc = cl_unit_collect(store, out, &unit, &outcome, err);
    }
    cl_pending_free(list, n);
    if (rc >= 0)
        cl_clear_work(out);
    return rc < 0 ? -1 : 0;
}
