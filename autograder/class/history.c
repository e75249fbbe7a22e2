/* La historia de cada nota. */
#include "class/history.h"
#include "base/memory.h"
#include "class/marks.h"
#include "class/store_sql.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"

int cl_history_log(struct cl_store *store, struct gr_error *err)
{
    return cl_sql_run(store, err,
                      "INSERT INTO historia(cuando, alumno, lab, que, fila) "
                      "SELECT " NOW ", a.alumno, a.lab, a.que, a.fila FROM ahora a "
                      "LEFT JOIN ultima u USING(alumno, lab, que) "
                      "WHERE a.fila IS NOT u.fila UNION ALL "
                      "SELECT " NOW ", u.alumno, u.lab, u.que, NULL FROM ultima u "
                      "LEFT JOIN ahora a USING(alumno, lab, que) "
                      "WHERE a.fila IS NULL AND u.fila IS NOT NULL AND u.que <> 'nota'",
                      "");
}

/* ---- lo que se perdería ------------------------------------------------------------------ */

struct losing {
    void (*each)(const char *student, const char *lab, const char *points,
                 const char *why);
    ssize_t n;
};

static int tell_lost(sqlite3_stmt *row, void *context)
{
    struct losing *l = context;
    l->n++;
    l->each(cl_sql_text(row, 0), cl_sql_text(row, 1), cl_sql_text(row, 2),
            cl_sql_text(row, 3) ?: "ya no está entre las entregas");
    return 0;
}

ssize_t cl_history_lost(struct cl_store *store,
                        void (*each)(const char *student, const char *lab,
                                     const char *points, const char *why),
                        struct gr_error *err)
{
    struct losing l = {.each = each};
    int rc = cl_sql_each(
        store, err, tell_lost, &l,
        "SELECT u.alumno, u.lab, coalesce(n.fila, u.fila) ->> 'puntos' AS tiene, "
        "e.motivo FROM ultima u LEFT JOIN entrega e USING(alumno, lab) "
        "LEFT JOIN ultima n ON n.alumno = u.alumno AND n.lab = u.lab AND n.que = 'nota' "
        "WHERE u.que = 'entrega' AND u.fila ->> 'resultado' = 'calificado' "
        "AND tiene > 0 AND e.clave IS NULL "
        "ORDER BY u.alumno COLLATE nombres, u.lab",
        "");
    return rc < 0 ? -1 : l.n;
}

/* ---- volver -------------------------------------------------------------------------------- */

/* El momento que dice `day`, como se apunta: «2027-01-25T22:59:59Z». NULL si no se entiende. */
static char *moment_of(const char *day)
{
    struct tm tm = {0};
    const char *end = strptime(day, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (end && !*end)
        return ag_format("%s", day);
    tm = (struct tm){.tm_hour = 23, .tm_min = 59, .tm_sec = 59, .tm_isdst = -1};
    end = strptime(day, "%Y-%m-%d", &tm);
    time_t when = end && !*end ? mktime(&tm) : (time_t)-1;
    char text[32];
    if (when == (time_t)-1 || !gmtime_r(&when, &tm) ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return NULL;
    return ag_format("%s", text);
}

#define SINCE                                                                            \
    " FROM historia h WHERE (?2 IS NULL OR h.alumno = ?2) "                              \
    "AND (?3 IS NULL OR h.lab = ?3) AND h.cuando <= ?1 "
/* Lo último de cada cosa hasta entonces. */
#define THEN                                                                             \
    SINCE "AND h.n = (SELECT max(n) FROM historia WHERE alumno = h.alumno AND lab = "    \
          "h.lab "                                                                       \
          "AND que = h.que AND cuando <= ?1) AND h.fila IS NOT NULL AND h.que = "

static const char *const restoring[] = {
    "DELETE FROM entrega WHERE (?2 IS NULL OR alumno = ?2) AND (?3 IS NULL OR lab = ?3) "
    "AND ?1 <> ''",
    "DELETE FROM ajuste WHERE (?2 IS NULL OR alumno = ?2) AND (?3 IS NULL OR lab = ?3) "
    "AND ?1 <> ''",
    "DELETE FROM prorroga WHERE (?2 IS NULL OR alumno = ?2) AND (?3 IS NULL OR lab = ?3) "
    "AND ?1 <> ''",
    "INSERT OR IGNORE INTO alumno(alumno) SELECT h.alumno" SINCE,
    "INSERT INTO entrega(alumno, lab, estado, clave, motivo, avisos, carpeta, origen, "
    "fecha, fecha_de, numero, plataforma) SELECT h.alumno, h.lab, fila ->> 'estado', "
    "fila ->> 'clave', fila ->> 'motivo', fila ->> 'avisos', fila ->> 'carpeta', "
    "fila ->> 'origen', fila ->> 'fecha', fila ->> 'fecha_de', fila ->> 'numero', "
    "fila ->> 'plataforma'" THEN "'entrega'",
    "INSERT INTO ajuste(alumno, lab, puntos, motivo, comentario, puesto) "
    "SELECT h.alumno, h.lab, fila ->> 'puntos', fila ->> 'motivo', "
    "fila ->> 'comentario', fila ->> 'puesto'" THEN "'ajuste'",
    "INSERT INTO prorroga(alumno, lab, hasta, de) "
    "SELECT h.alumno, h.lab, fila ->> 'hasta', fila ->> 'de'" THEN "'prorroga'",
};

int cl_history_restore(struct cl_store *store, const char *day, const char *student,
                       const char *lab, struct gr_error *err)
{
    char *moment = moment_of(day);
    if (!moment)
        return gr_error(err,
                        "DIA es un día, como 2027-01-25, o un momento, como "
                        "2027-01-25T10:00:00Z, y no «%s»",
                        day);
    int rc = cl_store_begin(store, err);
    if (rc == 0)
        rc = cl_history_log(store, err);
    int known = rc < 0 ? -1
                       : cl_sql_asks(store, err, "SELECT 1" SINCE "LIMIT 1", "ttt",
                                     moment, student, lab);
    if (known == 0)
        rc = gr_error(err, "de antes del %s no hay nada apuntado", moment);
    for (size_t i = 0; known > 0 && rc == 0 && i < sizeof restoring / sizeof *restoring;
         i++)
        rc = cl_sql_run(store, err, restoring[i], "ttt", moment, student, lab);
    if (rc == 0 && known > 0)
        rc = cl_history_log(store, err);
    if (rc == 0 && known > 0)
        rc = cl_store_commit(store, err);
    else
        cl_store_rollback(store);
    free(moment);
    return known < 0 ? -1 : rc;
}

/* ---- enseñarla ----------------------------------------------------------------------------- */

static char *told(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    char text[32];
    if (json_is_number(value)) {
        cl_points_text(text, json_number_value(value));
        return ag_format("%s", text);
    }
    return ag_format("%s", json_string_value(value) ?: "");
}

static int show_event(sqlite3_stmt *row, void *context)
{
    const char *what = cl_sql_text(row, 1), *text = cl_sql_text(row, 2);
    json_t *json = text ? json_loads(text, 0, NULL) : NULL;
    char *points = told(json, "puntos"), *why = told(json, "motivo"),
         *origin = told(json, "origen"), *comment = told(json, "comentario"),
         *until = told(json, "hasta"), *result = told(json, "resultado");
    (void)context;
    printf("%s  ", cl_sql_text(row, 0));
    if (!json)
        printf("%s: se quita\n", what);
    else if (strcmp(what, "nota") == 0)
        printf("nota: %s, %s\n", points, why);
    else if (strcmp(what, "entrega") != 0)
        printf("%s: %s\n", what,
               *points    ? points
               : *until   ? until
               : *comment ? comment
                          : "");
    else if (*why)
        printf("«%s», rechazada: %s\n", origin, why);
    else
        printf("«%s», %s\n", origin,
               strcmp(result, "no_calificado") == 0 ? "no calificada"
               : *points                            ? points
                                                    : "por calificar");
    char *const all[] = {points, why, origin, comment, until, result};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    json_decref(json);
    return 0;
}

int cl_history_show(struct cl_store *store, const char *student, const char *lab,
                    struct gr_error *err)
{
    return cl_sql_each(
        store, err, show_event, NULL,
        "SELECT cuando, que, fila FROM historia WHERE alumno = ? AND lab = ? "
        "ORDER BY n",
        "tt", student, lab);
}
