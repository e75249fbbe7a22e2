/*
 * pg_trace.c: lo que se dibuja de una base de datos.
 *
 * Qué conexiones esperaban un cerrojo se apunta cada vez que la prueba mira. Lo demás lo apuntó
 * PostgreSQL: en su registro, cuándo entró y salió cada conexión; y en cada fila, la transacción
 * que la escribió, de la que sabe la hora. Nada de esto puede hacer fallar la prueba.
 */
#include "harness/pg_server.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_TABLES "8"
#define MAX_ROWS   "100"
#define LIMITS     "SET lock_timeout = '200ms'; SET statement_timeout = '500ms'"

/* ------------------------------------------------------------- Las que esperan */

static bool listed(const PGresult *pids, int pid)
{
    for (int i = 0; pids && i < PQntuples(pids); i++)
        if (atoi(PQgetvalue(pids, i, 0)) == pid)
            return true;
    return false;
}

static bool known(const struct hs_pg *pg, int pid)
{
    for (size_t i = 0; i < pg->n_waiting; i++)
        if (pg->waiting[i].pid == pid)
            return true;
    return false;
}

void hs__pg_saw_waiting(struct hs_pg *pg, const PGresult *pids)
{
    int lane = hs__lane(HS__DATABASE, "esperan un cerrojo");
    size_t kept = 0;
    for (size_t i = 0; i < pg->n_waiting; i++) {
        if (listed(pids, pg->waiting[i].pid))
            pg->waiting[kept++] = pg->waiting[i];
        else
            hs__span_end(&pg->waiting[i].span, HS__PLAIN, NULL);
    }
    pg->n_waiting = kept;
    for (int i = 0; pids && i < PQntuples(pids) && pg->n_waiting < HS__MAX_WAITING; i++) {
        int pid = atoi(PQgetvalue(pids, i, 0));
        if (!known(pg, pid))
            pg->waiting[pg->n_waiting++] = (struct hs__waiting){
                pid, hs__span_begin(lane, "una conexión espera un cerrojo")};
    }
}

/* ------------------------------------------------------------- Las conexiones */

/* «2026-11-22 21:00:00.123 UTC [77] LOG:  ...», que es como empiezan las líneas del registro.
 * Falso si no empieza así. */
static bool read_stamp(const char *line, double *unix_ms, int *pid)
{
    struct tm tm = {0};
    const char *rest = strptime(line, "%Y-%m-%d %H:%M:%S", &tm);
    int ms;
    if (!rest || sscanf(rest, ".%3d UTC [%d]", &ms, pid) != 2)
        return false;
    *unix_ms = (double)timegm(&tm) * 1e3 + ms;
    return true;
}

static const char *line_about(const char *log, const char *what)
{
    const char *at = strstr(log, what);
    while (at && at > log && at[-1] != '\n')
        at--;
    return at;
}

/* Cuándo salió la conexión `pid`, entre lo que queda de registro; `open` si sigue. */
static double end_of(const char *log, int pid, double open)
{
    static const char mark[] = "disconnection: session time";
    for (const char *line; (line = line_about(log, mark)); log = strstr(line, mark) + 1) {
        double when;
        int who;
        if (read_stamp(line, &when, &who) && who == pid)
            return hs__moment_of(when);
    }
    return open;
}

static void trace_connections(const struct hs_pg *pg)
{
    static const char mark[] = "connection authorized: user=alumno ";
    char *log = hs__pg_log(pg);
    int lane = hs__lane(HS__LINK, "conexiones con la base");
    const char *line, *rest = log;
    for (int n = 1; n <= HS__MAX_WAITING && (line = line_about(rest, mark)); n++) {
        double when;
        int pid;
        rest = strstr(line, mark) + 1;
        if (read_stamp(line, &when, &pid))
            hs__past(lane, hs__moment_of(when), end_of(rest, pid, hs_now()), HS__PLAIN,
                     hs_format("conexión %d", n));
    }
    free(log);
}

/* ------------------------------------------------------------- Las filas */

static void trace_rows(struct hs_pg *pg, const char *table)
{
    char *name = PQescapeIdentifier(pg->main, table, strlen(table));
    if (!name)
        return;
    PGresult *rows = PQexec(
        pg->main, hs_format("SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin)) * "
                            "1000 AS ms FROM %s ORDER BY 1 LIMIT " MAX_ROWS,
                            name));
    int lane = hs__lane(HS__DATABASE, hs_format("filas de %s", table));
    for (int i = 0; i < PQntuples(rows); i++) {
        double when = hs__moment_of(strtod(PQgetvalue(rows, i, 0), NULL));
        hs__past(lane, when, when, HS__PLAIN, hs_format("se confirma la fila %d", i + 1));
    }
    PQclear(rows);
    PQfreemem(name);
}

static void trace_tables(struct hs_pg *pg)
{
    PQclear(PQexec(pg->main, LIMITS));
    PGresult *tables = PQexec(pg->main,
                              "SELECT relname FROM pg_class WHERE relkind = 'r' AND "
                              "relnamespace = 'public'::regnamespace ORDER BY 1 "
                              "LIMIT " MAX_TABLES);
    for (int i = 0; i < PQntuples(tables); i++)
        trace_rows(pg, PQgetvalue(tables, i, 0));
    PQclear(tables);
}

void hs__pg_trace(struct hs__part *part)
{
    struct hs_pg *pg = (struct hs_pg *)part;
    if (pg->run && pg->main && PQstatus(pg->main) == CONNECTION_OK)
        trace_tables(pg);
    trace_connections(pg);
}
