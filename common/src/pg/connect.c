#include <stdlib.h>
#include <string.h>

#include "pg/internal.h"

int as__pg_wait(as_pg_connection *connection, int events)
{
    int rc = as__pg_watch(&connection->watcher, PQsocket(connection->pg), events);

    return rc == UV_ECONNRESET && connection->farewell ? as__pg_explain_loss(connection)
                                                       : rc;
}

/* También llega aquí que el servidor echa a una conexión que no esperaba nada de él. */
static void on_notice(void *arg, const PGresult *notice)
{
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (severity && strcmp(severity, "FATAL") == 0)
        as__pg_keep_farewell(arg, notice);
    else if (as__loop->debug)
        fprintf(stderr, "asinc: PostgreSQL avisa: %s", PQresultErrorMessage(notice));
}

static size_t set(const char **keywords, const char **values, size_t n,
                  const char *keyword, const char *value)
{
    keywords[n] = keyword;
    values[n] = value;
    return value ? n + 1 : n;
}

static PGconn *start(const as_pg *pool, const struct as__pg_place *place)
{
    size_t n = 1 + 3, count = 0;

    for (const PQconninfoOption *o = pool->given; o->keyword; o++)
        n++;
    const char **keywords = calloc(2 * (n + 1), sizeof *keywords);
    if (!keywords)
        return NULL;
    const char **values = keywords + n + 1;
    /* Lo que se repite vale por lo que se dijo antes. */
    count = set(keywords, values, count, "client_encoding", "UTF8");
    for (const PQconninfoOption *o = pool->given; o->keyword; o++)
        count = set(keywords, values, count, o->keyword, o->val);
    count = set(keywords, values, count, "host", place->host);
    count = set(keywords, values, count, "hostaddr", place->hostaddr);
    count = set(keywords, values, count, "port", place->port);
    keywords[count] = NULL;
    PGconn *pg = PQconnectStartParams(keywords, values, 0);
    free(keywords);
    return pg;
}

/* libpq puede cambiar de socket en cada paso, también por otro con el mismo número. */
static int finish(as_pg_connection *connection)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    ConnStatusType phase = CONNECTION_BAD;

    while (status != PGRES_POLLING_OK) {
        if (PQstatus(connection->pg) == CONNECTION_BAD || status == PGRES_POLLING_FAILED)
            return as__pg_connect_error(connection->pg, phase);
        phase = PQstatus(connection->pg);
        int rc = as__pg_wait(connection,
                             status == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE);
        if (rc < 0)
            return rc;
        status = PQconnectPoll(connection->pg);
        as__pg_bound_trace(connection);
        as__pg_unwatch(&connection->watcher);
    }
    PQsetErrorVerbosity(connection->pg, PQERRORS_DEFAULT);
    return PQsetnonblocking(connection->pg, 1) == 0 ? 0 : as__error(UV_EIO);
}

static int open_connection(as_pg *pool, as_pg_connection *connection)
{
    struct as__pg_place place;

    int rc = as__pg_locate(pool, &place);
    if (rc < 0)
        goto out;
    connection->pg = start(pool, &place);
    if (!connection->pg) {
        rc = as__error(UV_ENOMEM);
        goto out;
    }
    PQsetErrorVerbosity(connection->pg, PQERRORS_VERBOSE); /* ver error.c */
    PQsetNoticeReceiver(connection->pg, on_notice, connection);
    as__pg_learn_key(connection);
    rc = finish(connection);
    as__pg_keep_key(connection);
out:
    as__pg_place_free(&place);
    return rc;
}

/* libpq no hace caso de connect_timeout cuando no es ella quien espera. */
static int open_in_time(as_pg *pool, as_pg_connection *connection)
{
    const char *text = as__pg_option(pool, "connect_timeout");
    long seconds = text ? strtol(text, NULL, 10) : 0;
    as_scope scope;

    as_scope_enter(&scope, seconds > 0 ? seconds * 1000 : AS_FOREVER);
    int rc = open_connection(pool, connection);
    int outside = as_scope_leave(&scope, rc);
    if (rc == UV_ECANCELED && outside == UV_ETIMEDOUT)
        as_error_set(outside,
                     "PostgreSQL no aceptó la conexión en %ld s "
                     "(connect_timeout)",
                     seconds);
    return outside;
}

int as__pg_connect(as_pg *pool, as_pg_connection **connection)
{
    as_pg_connection *new = calloc(1, sizeof *new);

    if (!new)
        return as__error(UV_ENOMEM);
    new->pool = pool;
    as__list_init(&new->link);
    int rc = open_in_time(pool, new);
    if (rc < 0)
        as__pg_disconnect(new);
    else
        *connection = new;
    return rc;
}

void as__pg_disconnect(as_pg_connection *connection)
{
    as__pg_unwatch(&connection->watcher);
    PQfinish(connection->pg);
    as__list_remove(&connection->link);
    free(connection->farewell);
    free(connection);
}
