#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "pg/internal.h"

enum { DEFAULT_CONNECTIONS = 10 };

/* ---- Nacer y morir ------------------------------------------------------------------ */

static int parse(as_pg *pool, const char *conninfo)
{
    char *why = NULL;

    pool->given = PQconninfoParse(conninfo ? conninfo : "", &why);
    if (pool->given)
        return 0;
    int rc = why ? as_error_set(UV_EINVAL, "la cadena de conexión no se entiende: %.*s",
                                (int)strcspn(why, "\n"), why)
                 : as__error(UV_ENOMEM);
    PQfreemem(why);
    return rc;
}

int as_pg_new(const char *conninfo, const as_pg_options *options, as_pg **pool)
{
    as__loop_required("as_pg_new");
    *pool = NULL;
    as_pg *new = calloc(1, sizeof *new);
    if (!new)
        return as__error(UV_ENOMEM);
    int rc = parse(new, conninfo);
    if (rc < 0)
        goto fail_given;
    new->defaults = PQconndefaults();
    if (!new->defaults) {
        rc = as__error(UV_ENOMEM);
        goto fail_defaults;
    }
    new->max_connections = options && options->max_connections ? options->max_connections
                                                               : DEFAULT_CONNECTIONS;
    as__list_init(&new->idle);
    as__list_init(&new->queue);
    as__resolver_init(&new->resolver);
    as__track(&new->tracked, "un pool de PostgreSQL", __builtin_return_address(0));
    *pool = new;
    return 0;

fail_defaults:
    PQconninfoFree(new->given);
fail_given:
    free(new);
    return rc;
}

static as_pg_connection *first_idle(as_pg *pool)
{
    return as__container_of(pool->idle.next, as_pg_connection, link);
}

void as_pg_close(as_pg *pool)
{
    if (!pool)
        return;
    as__loop_required("as_pg_close");
    if (pool->in_use > 0)
        as__misuse("as_pg_close", "quedan conexiones sin devolver o consultas en marcha");

    as__untrack(&pool->tracked);
    while (!as__list_empty(&pool->idle))
        as__pg_disconnect(first_idle(pool));
    as__resolver_close(&pool->resolver);
    PQconninfoFree(pool->defaults);
    PQconninfoFree(pool->given);
    free(pool);
}

/* ---- Plazas ------------------------------------------------------------------------- */

static int take_slot(as_pg *pool)
{
    int rc = as__checkpoint();

    if (rc < 0)
        return rc;
    if (pool->in_use < pool->max_connections) {
        pool->in_use++;
        return 0;
    }
    /* Quien la despierta le cede su plaza. */
    return as__wait_on(&pool->queue, "una conexión libre de PostgreSQL");
}

static void give_slot(as_pg *pool)
{
    if (!as__wake_first(&pool->queue, 0))
        pool->in_use--;
}

/* ---- Prestar y devolver ------------------------------------------------------------- */

static bool has_news(PGconn *pg)
{
    struct pollfd fd = {.fd = PQsocket(pg), .events = POLLIN};

    return poll(&fd, 1, 0) > 0;
}

/*
 * A una conexión ociosa el servidor solo le habla para avisar de algo o para despedirse:
 * preguntarle al socket cuesta una llamada al sistema y evita prestar una muerta. Si no acaba de
 * hablar se le deja: aquí el bucle está parado.
 */
enum { MAX_NEWS = 512 };

static void forget_news(as_pg_connection *connection)
{
    (void)as__pg_keep_notifications(connection, SIZE_MAX);
    as__pg_forget_notifications(connection); /* nadie las espera */
}

static bool is_alive(as_pg_connection *connection)
{
    PGconn *pg = connection->pg;
    int turns = 0;

    forget_news(connection);
    while (turns < MAX_NEWS && has_news(pg) && PQconsumeInput(pg)) {
        forget_news(connection);
        turns++;
    }
    return turns < MAX_NEWS && PQstatus(pg) == CONNECTION_OK;
}

int as_pg_acquire(as_pg *pool, as_pg_connection **connection)
{
    as__task_required("as_pg_acquire");

    *connection = NULL;
    int rc = take_slot(pool);
    if (rc < 0)
        return rc;
    while (!as__list_empty(&pool->idle)) {
        as_pg_connection *idle = first_idle(pool);
        as__list_remove(&idle->link);
        if (is_alive(idle)) {
            *connection = idle;
            return 0;
        }
        as__pg_disconnect(idle);
    }
    rc = as__pg_connect(pool, connection);
    if (rc < 0)
        give_slot(pool);
    return rc;
}

static bool is_clean(const as_pg_connection *connection)
{
    PGTransactionStatusType status = PQtransactionStatus(connection->pg);

    if (as__loop->debug && (status == PQTRANS_INTRANS || status == PQTRANS_INERROR))
        fprintf(stderr, "asinc: se devolvió al pool una conexión con una transacción "
                        "abierta: se deshace.\n");
    return !connection->broken && status == PQTRANS_IDLE;
}

void as_pg_release(as_pg_connection *connection)
{
    if (!connection)
        return;
    as__loop_required("as_pg_release");
    if (connection->busy)
        as__misuse("as_pg_release", "la conexión tiene una consulta en marcha");

    as_pg *pool = connection->pool;
    if (is_clean(connection))
        as__list_append(pool->idle.next, &connection->link); /* antes de la primera */
    else
        as__pg_disconnect(connection);
    give_slot(pool);
}

int as_pg_query(as_pg *pool, const char *sql, const char *const *params, size_t n,
                as_pg_result **result)
{
    as_pg_connection *connection;

    if (result)
        *result = NULL;
    int rc = as_pg_acquire(pool, &connection);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(connection, sql, params, n, result);
    as_pg_release(connection);
    return rc;
}
