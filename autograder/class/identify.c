/* De quién es cada entrega. */
#include "class/identify.h"
#include "base/memory.h"
#include "class/roster.h"
#include "class/store_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Quiénes pueden ser: hasta dos, que ya es no saberlo. */
struct found {
    char *name[2];
    size_t n;
};

static void forget(struct found *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->name[i]);
    f->n = 0;
}

static int add_found(sqlite3_stmt *row, void *context)
{
    struct found *f = context;
    const char *name = cl_sql_text(row, 0);
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->name[i], name) == 0)
            return 0;
    if (f->n < 2)
        f->name[f->n++] = ag_format("%s", name);
    return 0;
}

/* Añade quienes tienen ese valor en alguna de las columnas `kinds`, « moodle canvas ». */
static int look(struct cl_store *store, const char *kinds, const char *value,
                struct found *found, struct gr_error *err)
{
    if (!value || !*value)
        return 0;
    return cl_sql_each(store, err, add_found, found,
                       "SELECT DISTINCT alumno FROM identidad WHERE valor = ?1 "
                       "AND instr(?2, ' ' || columna || ' ') > 0",
                       "tt", value, kinds);
}

/* Lo mismo con lo que sigue a cada guion: «lab07-ana-gh» puede ser de «ana-gh» o de «gh». */
static int look_after_dashes(struct cl_store *store, const char *kinds, const char *value,
                             struct found *found, struct gr_error *err)
{
    int rc = 0;
    for (const char *at = value; rc == 0 && at && (at = strchr(at, '-')); at++)
        rc = look(store, kinds, at + 1, found, err);
    return rc;
}

/* Por lo que no se repite. */
static int look_strong(struct cl_store *store, const struct cl_submission *s,
                       struct found *found, struct gr_error *err)
{
    static const char *const kinds[] = {[CL_PLAIN] = " github numero ",
                                        [CL_MOODLE] = " moodle ",
                                        [CL_CANVAS] = " canvas ",
                                        [CL_GRADESCOPE] = " gradescope numero "};
    const char *number = s->platform == CL_PLAIN ? s->student : s->delivery;
    if (s->platform == CL_GRADESCOPE)
        number = s->number;
    if (look(store, kinds[s->platform], number, found, err) < 0)
        return -1;
    return look(store, " correo gradescope ", s->email, found, err);
}

/* Por cómo se llama. */
static int look_weak(struct cl_store *store, const struct cl_submission *s,
                     struct found *found, struct gr_error *err)
{
    static const char kinds[] = " alumno moodle canvas gradescope github ";
    if (look(store, kinds, s->student, found, err) < 0 ||
        look(store, kinds, s->origin, found, err) < 0)
        return -1;
    if (found->n > 0)
        return 0;
    return s->platform == CL_PLAIN
               ? look_after_dashes(store, " github ", s->student, found, err)
               : look_after_dashes(store, " alumno moodle ", s->student, found, err);
}

/* Sin LAB se apuntó de todos. */
#define SAME_LAB "(lab = ?2 OR lab = '' OR ?2 = '')"

/* ---- lo que no se sabe ------------------------------------------------------------------- */

static const char *platform_column(enum cl_platform platform)
{
    return platform == CL_PLAIN ? "alumno" : cl_platform_name(platform);
}

static int set_aside(struct cl_store *store, const struct cl_class *class,
                     const struct cl_submission *s, const char *lab, struct gr_error *err)
{
    const char *value = s->platform == CL_GRADESCOPE ? s->number ?: s->email
                                                     : s->delivery;
    if (cl_sql_run(store, err,
                   "DELETE FROM sin_identificar WHERE origen = ? AND " SAME_LAB, "tt",
                   s->origin, lab ?: "") < 0)
        return -1;
    return cl_sql_run(
        store, err, "INSERT OR REPLACE INTO sin_identificar VALUES(?, ?, ?, ?, ?, ?, ?)",
        "ttttttt", class->folder, lab ?: "", s->origin, platform_column(s->platform),
        s->student, value, s->email);
}

/* ---- con lista ---------------------------------------------------------------------------- */

/* Qué se ha averiguado de una entrega. */
struct verdict {
    char *person;
    bool strong;
};

static int judge(struct cl_store *store, const struct cl_submission *s, struct verdict *v,
                 struct gr_error *err)
{
    struct found found = {0};
    *v = (struct verdict){.strong = true};
    int rc = look_strong(store, s, &found, err);
    if (rc == 0 && found.n == 0) {
        v->strong = false;
        rc = look_weak(store, s, &found, err);
    }
    if (rc == 0 && found.n == 1) {
        v->person = found.name[0];
        found.n = 0;
    }
    forget(&found);
    return rc;
}

/* Dos participantes distintos de una misma tarea que por el nombre serían una persona no lo son. */
static void doubt(const struct cl_class *class, struct verdict *v)
{
    bool *no = ag_alloc(class->n + 1, sizeof *no);
    for (size_t i = 0; i < class->n; i++)
        for (size_t k = i + 1; k < class->n; k++) {
            const struct cl_submission *a = &class->v[i], *b = &class->v[k];
            if (v[i].person && v[k].person && strcmp(v[i].person, v[k].person) == 0 &&
                a->platform == b->platform && a->delivery && b->delivery &&
                strcmp(a->delivery, b->delivery) != 0) {
                no[i] = no[i] || !v[i].strong;
                no[k] = no[k] || !v[k].strong;
            }
        }
    for (size_t i = 0; i < class->n; i++)
        if (no[i]) {
            free(v[i].person);
            v[i].person = NULL;
        }
    free(no);
}

static int add_member(sqlite3_stmt *row, void *context)
{
    struct cl_class *group = context;
    cl_class_add(group, cl_sql_text(row, 0));
    return 0;
}

/* Lo que entrega un grupo es de cada uno de los suyos: los añade a `class`, y en `*some` si los hay. */
static int share_out(struct cl_store *store, struct cl_class *class, size_t at,
                     bool *some, struct gr_error *err)
{
    struct cl_class group = {0};
    int rc = cl_sql_each(
        store, err, add_member, &group,
        "SELECT alumno FROM identidad WHERE columna = 'grupo' AND valor = ? "
        "ORDER BY alumno",
        "t", class->v[at].student);
    *some = group.n > 0;
    for (size_t i = 0; i < group.n; i++) {
        struct cl_submission *s = cl_class_add(class, group.v[i].student);
        cl_submission_copy(s, &class->v[at]);
    }
    cl_class_free(&group);
    return rc;
}

/* Lo que llegó de alguien por dos sitios es una entrega, la de la fecha más nueva. */
static void merge(struct cl_class *class)
{
    size_t n = 0;
    for (size_t i = 0; i < class->n; i++) {
        struct cl_submission *s = &class->v[i], *first = n > 0 ? &class->v[n - 1] : NULL;
        if (!first || strcmp(first->student, s->student) != 0) {
            class->v[n++] = *s;
            continue;
        }
        first->parts = ag_grow(first->parts, first->n + s->n, sizeof *first->parts);
        memcpy(first->parts + first->n, s->parts, s->n * sizeof *s->parts);
        first->n += s->n;
        if (s->date_from && (!first->date_from || s->date > first->date)) {
            first->date = s->date;
            first->date_from = s->date_from;
        }
        if (s->due_from && (!first->due_from || s->due > first->due)) {
            first->due = s->due;
            first->due_from = s->due_from;
        }
        s->n = 0;
        cl_submission_free(s);
    }
    class->n = n;
}

static int add_absent(sqlite3_stmt *row, void *context)
{
    struct cl_class *class = context;
    const char *name = cl_sql_text(row, 0);
    for (size_t i = 0; i < class->n; i++)
        if (strcmp(class->v[i].student, name) == 0)
            return 0;
    cl_class_add(class, name);
    return 0;
}

/* Se queda en `class` con las que tienen dueño, y aparta las demás. */
static int settle(struct cl_store *store, struct cl_class *class, struct verdict *v,
                  const char *lab, struct gr_error *err)
{
    size_t n = class->n, kept = 0;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct cl_submission *s = &class->v[i];
        bool some = false;
        if (v[i].person) {
            free(s->student);
            s->student = v[i].person;
            v[i].person = NULL;
        } else if ((rc = share_out(store, class, i, &some, err)) == 0) {
            s = &class->v[i];
            rc = some ? 0 : set_aside(store, class, s, lab, err);
            free(s->student);
            s->student = NULL;
        }
    }
    for (size_t i = 0; i < class->n; i++) {
        if (class->v[i].student)
            class->v[kept++] = class->v[i];
        else
            cl_submission_free(&class->v[i]);
    }
    class->n = kept;
    return rc;
}

static int with_list(struct cl_store *store, struct cl_class *class, const char *lab,
                     struct gr_error *err)
{
    struct verdict *v = ag_alloc(class->n + 1, sizeof *v);
    size_t n = class->n;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = judge(store, &class->v[i], &v[i], err);
    if (rc == 0) {
        doubt(class, v);
        rc = settle(store, class, v, lab, err);
    }
    for (size_t i = 0; i < n; i++)
        free(v[i].person);
    free(v);
    cl_class_sort(class);
    merge(class);
    if (rc == 0)
        rc = cl_sql_each(store, err, add_absent, class,
                         "SELECT alumno FROM alumno WHERE en_lista ORDER BY alumno", "");
    cl_class_sort(class);
    return rc;
}

/* ---- sin lista ---------------------------------------------------------------------------- */

/* Dos que se llaman igual pueden ser dos personas, y de un laboratorio a otro no habría con qué
 * distinguirlas. */
static int without_list(const struct cl_class *class, struct gr_error *err)
{
    for (size_t i = 1; i < class->n; i++) {
        const struct cl_submission *a = &class->v[i - 1], *b = &class->v[i];
        if (strcmp(a->student, b->student) != 0)
            continue;
        return gr_error(
            err,
            "hay dos entregas de «%s»: «%s» y «%s». Si son dos personas, pon en un "
            CL_ROSTER " a toda la clase, con una columna que las distinga:\n"
            "alumno,%s\n%s (1),%s\n%s (2),%s\nSi es una, une las dos en una carpeta.",
            a->student, a->origin, b->origin, cl_platform_name(a->platform), a->student,
            a->number ?: a->delivery ?: a->origin, b->student,
            b->number ?: b->delivery ?: b->origin);
    }
    return 0;
}

/* ---- lo que se preguntó y ya no hay que preguntar ---------------------------------------------- */

struct gone {
    char **folders;
    size_t n;
};

static int add_gone(sqlite3_stmt *row, void *context)
{
    struct gone *gone = context;
    const char *folder = cl_sql_text(row, 0);
    if (access(folder, F_OK) == 0 || errno != ENOENT)
        return 0;
    gone->folders = ag_grow(gone->folders, gone->n + 1, sizeof *gone->folders);
    gone->folders[gone->n++] = ag_format("%s", folder);
    return 0;
}

int cl_identify_forget(struct cl_store *store, struct gr_error *err)
{
    struct gone gone = {0};
    int rc = cl_sql_each(store, err, add_gone, &gone,
                         "SELECT DISTINCT carpeta FROM sin_identificar", "");
    for (size_t i = 0; i < gone.n; i++) {
        if (rc == 0)
            rc = cl_sql_run(store, err, "DELETE FROM sin_identificar WHERE carpeta = ?",
                            "t", gone.folders[i]);
        free(gone.folders[i]);
    }
    free(gone.folders);
    return rc < 0 ? rc
                  : cl_sql_run(
                        store, err,
                        "DELETE FROM sin_identificar AS s WHERE EXISTS (SELECT 1 FROM "
                        "entrega e WHERE (s.lab = '' OR e.lab = s.lab) AND "
                        "e.carpeta <> s.carpeta AND (e.origen = s.origen OR "
                        "(e.plataforma = s.columna AND e.numero = s.valor) OR e.alumno = "
                        "(SELECT min(i.alumno) FROM identidad i WHERE (i.valor = s.valor "
                        "AND i.columna = s.columna) OR i.valor IN (s.correo, s.nombre) "
                        "HAVING count(DISTINCT i.alumno) = 1)))",
                        "");
}

int cl_identify(struct cl_store *store, struct cl_class *class, const char *text,
                const char *lab, struct gr_error *err)
{
    if (cl_sql_run(store, err,
                   "DELETE FROM sin_identificar WHERE carpeta = ? AND " SAME_LAB, "tt",
                   class->folder, lab ?: "") < 0 ||
        (text && cl_roster_save(store, text, lab, err) < 0))
        return -1;
    int listed = cl_sql_asks(store, err, "SELECT 1 FROM alumno WHERE en_lista LIMIT 1",
                             "");
    if (listed < 0)
        return -1;
    int rc = listed ? with_list(store, class, lab, err) : without_list(class, err);
    return rc == 0 && text ? cl_roster_dates(class, text, err) : rc;
}
