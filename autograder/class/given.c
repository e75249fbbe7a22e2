/* Las notas que ya se dieron. */
#include "class/given.h"
#include "base/memory.h"
#include "class/store_sql.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_TOLD = 12 };

/* Lo que valía la última vez que se escribieron. */
#define WAS                                                                              \
    "coalesce((SELECT fila ->> 'puntos' FROM ultima WHERE alumno = ?1 AND lab = ?2 "     \
    "AND que = 'nota'), r.puntos)"
#define OF                                                                               \
    "FROM entrega e JOIN resultado r USING(clave) WHERE e.alumno = ?1 AND e.lab = ?2 "

static bool is_graded(const struct cl_book_row *row)
{
    return row->mark.state == CL_GRADED && !row->mark.overridden;
}

static int log_one(struct cl_store *store, const struct cl_book_row *row,
                   struct gr_error *err)
{
    char points[32];
    cl_points_text(points, row->mark.points);
    char *why = row->mark.late_percent
                    ? ag_format("el %d %% menos por el retraso%s", row->mark.late_percent,
                                row->mark.published ? ", con la solución ya publicada"
                                                    : "")
                    : ag_format("sin descuento");
    int rc = cl_sql_run(store, err,
                        "INSERT INTO historia(cuando, alumno, lab, que, fila) SELECT "
                        "strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?1, ?2, 'nota', "
                        "json_object('puntos', CAST(?3 AS REAL), 'motivo', ?4) " OF
                        "AND abs(" WAS " - CAST(?3 AS REAL)) > 0.005",
                        "tttt", row->row.student, row->row.lab, points, why);
    free(why);
    return rc;
}

int cl_given_log(struct cl_store *store, const struct cl_book *book, struct gr_error *err)
{
    int rc = cl_store_begin(store, err);
    for (size_t i = 0; i < book->n && rc == 0; i++)
        if (is_graded(&book->rows[i]))
            rc = log_one(store, &book->rows[i], err);
    if (rc == 0)
        rc = cl_sql_run(store, err,
                        "INSERT OR REPLACE INTO opcion SELECT 'apuntado', "
                        "coalesce(max(n), 0) FROM historia",
                        "");
    if (rc == 0)
        rc = cl_store_commit(store, err);
    if (rc < 0)
        cl_store_rollback(store);
    return rc;
}

/* Las que se recalificaron o se entregaron de nuevo desde entonces bajan por otra cosa. */
static const char lowered[] =
    "SELECT " WAS " " OF "AND " WAS " > CAST(?3 AS REAL) + 0.005 AND EXISTS (SELECT 1 "
    "FROM opcion o WHERE o.nombre = 'apuntado' AND NOT EXISTS (SELECT 1 FROM historia "
    "WHERE alumno = ?1 AND lab = ?2 AND n > CAST(o.valor AS INTEGER))) AND EXISTS "
    "(SELECT 1 FROM ahora a JOIN ultima u USING(alumno, lab, que) WHERE a.alumno = ?1 "
    "AND a.lab = ?2 AND a.que = 'entrega' AND a.fila = u.fila)";

struct telling {
    const struct cl_book_row *row;
    const char *now;
    size_t n;
};

static int tell(sqlite3_stmt *row, void *context)
{
    struct telling *t = context;
    char was[32];
    cl_points_text(was, sqlite3_column_double(row, 0));
    if (t->n++ < MOST_TOLD)
        fprintf(stderr, "    %s, laboratorio %s: de %s a %s\n", t->row->row.student,
                t->row->row.lab, was, t->now);
    return 0;
}

int cl_given_check(struct cl_store *store, const struct course *course, bool force,
                   struct gr_error *err)
{
    struct cl_book book;
    struct telling told = {0};
    if (force)
        return 0;
    int rc = cl_book_load(&book, store, course, err);
    for (size_t i = 0; i < book.n && rc == 0; i++) {
        char now[32];
        told.row = &book.rows[i];
        told.now = now;
        cl_points_text(now, told.row->mark.points);
        if (is_graded(told.row))
            rc = cl_sql_each(store, err, tell, &told, lowered, "ttt",
                             told.row->row.student, told.row->row.lab, now);
    }
    cl_book_free(&book);
    if (rc < 0 || told.n == 0)
        return rc;
    if (told.n > MOST_TOLD)
        fprintf(stderr, "    y %zu más\n", told.n - MOST_TOLD);
    return gr_error(err,
                    "con las fechas y los descuentos que dice ahora " COURSE_FILE
                    " %s %zu %s, y por eso no se ha cambiado nada. Corrige " COURSE_FILE
                    " o, si está bien así, repite la orden con FORZAR=1",
                    told.n == 1 ? "bajaría" : "bajarían", told.n,
                    told.n == 1 ? "nota ya dada" : "notas ya dadas");
}
