#include <limits.h>

#include "pg/internal.h"

struct query {
    const char *sql;
    const char *const *params;
    size_t n;
    as_pg_row_fn *fn; /* NULL: todas las filas, en el resultado */
    void *arg;
    bool stopped; /* `fn` no quiere más filas */
};

/* ---- Enviar y recibir --------------------------------------------------------------- */

/*
 * Mientras quede algo por salir se espera también a poder leer: el servidor puede haberse
 * parado a decirnos algo, y no leerá más hasta que se lo oigamos. Los fallos quedan
 * apuntados en la conexión, y PQgetResult los cuenta.
 */
static int step(as_pg_connection *connection)
{
    int rc = as__pg_wait(connection,
                         UV_READABLE | (connection->unsent ? UV_WRITABLE : 0));

    if (rc < 0)
        return rc;
    PQconsumeInput(connection->pg);
    if (connection->unsent)
        connection->unsent = PQflush(connection->pg) == 1;
    return 0;
}

static int send_query(as_pg_connection *connection, const struct query *query)
{
    PGconn *pg = connection->pg;
    int sent;

    if (query->n > INT_MAX)
        return as_error_set(UV_EINVAL, "%zu parámetros son demasiados", query->n);
    if (query->n == 0) /* el protocolo simple admite varias sentencias */
        sent = PQsendQuery(pg, query->sql);
    else
        sent = PQsendQueryParams(pg, query->sql, (int)query->n, NULL, query->params, NULL,
                                 NULL, 0);
    if (!sent)
        return PQstatus(pg) == CONNECTION_OK ? as__pg_explain(UV_EINVAL, pg, NULL)
                                             : as__pg_explain_loss(connection);
    if (query->fn)
        PQsetSingleRowMode(pg);
    connection->unsent = PQflush(pg) == 1;
    return 0;
}

static bool is_error(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

static bool is_copy(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
           status == PGRES_COPY_BOTH;
}

/* El próximo resultado, o NULL si no hay más; hasta entonces la conexión no admite otra
 * consulta. */
static int next_result(as_pg_connection *connection, PGresult **result)
{
    while (PQstatus(connection->pg) == CONNECTION_OK && PQisBusy(connection->pg)) {
        int rc = step(connection);
        if (rc == 0)
            rc = as__pg_keep_notifications(connection, 2 * AS__PG_UNREAD_MAX);
        if (rc < 0)
            return rc;
    }
    *result = PQgetResult(connection->pg);
    return 0;
}

/* En `*kept` queda el último o el primero que fue un error. */
static int keep(PGresult **kept, PGresult *result)
{
    if (*kept && is_error(*kept)) {
        PQclear(result);
        return 0;
    }
    PQclear(*kept);
    *kept = result;
    if (is_copy(result))
        return as_error_set(UV_ENOTSUP, "COPY desde o hacia el programa no se admite: "
                                        "usa INSERT o un archivo del servidor");
    return 0;
}

/* Recoge hasta el último resultado. Puede retomarse donde quedó, sin `query`: sus filas ya
 * no le interesan a nadie. Si no, distinto de 0 también si lo para query->fn. */
static int collect(as_pg_connection *connection, struct query *query, PGresult **kept)
{
    PGresult *result;

    for (;;) {
        int rc = next_result(connection, &result);
        if (rc < 0)
            return rc;
        if (!result)
            return *kept ? 0
                         : as_error_set(UV_EIO, "el servidor no contestó a la consulta");
        if (query && query->fn && PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
            rc = query->fn(result, query->arg);
            query->stopped = rc != 0;
            PQclear(result);
        } else {
            rc = keep(kept, result);
        }
        if (rc != 0)
            return rc;
    }
}

/* ---- Abandonar a medias ------------------------------------------------------------- */

int64_t as__pg_give_up_ms = 1000;
enum { RETRY_MS = 200 };

static int collect_for(as_pg_connection *connection, PGresult **kept, int64_t ms)
{
    as_scope scope;

    as_scope_enter(&scope, ms);
    return as_scope_leave(&scope, collect(connection, NULL, kept));
}

/*
 * La conexión no se suelta hasta que el servidor ha recibido la petición y ha contestado a
 * la consulta: la interrupción va dirigida a la conexión, no a la consulta, y podría
 * alcanzar a la siguiente. Se insiste, porque la que llega antes que la consulta se pierde.
 * Devuelve 0 si la consulta terminó, de una manera u otra.
 */
static int give_up(as_pg_connection *connection, PGresult **kept)
{
    as_scope scope;
    int rc;

    if (connection->unsent)
        return as__error(UV_ECANCELED); /* no la tiene entera: colgar es no hacerla */
    as_shield_enter(&scope, as__pg_give_up_ms);
    do {
        rc = as__pg_interrupt(connection);
        if (rc == 0)
            rc = collect_for(connection, kept, RETRY_MS);
    } while (rc == UV_ETIMEDOUT);
    rc = as_scope_leave(&scope, rc);
    return rc == 0 ? 0 : as__error(UV_ECANCELED);
}

/* ---- La consulta -------------------------------------------------------------------- */

int as__pg_claim(as_pg_connection *connection)
{
    int rc =
        as__checkpoint(); /* puede ceder: desde aquí hasta tomarla no se espera nada */
    if (rc < 0)
        return rc;
    if (connection->busy)
        return as_error_set(UV_EBUSY,
                            "otra tarea está usando esta conexión; pide otra con "
                            "as_pg_acquire");
    if (connection->broken || PQstatus(connection->pg) != CONNECTION_OK)
        return as_error_set(UV_ENOTCONN, "esta conexión con PostgreSQL se perdió; "
                                         "devuélvela y pide otra");
    connection->busy = true;
    return 0;
}

/* La consulta falló: lo que dijo el servidor, de ella o al echar a la conexión. */
static int explain_failure(const as_pg_connection *connection, const PGresult *result)
{
    int error = as__pg_result_error(connection->pg, result);

    if (error == UV_ECONNRESET && connection->farewell)
        return as__pg_explain_loss(connection);
    return as__pg_explain(error, connection->pg, result);
}

static int exchange(as_pg_connection *connection, struct query *query, PGresult **result)
{
    int rc = as__pg_keep_notifications(connection, AS__PG_UNREAD_MAX);
    if (rc == 0)
        rc = send_query(connection, query);
    if (rc < 0)
        return rc;
    rc = collect(connection, query, result);
    bool cancelled = rc == UV_ECANCELED;
    if (cancelled || query->stopped) {
        int gave_up = give_up(connection, result);
        if (query->fn) {
            connection->broken = gave_up < 0;
            return rc; /* aunque acabara: le faltaron filas */
        }
        rc = gave_up;
    }
    connection->broken = rc < 0; /* quedó a medias */
    bool explained = rc == UV_ECONNRESET && *result && is_error(*result);
    if (rc < 0 && !explained) /* lo que dijera el servidor antes de cortar dice más */
        return rc;
    if (!is_error(*result))
        return 0;
    if (cancelled && as__pg_was_cancelled(*result))
        return as__error(UV_ECANCELED);
    return explain_failure(connection, *result);
}

static int run(as_pg_connection *connection, struct query *query, PGresult **result)
{
    *result = NULL;
    int rc = as__pg_claim(connection);
    if (rc < 0)
        return rc;
    rc = exchange(connection, query, result);
    connection->busy = false;
    return rc;
}

int as_pg_query_on(as_pg_connection *connection, const char *sql,
                   const char *const *params, size_t n, as_pg_result **result)
{
    struct query query = {.sql = sql, .params = params, .n = n};
    PGresult *got;

    as__task_required("as_pg_query_on");
    if (result)
        *result = NULL;
    int rc = run(connection, &query, &got);
    if (rc == 0 && result)
        *result = got;
    else
        PQclear(got);
    return rc;
}

int as_pg_query_each(as_pg *pool, const char *sql, const char *const *params, size_t n,
                     as_pg_row_fn *fn, void *arg)
{
    struct query query = {.sql = sql, .params = params, .n = n, .fn = fn, .arg = arg};
    as_pg_connection *connection;
    PGresult *ending;

    as__task_required("as_pg_query_each");
    int rc = as_pg_acquire(pool, &connection);
    if (rc < 0)
        return rc;
    rc = run(connection, &query, &ending);
    PQclear(ending);
    as_pg_release(connection);
    return rc;
}
