/* Apuntar en la base qué ha entregado cada cual. */
#include "class/scan.h"
#include "base/dir.h"
#include "base/memory.h"
#include "class/key.h"
#include "class/pick.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DATE_SIZE 32

struct scanner {
    struct cl_store *store;
    const struct cl_class *class;
    const struct gr_labs *labs;
    const struct cl_limits *limits;
    struct cl_wanted wanted;
    char (*digests)[CL_KEY_SIZE]; /* uno por laboratorio */
    struct cl_scan *scan;
};

/* Una entrega abierta. */
struct opened {
    const struct cl_submission *from;
    struct cl_bag bag;
    char date[DATE_SIZE];
    const char *date_from;
};

/* ---- cuándo ---------------------------------------------------------------------------- */

static void write_date(struct opened *o, time_t when, const char *from)
{
    struct tm tm;
    gmtime_r(&when, &tm);
    strftime(o->date, sizeof o->date, "%Y-%m-%dT%H:%M:%SZ", &tm);
    o->date_from = from;
}

/* De una carpeta cualquiera no se sabe: git y las copias ponen a sus archivos la fecha de hoy. */
static void find_date(struct opened *o)
{
    const struct cl_submission *s = o->from;
    time_t newest = 0;
    struct stat st;
    if (s->date_from) {
        write_date(o, s->date, s->date_from);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        if (!s->parts[i].is_dir && stat(s->parts[i].path, &st) == 0 &&
            st.st_mtime > newest)
            newest = st.st_mtime;
    if (s->platform == CL_MOODLE && o->bag.newest > newest)
        newest = o->bag.newest;
    if (newest > 0)
        write_date(o, newest, s->platform == CL_MOODLE ? "moodle" : "archivo");
}

/* ---- qué ------------------------------------------------------------------------------- */

/* ¿Es otro que el que da el laboratorio? */
static bool is_changed(const struct gr_lab *lab, size_t given, const struct cl_file *file)
{
    char *dir = ag_format("labs/%s", lab->dir), *data = NULL;
    size_t size;
    bool same = file &&
                ag_read_file(dir, lab->given[given], CL_MAX_SOURCE, &data, &size) == 0 &&
                size == file->size && memcmp(data, file->data, size) == 0;
    free(data);
    free(dir);
    return file && !same;
}

static int store_sources(const struct scanner *s, const struct gr_lab *lab,
                         const struct cl_pick *pick, const char *digest, char *key,
                         struct gr_error *err)
{
    bool *changed = ag_alloc(lab->n_given + 1, sizeof *changed);
    int rc = 0;
    for (size_t i = 0; i < lab->n_given; i++)
        changed[i] = is_changed(lab, i, pick->given[i]);
    cl_key(digest, lab, pick, changed, key);
    for (size_t i = 0; i < lab->n_sources && rc == 0; i++)
        rc = cl_store_source(s->store, key, lab->sources[i], pick->sources[i]->data,
                             pick->sources[i]->size, false, err);
    for (size_t i = 0; i < lab->n_given && rc == 0; i++)
        if (changed[i])
            rc = cl_store_source(s->store, key, lab->given[i], pick->given[i]->data,
                                 pick->given[i]->size, true, err);
    free(changed);
    return rc;
}

/* Apunta un laboratorio de una entrega. */
static int record(struct scanner *s, const struct opened *o, size_t which,
                  struct cl_pick *pick, struct gr_error *err)
{
    const struct gr_lab *lab = &s->labs->v[which];
    char key[CL_KEY_SIZE];
    if (!pick->why && pick->untouched) {
        char *path = cl_text(pick->sources[0]->path);
        pick->why = ag_format("«%s» es el del enunciado, sin cambiar: no hay nada que "
                              "calificar.",
                              path);
        free(path);
    }
    if (o->bag.refused) {
        free(pick->why);
        pick->why = ag_format("%s", o->bag.refused);
    }
    if (!pick->why && store_sources(s, lab, pick, s->digests[which], key, err) < 0)
        return -1;
    s->scan->delivered += !pick->why;
    s->scan->rejected += pick->why != NULL;
    char *notes = json_dumps(pick->notes, JSON_COMPACT);
    int rc = cl_store_handed(s->store,
                             &(struct cl_handed){.student = o->from->student,
                                                 .lab = lab->id,
                                                 .key = pick->why ? NULL : key,
                                                 .why = pick->why,
                                                 .notes = notes,
                                                 .folder = s->class->folder,
                                                 .origin = o->from->origin,
                                                 .date = o->date_from ? o->date : NULL,
                                                 .date_from = o->date_from,
                                                 .number = o->from->delivery},
                             err);
    free(notes);
    return rc;
}

/* Cuenta lo que hay de cada laboratorio. Un esqueleto intacto es no haberlo hecho, y se calla si
 * hay otro que sí; si no hay nada de ninguno, se dice en todos: algo entregó, y no sirve. */
static int record_all(struct scanner *s, const struct opened *o, struct gr_error *err)
{
    struct cl_pick *picks = ag_alloc(s->labs->n, sizeof *picks);
    bool any = false, changed = false;
    int rc = 0;
    for (size_t i = 0; i < s->labs->n; i++) {
        picks[i] = cl_pick(&o->bag, s->labs, i);
        any = any || picks[i].found;
        changed = changed || (picks[i].found && !picks[i].untouched);
    }
    for (size_t i = 0; i < s->labs->n; i++) {
        bool absent = (any && !picks[i].found) || (changed && picks[i].untouched);
        s->scan->missing += absent;
        if (rc == 0 && !absent)
            rc = record(s, o, i, &picks[i], err);
        cl_pick_free(&picks[i]);
    }
    free(picks);
    return rc;
}

static int scan_one(struct scanner *s, const struct cl_submission *from,
                    struct gr_error *err)
{
    struct opened o = {.from = from};
    const char *number = from->number ?: from->delivery;
    int rc = cl_store_student(
        s->store, &(struct cl_student){from->student, from->email, number}, err);
    if (rc < 0 || from->n == 0) {
        s->scan->missing += s->labs->n;
        return rc;
    }
    for (size_t i = 0; i < from->n; i++)
        cl_unpack(from->parts[i].path, from->parts[i].name, &s->wanted, s->limits,
                  &o.bag);
    find_date(&o);
    rc = o.bag.fault ? gr_error(err, "%s: %s", from->origin, o.bag.fault)
                     : record_all(s, &o, err);
    cl_bag_free(&o.bag);
    return rc;
}

/* ---- todas ----------------------------------------------------------------------------- */

static void want(struct cl_wanted *wanted, const char **names, size_t n)
{
    wanted->names = ag_grow(wanted->names, wanted->n + n, sizeof *wanted->names);
    for (size_t i = 0; i < n; i++)
        wanted->names[wanted->n++] = names[i];
}

static int scan_all(struct scanner *s, struct gr_error *err)
{
    for (size_t i = 0; i < s->labs->n; i++)
        if (cl_store_forget(s->store, s->labs->v[i].id, s->class->folder, err) < 0)
            return -1;
    for (size_t i = 0; i < s->class->n; i++)
        if (scan_one(s, &s->class->v[i], err) < 0)
            return -1;
    return 0;
}

int cl_scan(struct cl_store *store, const struct cl_class *class,
            const struct gr_labs *labs, const struct cl_limits *limits,
            struct cl_scan *scan, struct gr_error *err)
{
    struct scanner s = {.store = store,
                        .class = class,
                        .labs = labs,
                        .limits = limits,
                        .scan = scan,
                        .digests = ag_alloc(labs->n, sizeof *s.digests)};
    int rc = 0;
    *scan = (struct cl_scan){0};
    for (size_t i = 0; i < labs->n && rc == 0; i++) {
        want(&s.wanted, labs->v[i].sources, labs->v[i].n_sources);
        want(&s.wanted, labs->v[i].given, labs->v[i].n_given);
        rc = cl_key_lab(&labs->v[i], s.digests[i], err);
    }
    if (rc == 0)
        rc = cl_store_begin(store, err);
    if (rc == 0) {
        rc = scan_all(&s, err);
        if (rc == 0)
            rc = cl_store_commit(store, err);
        if (rc < 0)
            cl_store_rollback(store);
    }
    free(s.wanted.names);
    free(s.digests);
    return rc;
}
