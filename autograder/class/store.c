/* La base de datos de una clase: las órdenes de SQL. El esquema se cuenta en store.h. */
#include "class/store.h"
#include "base/memory.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 10000 /* lo que se espera a otro que esté escribiendo */

struct cl_store {
    sqlite3 *db;
    char *path;
};

#define TEXT(x)   #x
#define STRING(x) TEXT(x)

static const char schema[] =
    "BEGIN;"
    "CREATE TABLE alumno("
    "  alumno TEXT PRIMARY KEY, correo TEXT, numero TEXT) STRICT, WITHOUT ROWID;"
    "CREATE TABLE entrega("
    "  alumno TEXT NOT NULL REFERENCES alumno, lab TEXT NOT NULL,"
    "  estado TEXT NOT NULL CHECK(estado IN ('entregada', 'rechazada')),"
    "  clave TEXT, motivo TEXT, avisos TEXT NOT NULL, carpeta TEXT NOT NULL,"
    "  origen TEXT NOT NULL,"
    "  fecha TEXT, fecha_de TEXT, numero TEXT,"
    "  PRIMARY KEY(alumno, lab),"
    "  CHECK((clave IS NULL) = (estado = 'rechazada')),"
    "  CHECK((motivo IS NULL) = (estado = 'entregada'))) STRICT, WITHOUT ROWID;"
    "CREATE TABLE resultado("
    "  clave TEXT PRIMARY KEY, lab TEXT NOT NULL,"
    "  estado TEXT NOT NULL CHECK(estado IN ('calificado', 'no_calificado')),"
    "  puntos INTEGER, maximo INTEGER, sin_calificar INTEGER, json TEXT, motivo TEXT,"
    "  intentos INTEGER NOT NULL, segundos REAL NOT NULL, terminado TEXT NOT NULL,"
    "  CHECK((json IS NULL) = (puntos IS NULL))) STRICT, WITHOUT ROWID;"
    "CREATE TABLE fuente("
    "  clave TEXT NOT NULL, nombre TEXT NOT NULL, contenido BLOB NOT NULL,"
    "  dado INTEGER NOT NULL, PRIMARY KEY(clave, nombre)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ajuste("
    "  alumno TEXT NOT NULL REFERENCES alumno, lab TEXT NOT NULL,"
    "  puntos REAL, motivo TEXT, comentario TEXT, puesto TEXT NOT NULL,"
    "  PRIMARY KEY(alumno, lab),"
    "  CHECK((puntos IS NULL) = (motivo IS NULL))) STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = " STRING(CL_STORE_VERSION) ";"
                                                      "COMMIT;";

static int broken(const struct cl_store *store, struct gr_error *err)
{
    return gr_error(err, "%s: %s", store->path, sqlite3_errmsg(store->db));
}

static int exec(struct cl_store *store, const char *sql, struct gr_error *err)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : broken(store, err);
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

/* Ejecuta una orden que no devuelve filas. */
static int run(struct cl_store *store, struct gr_error *err, const char *sql,
               const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(store, sql, types, args);
    va_end(args);
    int rc = stmt && sqlite3_step(stmt) == SQLITE_DONE ? 0 : broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}

/* Una consulta de sí o no: 1 si da alguna fila, 0, o -1. */
static int asks(struct cl_store *store, struct gr_error *err, const char *sql,
                const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = prepare(store, sql, types, args);
    va_end(args);
    int step = stmt ? sqlite3_step(stmt) : SQLITE_ERROR;
    int rc = step == SQLITE_ROW ? 1 : step == SQLITE_DONE ? 0 : broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
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
        broken(store, err);
    }
    sqlite3_finalize(stmt);
    return rc;
}

int cl_store_open(struct cl_store **out, const char *dir, bool create,
                  struct gr_error *err)
{
    struct cl_store *store = ag_alloc(1, sizeof *store);
    int version, flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    store->path = ag_format("%s/" CL_STORE_NAME, dir);
    if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK) {
        broken(store, err);
        goto bad;
    }
    sqlite3_busy_timeout(store->db, BUSY_MS);
    if (exec(store,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA foreign_keys = ON;",
             err) < 0 ||
        version_of(store, &version, err) < 0)
        goto bad;
    if (version == 0 && exec(store, schema, err) < 0)
        goto bad;
    if (version != 0 && version != CL_STORE_VERSION) {
        gr_error(err,
                 "%s es de otra versión del curso (%d, y esta es la %d). Califica con "
                 "SALIDA=otra carpeta, o con la versión que la hizo.",
                 store->path, version, CL_STORE_VERSION);
        goto bad;
    }
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
    return run(store, err,
               "INSERT INTO alumno VALUES(?1, ?2, ?3) ON CONFLICT(alumno) DO UPDATE SET "
               "correo = coalesce(?2, correo), numero = coalesce(?3, numero)",
               "ttt", s->name, s->email, s->number);
}

int cl_store_handed(struct cl_store *store, const struct cl_handed *h,
                    struct gr_error *err)
{
    return run(store, err,
               "INSERT OR REPLACE INTO entrega(alumno, lab, estado, clave, motivo, "
               "avisos, carpeta, origen, fecha, fecha_de, numero) "
               "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               "ttttttttttt", h->student, h->lab, h->key ? "entregada" : "rechazada",
               h->key, h->why, h->notes, h->folder, h->origin, h->date, h->date_from,
               h->number);
}

int cl_store_forget(struct cl_store *store, const char *lab, const char *folder,
                    struct gr_error *err)
{
    return run(store, err, "DELETE FROM entrega WHERE lab = ? AND carpeta = ?", "tt", lab,
               folder);
}

int cl_store_source(struct cl_store *store, const char *key, const char *name,
                    const void *data, size_t size, bool given, struct gr_error *err)
{
    return run(store, err, "INSERT OR IGNORE INTO fuente VALUES(?, ?, ?, ?)", "ttbi", key,
               name, data, size, (int)given);
}

#define NOW "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"

int cl_store_result(struct cl_store *store, const struct cl_result *r,
                    struct gr_error *err)
{
    static const char put[] =
        "INSERT INTO resultado VALUES(?1, ?2, ?3, iif(?7 IS NULL, NULL, ?4), "
        "iif(?7 IS NULL, NULL, ?5), iif(?7 IS NULL, NULL, ?6), ?7, ?8, 1, ?9, " NOW ") "
        "ON CONFLICT(clave) DO UPDATE SET estado = excluded.estado, "
        "puntos = excluded.puntos, maximo = excluded.maximo, "
        "sin_calificar = excluded.sin_calificar, json = excluded.json, "
        "motivo = excluded.motivo, intentos = intentos + 1, "
        "segundos = excluded.segundos, terminado = excluded.terminado "
        "WHERE estado = 'no_calificado'";
    return run(store, err, put, "tttiiittd", r->key, r->lab,
               r->graded ? "calificado" : "no_calificado", r->points, r->max, r->ungraded,
               r->json, r->why, r->seconds);
}

int cl_store_override(struct cl_store *store, const char *student, const char *lab,
                      const double *points, const char *why, const char *comment,
                      struct gr_error *err)
{
    return run(store, err, "INSERT OR REPLACE INTO ajuste VALUES(?, ?, ?, ?, ?, " NOW ")",
               "ttDtt", student, lab, points, why, comment);
}

int cl_store_drop_override(struct cl_store *store, const char *student, const char *lab,
                           struct gr_error *err)
{
    return run(store, err, "DELETE FROM ajuste WHERE alumno = ? AND lab = ?", "tt",
               student, lab);
}

/* ---- leer ---------------------------------------------------------------------------- */

int cl_store_has_student(struct cl_store *store, const char *name, struct gr_error *err)
{
    return asks(store, err, "SELECT 1 FROM alumno WHERE alumno = ?", "t", name);
}

static const char *text(sqlite3_stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt, column);
}

int cl_store_pending(struct cl_store *store, const char *folder, const char *lab,
                     struct cl_pending **list, size_t *n, struct gr_error *err)
{
    static const char sql[] =
        "SELECT e.clave, e.lab, min(e.alumno) AS quien FROM entrega e "
        "LEFT JOIN resultado r ON r.clave = e.clave "
        "WHERE e.clave IS NOT NULL AND coalesce(r.estado, '') <> 'calificado' "
        "AND (?1 IS NULL OR e.carpeta = ?1) AND (?2 IS NULL OR e.lab = ?2) "
        "GROUP BY e.clave ORDER BY quien, e.lab, e.clave";
    sqlite3_stmt *stmt;
    int step;
    *list = NULL;
    *n = 0;
    if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return broken(store, err);
    sqlite3_bind_text(stmt, 1, folder, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(stmt, 2, lab, -1, SQLITE_TRANSIENT);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        *list = ag_grow(*list, *n + 1, sizeof **list);
        (*list)[(*n)++] = (struct cl_pending){ag_format("%s", text(stmt, 0)),
                                              ag_format("%s", text(stmt, 1)),
                                              ag_format("%s", text(stmt, 2))};
    }
    int rc = step == SQLITE_DONE ? 0 : broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
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

int cl_store_labs(struct cl_store *store, char ***labs, size_t *n, struct gr_error *err)
{
    sqlite3_stmt *stmt;
    int step;
    *labs = NULL;
    *n = 0;
    if (sqlite3_prepare_v2(
            store->db, "SELECT lab FROM entrega UNION SELECT lab FROM ajuste ORDER BY 1",
            -1, &stmt, NULL) != SQLITE_OK)
        return broken(store, err);
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        *labs = ag_grow(*labs, *n + 1, sizeof **labs);
        (*labs)[(*n)++] = ag_format("%s", text(stmt, 0));
    }
    int rc = step == SQLITE_DONE ? 0 : broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}

int cl_store_sources(struct cl_store *store, const char *key,
                     int (*each)(const char *name, const void *data, size_t size,
                                 void *context),
                     void *context, struct gr_error *err)
{
    sqlite3_stmt *stmt;
    int rc = 0, step = SQLITE_DONE;
    if (sqlite3_prepare_v2(store->db,
                           "SELECT nombre, contenido FROM fuente WHERE clave = ? "
                           "ORDER BY nombre",
                           -1, &stmt, NULL) != SQLITE_OK)
        return broken(store, err);
    sqlite3_bind_text(stmt, 1, key, -1, SQLITE_TRANSIENT);
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        const void *data = sqlite3_column_blob(stmt, 1);
        rc = each(text(stmt, 0), data ? data : "", (size_t)sqlite3_column_bytes(stmt, 1),
                  context);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}

static struct cl_row row_of(sqlite3_stmt *stmt)
{
    return (struct cl_row){
        .student = text(stmt, 0),
        .email = text(stmt, 1),
        .number = text(stmt, 2),
        .lab = text(stmt, 3),
        .state = text(stmt, 4),
        .why = text(stmt, 5),
        .notes = text(stmt, 6),
        .origin = text(stmt, 7),
        .date = text(stmt, 8),
        .date_from = text(stmt, 9),
        .delivery = text(stmt, 10),
        .key = text(stmt, 11),
        .result = text(stmt, 12),
        .points = sqlite3_column_int(stmt, 13),
        .max = sqlite3_column_int(stmt, 14),
        .ungraded = sqlite3_column_int(stmt, 15),
        .json = text(stmt, 16),
        .result_why = text(stmt, 17),
        .seconds = sqlite3_column_double(stmt, 18),
        .has_override = sqlite3_column_int(stmt, 19),
        .has_points = sqlite3_column_type(stmt, 20) != SQLITE_NULL,
        .override_points = sqlite3_column_double(stmt, 20),
        .override_why = text(stmt, 21),
        .comment = text(stmt, 22),
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

int cl_store_rows(struct cl_store *store, const char *const *labs, size_t n,
                  int (*each)(const struct cl_row *row, void *context), void *context,
                  struct gr_error *err)
{
    static const char sql[] =
        "SELECT a.alumno, a.correo, a.numero, l.value, e.estado, e.motivo, e.avisos, "
        "e.origen, e.fecha, e.fecha_de, e.numero, e.clave, r.estado, r.puntos, r.maximo, "
        "r.sin_calificar, r.json, r.motivo, r.segundos, j.alumno IS NOT NULL, j.puntos, "
        "j.motivo, j.comentario "
        "FROM alumno a CROSS JOIN json_each(?) l "
        "LEFT JOIN entrega e ON e.alumno = a.alumno AND e.lab = l.value "
        "LEFT JOIN resultado r ON r.clave = e.clave "
        "LEFT JOIN ajuste j ON j.alumno = a.alumno AND j.lab = l.value "
        "ORDER BY a.alumno, l.value";
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return broken(store, err);
    char *list = list_of(labs, n);
    sqlite3_bind_text(stmt, 1, list, -1, SQLITE_TRANSIENT);
    free(list);
    int rc = 0, step = SQLITE_DONE;
    while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct cl_row row = row_of(stmt);
        rc = each(&row, context);
    }
    if (rc == 0 && step != SQLITE_DONE)
        rc = broken(store, err);
    sqlite3_finalize(stmt);
    return rc;
}
