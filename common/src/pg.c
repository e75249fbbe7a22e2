#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "pg_internal.h"

enum { DEFAULT_CONNECTIONS = 10 };

/* ---- Nacer y morir ------------------------------------------------------------------ */

as_pg *as_pg_new(const char *conninfo, const as_pg_options *options)
{
    char *why = NULL;

    as__loop_required("as_pg_new");
    as_pg *pool = calloc(1, sizeof *pool);
    if (!pool)
        goto fail_pool;
    pool->given = PQconninfoParse(conninfo ? conninfo : "", &why);
    if (!pool->given)
        goto fail_given;
    pool->defaults = PQconndefaults();
    if (!pool->defaults)
        goto fail_defaults;
    pool->max_connections = options && options->max_connections ? options->max_connections
                                                                : DEFAULT_CONNECTIONS;
    as__list_init(&pool->idle);
    as__list_init(&pool->queue);
    as__resolver_init(&pool->resolver);
    as__track(&pool->tracked, "un pool de PostgreSQL", __builtin_return_address(0));
    return pool;

fail_defaults:
    PQconninfoFree(pool->given);
fail_given:
    free(pool);
fail_pool:
    if (why)
        as_error_set(UV_EINVAL, "%.*s", (int)strcspn(why, "\n"), why);
    else
        as_error_set(UV_ENOMEM, "%s", as_strerror(UV_ENOMEM));
    PQfreemem(why);
    return NULL;
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
    struct as__wait wait;
    as__wait_init(&wait, "una conexión libre de PostgreSQL", NULL);
    as__list_append(&pool->queue, &wait.link);
    return as__suspend_one(&wait); /* quien la despierta le cede su plaza */
}

static void give_slot(as_pg *pool)
{
    if (as__list_empty(&pool->queue))
        pool->in_use--;
    else
        as__wake(as__container_of(pool->queue.next, struct as__wait, link), 0);
}

/* ---- Prestar y devolver ------------------------------------------------------------- */

static bool has_news(PGconn *pg)
{
    struct pollfd fd = {.fd = PQsocket(pg), .events = POLLIN};

    return poll(&fd, 1, 0) > 0;
}

/*
 * A una conexión ociosa el servidor solo le habla para avisar de algo o para despedirse:
 * preguntarle al socket cuesta una llamada al sistema y evita prestar una muerta.
 */
static bool is_alive(PGconn *pg)
{
    PGnotify *notification;

    while (has_news(pg) && PQconsumeInput(pg))
        ;
    while ((notification = PQnotifies(pg))) /* nadie las espera */
        PQfreemem(notification);
    return PQstatus(pg) == CONNECTION_OK;
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
        if (is_alive(idle->pg)) {
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

int as_pg_query(as_pg *pool, const char *sql, size_t n, const char *const *params,
                as_pg_result **result)
{
    as_pg_connection *connection;

    if (result)
        *result = NULL;
    int rc = as_pg_acquire(pool, &connection);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(connection, sql, n, params, result);
    as_pg_release(connection);
    return rc;
}
