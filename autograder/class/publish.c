/* Dejar en SALIDA lo que se ha escrito. */
#include "class/publish.h"
#include "base/dir.h"
#include "base/memory.h"
#include "base/text.h"
#include "class/store_sql.h"
#include "class/units.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_DIGITS 64

/* ---- cada cosa en su sitio -------------------------------------------------------------- */

/* La ruta de verdad de algo que quizá no existe: la de lo que haya de ella, y lo demás detrás. */
static char *real_path(const char *path)
{
    char *whole = realpath(path, NULL);
    if (whole || errno != ENOENT)
        return whole;
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t name = end;
    while (name > 0 && path[name - 1] != '/')
        name--;
    char *up = name == 0 ? ag_format(".") : ag_format("%.*s", (int)name, path);
    char *parent = real_path(up);
    if (parent)
        whole = ag_format("%s/%.*s", strcmp(parent, "/") == 0 ? "" : parent,
                          (int)(end - name), path + name);
    free(parent);
    free(up);
    return whole;
}

static bool holds(const char *folder, const char *path)
{
    size_t n = strlen(folder);
    while (n > 0 && folder[n - 1] == '/')
        n--;
    return strncmp(folder, path, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

int cl_check_apart(const char *from, const char *out, struct gr_error *err)
{
    char *source = realpath(from, NULL);
    int rc = 0;
    if (!source)
        return gr_error(err, "no se puede leer ENTREGAS=%s: %s", from, strerror(errno));
    char *target = real_path(out);
    if (!target)
        rc = gr_error(err, "no se puede usar SALIDA=%s: %s", out, strerror(errno));
    else if (holds(source, target) || holds(target, source))
        rc = gr_error(
            err,
            "ENTREGAS (%s) y SALIDA (%s) son la misma carpeta, o una está dentro "
            "de la otra: lo que se escribe pisaría lo entregado. Di otra SALIDA",
            source, target);
    free(target);
    free(source);
    return rc;
}

/* ---- de quién es cada cosa --------------------------------------------------------------- */

static int is_ours(struct cl_store *store, const char *path, struct gr_error *err)
{
    return cl_sql_asks(store, err, "SELECT 1 FROM escrito WHERE ruta = ?", "t", path);
}

static int record(struct cl_store *store, const char *path, struct gr_error *err)
{
    return cl_sql_run(store, err, "INSERT OR IGNORE INTO escrito VALUES(?)", "t", path);
}

/* 0 si en `out` no hay nada que se llame así, o es nuestro. */
static int check_name(struct cl_store *store, const char *out, const char *path,
                      struct gr_error *err)
{
    struct stat st;
    char *whole = ag_format("%s/%s", out, path);
    bool exists = lstat(whole, &st) == 0;
    free(whole);
    int ours = exists ? is_ours(store, path, err) : 1;
    if (ours != 0)
        return ours < 0 ? -1 : 0;
    return gr_error(
        err,
        "en SALIDA=%s ya hay «%s», que no lo escribió esta orden, y no se toca: "
        "cámbiale el nombre, o di otra SALIDA",
        out, path);
}

/* Los nombres, sin la carpeta, de lo que hay en `dir`/`inside`, carpetas antes que lo de dentro. */
struct names {
    char **v;
    size_t n;
};

static int visible(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static void list_names(struct names *names, const char *dir, const char *inside)
{
    struct dirent **list = NULL;
    char *folder = ag_format("%s/%s", dir, inside);
    int n = scandir(folder, &list, visible, alphasort);
    for (int i = 0; i < n; i++) {
        struct stat st;
        char *name = ag_format("%s%s%s", inside, *inside ? "/" : "", list[i]->d_name);
        char *path = ag_format("%s/%s", dir, name);
        names->v = ag_grow(names->v, names->n + 1, sizeof *names->v);
        names->v[names->n++] = name;
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            list_names(names, dir, name);
        free(path);
        free(list[i]);
    }
    free(list);
    free(folder);
}

static void free_names(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->v[i]);
    free(names->v);
}

/* Todos o ninguno. */
static int record_all(struct cl_store *store, const struct names *names,
                      struct gr_error *err)
{
    int rc = cl_store_begin(store, err);
    for (size_t i = 0; i < names->n && rc == 0; i++)
        rc = record(store, names->v[i], err);
    if (rc == 0)
        return cl_store_commit(store, err);
    cl_store_rollback(store);
    return rc;
}

static const char *const places[] = {
    CL_WORK, "alumnos", "junit", "gradescope", "notas.csv", "detalle.csv", "index.html"};

/* La versión 1 no apuntaba nada, y en cada ejecución borraba esas carpetas: lo que haya es suyo. */
static int adopt(struct cl_store *store, const char *out, struct gr_error *err)
{
    struct names names = {0};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        names.v = ag_grow(names.v, names.n + 1, sizeof *names.v);
        names.v[names.n++] = ag_format("%s", places[i]);
        if (i > 0 && !strchr(places[i], '.'))
            list_names(&names, out, places[i]);
    }
    names.v = ag_grow(names.v, names.n + 1, sizeof *names.v);
    names.v[names.n++] = ag_format("parecidos"); /* la de make similarity */
    char **labs;
    size_t n;
    int rc = cl_store_labs(store, &labs, &n, err);
    for (size_t i = 0; i < n; i++) {
        names.v = ag_grow(names.v, names.n + 1, sizeof *names.v);
        names.v[names.n++] = ag_format("moodle-%s.csv", labs[i]);
        free(labs[i]);
    }
    free(labs);
    if (rc == 0)
        rc = record_all(store, &names, err);
    free_names(&names);
    return rc;
}

int cl_check_place(struct cl_store *store, const char *out, struct gr_error *err)
{
    int rc = store->found == 1 ? adopt(store, out, err) : 0;
    for (size_t i = 0; i < sizeof places / sizeof *places && rc == 0; i++)
        rc = check_name(store, out, places[i], err);
    return rc == 0 ? record(store, CL_WORK, err) : rc;
}

/* ---- ponerlo ------------------------------------------------------------------------------ */

static int place(const char *from, const char *out, const char *name,
                 struct gr_error *err)
{
    char *source = ag_format("%s/%s", from, name),
         *target = ag_format("%s/%s", out, name);
    struct stat st;
    int rc = lstat(source, &st);
    if (rc == 0 && S_ISDIR(st.st_mode))
        rc = mkdir(target, 0755) < 0 && errno != EEXIST ? -1 : 0;
    else if (rc == 0)
        rc = rename(source, target);
    if (rc < 0)
        gr_error(err, "no se puede escribir %s: %s", target, strerror(errno));
    free(target);
    free(source);
    return rc;
}

struct retiring {
    const char *out;
    const struct names *now;
    struct names gone;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lo que se escribió y ya no toca; de una carpeta, antes lo de dentro. */
static int retire(sqlite3_stmt *row, void *context)
{
    struct retiring *r = context;
    const char *name = cl_sql_text(row, 0);
    if (r->now->n > 0 && bsearch(&name, r->now->v, r->now->n, sizeof *r->now->v, by_text))
        return 0;
    char *path = ag_format("%s/%s", r->out, name);
    struct stat st;
    bool is_dir = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if ((is_dir ? rmdir(path) : unlink(path)) == 0 || errno == ENOENT) {
        r->gone.v = ag_grow(r->gone.v, r->gone.n + 1, sizeof *r->gone.v);
        r->gone.v[r->gone.n++] = ag_format("%s", name);
    }
    free(path);
    return 0;
}

static int retire_old(struct cl_store *store, const char *out, struct names *now,
                      struct gr_error *err)
{
    struct retiring r = {.out = out, .now = now};
    if (now->n > 0)
        qsort(now->v, now->n, sizeof *now->v, by_text);
    int rc = cl_sql_each(store, err, retire, &r,
                         "SELECT ruta FROM escrito WHERE ruta <> ? ORDER BY ruta DESC",
                         "t", CL_WORK);
    if (rc == 0 && r.gone.n > 0)
        rc = cl_store_begin(store, err);
    for (size_t i = 0; i < r.gone.n && rc == 0; i++)
        rc = cl_sql_run(store, err, "DELETE FROM escrito WHERE ruta = ?", "t",
                        r.gone.v[i]);
    if (rc == 0 && r.gone.n > 0)
        rc = cl_store_commit(store, err);
    free_names(&r.gone);
    return rc;
}

int cl_publish(struct cl_store *store, const char *from, const char *out,
               struct gr_error *err)
{
    struct names names = {0};
    int rc = 0;
    list_names(&names, from, "");
    for (size_t i = 0; i < names.n && rc == 0; i++)
        rc = check_name(store, out, names.v[i], err);
    if (rc == 0)
        rc = record_all(store, &names, err);
    for (size_t i = 0; i < names.n && rc == 0; i++)
        rc = place(from, out, names.v[i], err);
    if (rc == 0)
        rc = retire_old(store, out, &names, err);
    ag_remove_tree(from);
    free_names(&names);
    return rc;
}

void cl_clear_work(const char *out)
{
    char *work = ag_format("%s/" CL_WORK, out);
    struct dirent **list = NULL;
    int n = scandir(work, &list, visible, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = list[i]->d_name;
        char *path = ag_format("%s/%s", work, name);
        if (strcmp(name, CL_DRAFT) == 0 ||
            (strlen(name) == KEY_DIGITS &&
             name[strspn(name, "0123456789abcdef")] == '\0'))
            ag_remove_tree(path);
        free(path);
        free(list[i]);
    }
    free(list);
    rmdir(work); /* si queda algo dentro, no es nuestro */
    free(work);
}
