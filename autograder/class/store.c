/* La base de datos de una clase: las órdenes de SQL. El esquema se cuenta en store.h. */
#include "class/store.h"
#include "base/memory.h"
#include "class/alphabet.h"
#include "class/store_sql.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 10000 /* lo que se espera a otro que esté escribiendo */

int cl_sql_broken(const struct cl_store *store, struct gr_error *err)
{
    return gr_error(err, "%s: %s", store->path, sqlite3_errmsg(store->db));
}

static int exec(struct cl_store *store, const char *sql, struct gr_error *err)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : cl_sql_broken(store, err);
}

/* La orden `sql` con sus valores: t texto o NULL, i entero, d real, D puntero a real o NULL, b
 * bytes y su tamaño. NULL si SQLite no la entiende. */
static sqlite3_stmt *prepare(struct cl_store *store, const char *sql, const char *types,
                             va_list args)
{
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return NULL;
    for (int at = 1; *types; types++, at++) {
        if (*types == 't') {
            sqlite3_bind_text(stmt, at, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        } else if (*types == 'i') {
            sqlite3_bind_int(stmt, at, va_arg(args, int));
        } else if (*types == 'd') {
            sqlite3_bind_double(stmt, at, va_arg(args, double));
        } else if (*types == 'D') {
            const double *value = va_arg(args, const double *);
            if (value)
                sqlite3_bind_double(stmt, at, *value);
        } else {
            const void *data = va_arg(args, const void *);
            size_t size = va_arg(args, size_t);
            sqlite3_bind_blob64(stmt, at, data ? data : "", size, SQLITE_TRANSIENT);
        }
    }
    return stmt;
}

int cl_sql_run(struct cl_store *store, struct gr_error *err, const char *sql,
               const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(store, sql, types, args);
    va_end(args);
    int rc = stmt && sqlite3_step(stmt) == SQLITE_DONE ? 0 : cl_sql_broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}

int cl_sql_asks(struct cl_store *store, struct gr_error *err, const char *sql,
                const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(store, sql, types, args);
    va_end(args);
    int step = stmt ? sqlite3_step(stmt) : SQLITE_ERROR;
    int rc = step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : cl_sql_broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}

int cl_sql_each(struct cl_store *store, struct gr_error *err,
                int (*each)(sqlite3_stmt *row, void *context), void *context,
                const char *sql, const char *types, ...)
{
    va_list args;
    int rc = 0, step = SQLITE_ERROR;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(store, sql, types, args);
    va_end(args);
    while (rc == 0 && stmt && (step = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = each(stmt, context);
    if (rc == 0 && step != SQLITE_DONE)
        rc = cl_sql_broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}

const char *cl_sql_text(sqlite3_stmt *row, int column)
{
    return (const char *)sqlite3_column_text(row, column);
}

/* ---- abrir y cerrar ---------------------------------------------------------------- */

static int version_of(struct cl_store *store, int *version, struct gr_error *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = -1;
    if (sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &stmt, NULL) ==
            SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        *version = sqlite3_column_int(stmt, 0);
        rc = 0;
    } else {
        cl_sql_broken(store, err);
    }
    sqlite3_finalize(stmt);
    return rc;
}

/* El orden alfabético, que en SQL se pide con COLLATE nombres. El esquema no lo usa: la base se abre con
 * cualquier SQLite. */
static int collate(void *unused, int n, const void *a, int m, const void *b)
{
    (void)unused;
    char *x = ag_format("%.*s", n, (const char *)a),
         *y = ag_format("%.*s", m, (const char *)b);
    int order = cl_name_order(x, y);
    free(x);
    free(y);
    return order;
}

/* Todos los pasos que faltan, o ninguno. */
static int upgrade(struct cl_store *store, int version, struct gr_error *err)
{
    int rc = cl_store_begin(store, err);
    for (; version < CL_STORE_VERSION && rc == 0; version++)
        rc = exec(store, cl_schema_step(version), err);
    if (rc == 0)
        rc = cl_store_commit(store, err);
    if (rc < 0)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

int cl_store_open(struct cl_store **out, const char *dir, bool create,
                  struct gr_error *err)
{
    struct cl_store *store = ag_alloc(1, sizeof *store);
    int version, flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    store->path = ag_format("%s/" CL_STORE_NAME, dir);
    if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK) {
        cl_sql_broken(store, err);
        goto bad;
    }
    sqlite3_busy_timeout(store->db, BUSY_MS);
    sqlite3_create_collation(store->db, "nombres", SQLITE_UTF8, NULL, collate);
    if (exec(store,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA foreign_keys = ON;",
             err) < 0 ||
        version_of(store, &version, err) < 0)
        goto bad;
    if (version > CL_STORE_VERSION) {
        gr_error(err,
                 "%s es de otra versión del curso (%d, y esta es la %d). Califica con "
                 "SALIDA=otra carpeta, o con la versión que la hizo.",
                 store->path, version, CL_STORE_VERSION);
        goto bad;
    }
    store->found = version;
    if (version < CL_STORE_VERSION && upgrade(store, version, err) < 0)
        goto bad;
    *out = store;
    return 0;
bad:
    cl_store_close(store);
    return -1;
}

void cl_store_close(struct cl_store *store)
{
    if (!store)
        return;
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

/* ---- escribir ----------------------------------------------------------------------- */

int cl_store_begin(struct cl_store *store, struct gr_error *err)
{
    return exec(store, "BEGIN IMMEDIATE", err);
}

int cl_store_commit(struct cl_store *store, struct gr_error *err)
{
    return exec(store, "COMMIT", err);
}

void cl_store_rollback(struct cl_store *store)
{
    struct gr_error ignored;
    exec(store, "ROLLBACK", &ignored);
}

int cl_store_student(struct cl_store *store, const struct cl_student *s,
                     struct gr_error *err)
{
    return cl_sql_run(store, err,
                      "INSERT INTO alumno(alumno, correo, numero) VALUES(?1, ?2, ?3) ON "
                      "CONFLICT(alumno) DO UPDATE SET "
                      "correo = coalesce(?2, correo), numero = coalesce(?3, numero) "
                      "WHERE NOT en_lista",
                      "ttt", s->name, s->email, s->number);
}

int cl_store_handed(struct cl_store *store, const struct cl_handed *h,
                    struct gr_error *err)
{
    return cl_sql_run(
        store, err,
        "INSERT OR REPLACE INTO entrega(alumno, lab, estado, clave, motivo, "
        "avisos, carpeta, origen, fecha, fecha_de, numero, plataforma) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "tttttttttttt", h->student, h->lab, h->key ? "entregada" : "rechazada", h->key,
        h->why, h->notes, h->folder, h->origin, h->date, h->date_from, h->number,
        h->platform);
}

int cl_store_forget(struct cl_store *store, const char *lab, const char *folder,
                    struct gr_error *err)
{
    return cl_sql_run(store, err, "DELETE FROM entrega WHERE lab = ? AND carpeta = ?",
                      "tt", lab, folder);
}

int cl_store_source(struct cl_store *store, const char *key, const char *name,
                    const void *data, size_t size, bool given, struct gr_error *err)
{
    return cl_sql_run(store, err, "INSERT OR IGNORE INTO fuente VALUES(?, ?, ?, ?)",
                      "ttbi", key, name, data, size, (int)given);
}

#define NOW "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"

int cl_store_result(struct cl_store *store, const struct cl_result *r,
                    struct gr_error *err)
{
    static const char put[] =
        "INSERT INTO resultado VALUES(?1, ?2, ?3, iif(?7 IS NULL, NULL, ?4), "
        "iif(?7 IS NULL, NULL, ?5), iif(?7 IS NULL, NULL, ?6), ?7, ?8, 1, ?9, " NOW
        ", 0) "
        "ON CONFLICT(clave) DO UPDATE SET estado = excluded.estado, "
        "puntos = excluded.puntos, maximo = excluded.maximo, "
        "sin_calificar = excluded.sin_calificar, json = excluded.json, "
        "motivo = excluded.motivo, intentos = intentos + 1, "
        "segundos = excluded.segundos, terminado = excluded.terminado, repetir = 0 "
        "WHERE estado = 'no_calificado' OR (repetir AND excluded.estado = 'calificado')";
    return cl_sql_run(store, err, put, "tttiiittd", r->key, r->lab,
                      r->graded ? "calificado" : "no_calificado", r->points, r->max,
                      r->ungraded, r->json, r->why, r->seconds);
}

int cl_store_override(struct cl_store *store, const char *student, const char *lab,
                      const double *points, const char *why, const char *comment,
                      struct gr_error *err)
{
    return cl_sql_run(store, err,
                      "INSERT OR REPLACE INTO ajuste VALUES(?, ?, ?, ?, ?, " NOW ")",
                      "ttDtt", student, lab, points, why, comment);
}

int cl_store_drop_override(struct cl_store *store, const char *student, const char *lab,
                           struct gr_error *err)
{
    return cl_sql_run(store, err, "DELETE FROM ajuste WHERE alumno = ? AND lab = ?", "tt",
                      student, lab);
}

/* ---- leer ---------------------------------------------------------------------------- */

int cl_store_has_student(struct cl_store *store, const char *name, struct gr_error *err)
{
    return cl_sql_asks(store, err, "SELECT 1 FROM alumno WHERE alumno = ?", "t", name);
}

struct pending_list {
    struct cl_pending **list;
    size_t *n;
};

static int add_pending(sqlite3_stmt *row, void *context)
{
    struct pending_list *all = context;
    *all->list = ag_grow(*all->list, *all->n + 1, sizeof **all->list);
    (*all->list)[(*all->n)++] = (struct cl_pending){ag_format("%s", cl_sql_text(row, 0)),
                                                    ag_format("%s", cl_sql_text(row, 1)),
                                                    ag_format("%s", cl_sql_text(row, 2))};
    return 0;
}

int cl_store_pending(struct cl_store *store, const char *folder, const char *lab,
                     struct cl_pending **list, size_t *n, struct gr_error *err)
{
    *list = NULL;
    *n = 0;
    return cl_sql_each(
        store, err, add_pending, &(struct pending_list){list, n},
        "SELECT e.clave, e.lab, min(e.alumno COLLATE nombres) AS quien FROM entrega e "
        "LEFT JOIN resultado r ON r.clave = e.clave "
        "WHERE e.clave IS NOT NULL AND (coalesce(r.estado, '') <> 'calificado' OR "
        "r.repetir) "
        "AND (?1 IS NULL OR e.carpeta = ?1) AND (?2 IS NULL OR e.lab = ?2) "
        "GROUP BY e.clave ORDER BY quien COLLATE nombres, e.lab, e.clave",
        "tt", folder, lab);
}

void cl_pending_free(struct cl_pending *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].key);
        free(list[i].lab);
        free(list[i].student);
    }
    free(list);
}

struct lab_list {
    char ***labs;
    size_t *n;
};

static int add_lab(sqlite3_stmt *row, void *context)
{
    struct lab_list *all = context;
    *all->labs = ag_grow(*all->labs, *all->n + 1, sizeof **all->labs);
    (*all->labs)[(*all->n)++] = ag_format("%s", cl_sql_text(row, 0));
    return 0;
}

int cl_store_labs(struct cl_store *store, char ***labs, size_t *n, struct gr_error *err)
{
    *labs = NULL;
    *n = 0;
    return cl_sql_each(store, err, add_lab, &(struct lab_list){labs, n},
                       "SELECT lab FROM entrega UNION SELECT lab FROM ajuste ORDER BY 1",
                       "");
}

struct reading {
    int (*each)(const char *name, const void *data, size_t size, void *context);
    void *context;
};

static int read_source(sqlite3_stmt *row, void *context)
{
    const struct reading *r = context;
    const void *data = sqlite3_column_blob(row, 1);
    return r->each(cl_sql_text(row, 0), data ? data : "",
                   (size_t)sqlite3_column_bytes(row, 1), r->context);
}

int cl_store_sources(struct cl_store *store, const char *key,
                     int (*each)(const char *name, const void *data, size_t size,
                                 void *context),
                     void *context, struct gr_error *err)
{
    return cl_sql_each(store, err, read_source, &(struct reading){each, context},
                       "SELECT nombre, contenido FROM fuente WHERE clave = ? "
                       "ORDER BY nombre",
                       "t", key);
}

static struct cl_row row_of(sqlite3_stmt *stmt)
{
    return (struct cl_row){
        .student = cl_sql_text(stmt, 0),
        .email = cl_sql_text(stmt, 1),
        .number = cl_sql_text(stmt, 2),
        .lab = cl_sql_text(stmt, 3),
        .state = cl_sql_text(stmt, 4),
        .why = cl_sql_text(stmt, 5),
        .notes = cl_sql_text(stmt, 6),
        .origin = cl_sql_text(stmt, 7),
        .date = cl_sql_text(stmt, 8),
        .date_from = cl_sql_text(stmt, 9),
        .delivery = cl_sql_text(stmt, 10),
        .key = cl_sql_text(stmt, 11),
        .result = cl_sql_text(stmt, 12),
        .points = sqlite3_column_int(stmt, 13),
        .max = sqlite3_column_int(stmt, 14),
        .ungraded = sqlite3_column_int(stmt, 15),
        .json = cl_sql_text(stmt, 16),
        .result_why = cl_sql_text(stmt, 17),
        .seconds = sqlite3_column_double(stmt, 18),
        .has_override = sqlite3_column_int(stmt, 19),
        .has_points = sqlite3_column_type(stmt, 20) != SQLITE_NULL,
        .override_points = sqlite3_column_double(stmt, 20),
        .override_why = cl_sql_text(stmt, 21),
        .comment = cl_sql_text(stmt, 22),
        .platform = cl_sql_text(stmt, 23),
        .extension = cl_sql_text(stmt, 24),
        .extension_by = cl_sql_text(stmt, 25),
        .canvas = cl_sql_text(stmt, 26),
    };
}

/* Los laboratorios van en una lista JSON: SQLite la recorre como una tabla. */
static char *list_of(const char *const *labs, size_t n)
{
    char *list = ag_format("[");
    for (size_t i = 0; i < n; i++) {
        char *more = ag_format("%s%s\"%s\"", list, i ? "," : "", labs[i]);
        free(list);
        list = more;
    }
    char *whole = ag_format("%s]", list);
    free(list);
    return whole;
}

struct rows {
    int (*each)(const struct cl_row *row, void *context);
    void *context;
};

static int read_row(sqlite3_stmt *stmt, void *context)
{
    const struct rows *r = context;
    struct cl_row row = row_of(stmt);
    return r->each(&row, r->context);
}

int cl_store_rows(struct cl_store *store, const char *const *labs, size_t n,
                  int (*each)(const struct cl_row *row, void *context), void *context,
                  struct gr_error *err)
{
    char *list = list_of(labs, n);
    int rc = cl_sql_each(
        store, err, read_row, &(struct rows){each, context},
        "SELECT a.alumno, a.correo, a.numero, l.value, e.estado, e.motivo, e.avisos, "
        "e.origen, e.fecha, e.fecha_de, e.numero, e.clave, r.estado, r.puntos, r.maximo, "
        "r.sin_calificar, r.json, r.motivo, r.segundos, j.alumno IS NOT NULL, j.puntos, "
        "j.motivo, j.comentario, e.plataforma, p.hasta, p.de, "
        "coalesce((SELECT min(valor) FROM identidad WHERE alumno = a.alumno "
        "AND columna = 'canvas' AND valor NOT GLOB '*[^0-9]*'), "
        "(SELECT max(numero) FROM entrega WHERE alumno = a.alumno "
        "AND plataforma = 'canvas')) "
        "FROM alumno a CROSS JOIN json_each(?) l "
        "LEFT JOIN entrega e ON e.alumno = a.alumno AND e.lab = l.value "
        "LEFT JOIN resultado r ON r.clave = e.clave "
        "LEFT JOIN ajuste j ON j.alumno = a.alumno AND j.lab = l.value "
        "LEFT JOIN prorroga p ON p.alumno = a.alumno AND p.lab = l.value "
        "ORDER BY a.alumno, l.value",
        "t", list);
    free(list);
    return rc;
}
