/* pg_sql.c: lo que el corrector le pide a la base de datos, y lo que espera ver en ella. */
#include "harness/chronicle.h"
#include "harness/pg_server.h"
#include <stdlib.h>
#include <string.h>

#define LOCK_MS  8000  /* lo que puede tardar un cerrojo en ser del corrector */
#define MAX_CELL 65536 /* letras de una respuesta */

/* ------------------------------------------------------------ Hablar con el servidor */

/* Sin SQLSTATE se perdió la conexión; los demás son falta de sitio o de memoria, plazos,
 * bloqueos y un servidor que se para. */
static bool may_be_the_program(const char *state)
{
    static const char *const classes[] = {"40", "53", "55", "57", "58"};
    if (!hs__any_program())
        return false;
    for (size_t i = 0; state && i < sizeof classes / sizeof *classes; i++)
        if (strncmp(state, classes[i], 2) == 0)
            return true;
    return !state;
}

/* El servidor no hizo lo que pedía el corrector. Quien tumba o llena su servidor no puede
 * librarse así de la prueba. */
static _Noreturn void fail_server(struct hs_pg *pg, PGconn *conn, const char *state)
{
    const char *said = PQerrorMessage(conn), *end = "";
    said = hs_format("%.*s", (int)strcspn(said, "\n"), said);
    if (!may_be_the_program(state))
        hs_broken("PostgreSQL: %s", said);
    if (pg->run && box_wait(pg->run, 200, &pg->result) == 0)
        end = pg->result.kind == BOX_LIMIT
                  ? hs_format(". El servidor agotó su límite de %s",
                              box_limit_name(pg->result.limit))
                  : ". El servidor se ha parado";
    hs_fail(
        "el corrector ya no puede usar la base de datos: el programa la ha tumbado, la "
        "ha llenado o retiene algo en ella. PostgreSQL dice: %s%s",
        said, end);
}

/* Con el cerrojo del banco tomado (`locked`), lo suelta antes de fallar. */
static PGresult *check(struct hs_pg *pg, PGconn *conn, PGresult *result, bool locked)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    state = state ? hs_format("%s", state) : NULL;
    PQclear(result);
    if (locked)
        hs__unlock();
    fail_server(pg, conn, state);
}

static PGresult *query(struct hs_pg *pg, const char *sql)
{
    return check(pg, pg->main, PQexec(pg->main, sql), false);
}

static const char *format_sql(const char *sql, va_list args)
{
    char *text = ag_vformat(sql, args);
    const char *copy = hs__keep_text(text, strlen(text));
    free(text);
    return copy;
}

#define FORMAT_SQL(sql)                                                                  \
    ({                                                                                   \
        va_list args_;                                                                   \
        va_start(args_, sql);                                                            \
        const char *text_ = format_sql(sql, args_);                                      \
        va_end(args_);                                                                   \
        text_;                                                                           \
    })

void hs_pg_run(struct hs_pg *pg, const char *sql, ...)
{
    PQclear(query(pg, FORMAT_SQL(sql)));
}

/* El servidor la recorta: lo que guardó el programa, comprimido, puede ocupar aquí cualquier
 * cosa. */
static const char *first_cell(struct hs_pg *pg, const char *sql)
{
    PGresult *result = query(
        pg, hs_format("SELECT left(c::text, %d) FROM (%s) AS q(c)", MAX_CELL, sql));
    if (PQntuples(result) < 1)
        hs_broken("la consulta del corrector no dio ninguna fila: %s", sql);
    const char *text = hs_format("%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return text;
}

const char *hs_pg_text(struct hs_pg *pg, const char *sql, ...)
{
    return first_cell(pg, FORMAT_SQL(sql));
}

int64_t hs_pg_int(struct hs_pg *pg, const char *sql, ...)
{
    return strtoll(first_cell(pg, FORMAT_SQL(sql)), NULL, 10);
}

/* -------------------------------------------------------------------------- Esperas */

/* Lo que se pregunta una y otra vez mientras se espera. Se prepara una sola vez: entender una
 * consulta sobre pg_stat_activity cuesta ocho veces más que responderla. */
struct question {
    struct hs_pg *pg;
    const char *sql;
    bool prepared;
};

static PGresult *repeat(struct question *q)
{
    PGconn *conn = q->pg->main;
    if (!q->prepared)
        PQclear(check(q->pg, conn, PQprepare(conn, "", q->sql, 0, NULL), true));
    q->prepared = true;
    return check(q->pg, conn, PQexecPrepared(conn, "", 0, NULL, NULL, NULL, 0), true);
}

static int ask(void *arg)
{
    struct question *q = arg;
    PGresult *result = repeat(q);
    int yes = PQntuples(result) > 0 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    return yes;
}

/* Falso si no llegó a ser verdad, y entonces con el cerrojo tomado. */
static bool wait_true(struct hs_pg *pg, int (*is_true)(void *), void *arg, int ms)
{
    hs__checked();
    hs__lock();
    pg->since = hs_now();
    pg->ticking = true;
    hs__notify();
    bool yes = hs__wait(is_true, arg, ms);
    pg->ticking = false;
    if (yes)
        hs__unlock();
    return yes;
}

void hs_pg_wait(struct hs_pg *pg, int ms, const char *what, const char *sql, ...)
{
    struct question q = {.pg = pg, .sql = FORMAT_SQL(sql)};
    if (!wait_true(pg, ask, &q, ms))
        hs__fail_waiting(ms, "debía ver que %s, y no lo vi", what);
    hs_step("He visto que %s", what);
}

/* Las que esperan un cerrojo; «extend» es alargar un archivo, cosa de un instante. */
#define BLOCKED                                                                          \
    "FROM pg_stat_activity WHERE " PG_PROGRAM                                            \
    " AND state = 'active' AND wait_event_type = 'Lock' AND wait_event <> 'extend'"

struct crowd {
    struct question blocked;
    int wanted;
};

static int enough_blocked(void *arg)
{
    struct crowd *c = arg;
    PGresult *result = repeat(&c->blocked);
    hs__pg_saw_waiting(c->blocked.pg, result);
    int yes = PQntuples(result) >= c->wanted;
    PQclear(result);
    return yes;
}

void hs_pg_wait_blocked(struct hs_pg *pg, int n, int ms)
{
    struct crowd q = {{.pg = pg, .sql = "SELECT pid " BLOCKED}, n};
    struct hs__span together = {0};
    if (n > 1)
        together = hs__want_together(n, "conexiones trabajando a la vez");
    if (wait_true(pg, enough_blocked, &q, ms)) {
        hs__span_end(&together, HS__GOOD, NULL);
        hs_step(n == 1 ? "Una conexión del programa espera"
                       : "%d conexiones del programa esperan a la vez",
                n);
        return;
    }
    /* El programa puede acabar entre la espera y esta cuenta: solo es para el mensaje. */
    PGresult *result = PQexec(pg->main, "SELECT count(*) " BLOCKED);
    int seen = PQntuples(result) > 0 ? atoi(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    hs__fail_waiting(ms, "debía haber %s del programa esperando a la vez y vi %d",
                     hs__count(n, "conexión", "conexiones"), seen);
}

int hs_pg_abandoned(struct hs_pg *pg, int ms)
{
    hs_pg_wait(pg, ms, "el servidor ya no tiene conexiones del programa",
               "SELECT count(*) = 0 FROM pg_stat_activity WHERE usename = 'alumno'");
    return (int)hs_pg_int(pg, "SELECT sessions_abandoned FROM pg_stat_database "
                              "WHERE datname = 'curso'");
}

/* ------------------------------------------------------------------------- Cerrojos */

static struct hs_pg_hold *open_hold(struct hs_pg *pg)
{
    struct hs_pg_hold *hold = hs__keep(sizeof *hold);
    *hold = (struct hs_pg_hold){.pg = pg, .next = pg->holds, .conn = hs__pg_connect(pg)};
    pg->holds = hold;
    if (PQstatus(hold->conn) != CONNECTION_OK)
        fail_server(pg, hold->conn, NULL);
    PQclear(check(pg, hold->conn, PQexec(hold->conn, "BEGIN"), false));
    return hold;
}

struct hs_pg_hold *hs_pg_hold(struct hs_pg *pg, const char *sql, ...)
{
    struct hs_pg_hold *hold = open_hold(pg);
    PQclear(check(pg, hold->conn, PQexec(hold->conn, FORMAT_SQL(sql)), false));
    return hold;
}

struct hs_pg_hold *hs_pg_hold_next(struct hs_pg *pg, const char *sql, ...)
{
    struct hs_pg_hold *hold = open_hold(pg);
    if (!PQsendQuery(hold->conn, FORMAT_SQL(sql)))
        fail_server(pg, hold->conn, NULL);
    hold->pending = true;
    /* Su orden anterior fue BEGIN: mientras sea la última, aún no ha llegado al cerrojo. */
    struct question queued = {
        .pg = pg,
        .sql = hs_format(
            "SELECT wait_event_type = 'Lock' OR (state <> 'active' AND query <> 'BEGIN') "
            "FROM pg_stat_activity WHERE pid = %d",
            PQbackendPID(hold->conn))};
    if (!wait_true(pg, ask, &queued, LOCK_MS)) {
        hs__unlock();
        hs_broken("el corrector no consigue ponerse en la cola de un cerrojo");
    }
    return hold;
}

static int answered(void *arg)
{
    struct hs_pg_hold *hold = arg;
    return !PQconsumeInput(hold->conn) || !PQisBusy(hold->conn);
}

void hs_pg_release(struct hs_pg_hold *hold)
{
    struct hs_pg *pg = hold->pg;
    if (!hold->conn)
        hs_broken("el corrector suelta dos veces el mismo cerrojo");
    if (hold->pending) {
        if (!wait_true(pg, answered, hold, LOCK_MS))
            hs__fail_waiting(LOCK_MS, "El corrector no consigue su cerrojo: el programa "
                                      "tiene una transacción abierta");
        for (PGresult *r; (r = PQgetResult(hold->conn));)
            PQclear(check(pg, hold->conn, r, false));
    }
    PQclear(check(pg, hold->conn, PQexec(hold->conn, "ROLLBACK"), false));
    hs__pg_saw_waiting(pg, NULL);
    PQfinish(hold->conn);
    hold->conn = NULL;
}
