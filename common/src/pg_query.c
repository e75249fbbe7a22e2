#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pg_internal.h"

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

static int send_query(as_pg_connection *connection, const char *sql, size_t n,
                      const char *const *params)
{
    PGconn *pg = connection->pg;
    int sent;

    if (n > INT_MAX)
        return as_error_set(UV_EINVAL, "%zu parámetros son demasiados", n);
    if (n == 0) /* el protocolo simple admite varias sentencias */
        sent = PQsendQuery(pg, sql);
    else
        sent = PQsendQueryParams(pg, sql, (int)n, NULL, params, NULL, NULL, 0);
    if (!sent)
        return as__pg_explain(PQstatus(pg) == CONNECTION_OK ? UV_EINVAL : UV_ECONNRESET,
                              pg, NULL);
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

/*
 * Recoge hasta el último resultado, y en `*kept` deja el último o el primero que fue un
 * error. Puede retomarse donde quedó. Hasta que PQgetResult no devuelve NULL, la conexión
 * no admite otra consulta.
 */
static int collect(as_pg_connection *connection, PGresult **kept)
{
    PGresult *result;

    for (;;) {
        while (PQstatus(connection->pg) == CONNECTION_OK && PQisBusy(connection->pg)) {
            int rc = step(connection);
            if (rc < 0)
                return rc;
        }
        result = PQgetResult(connection->pg);
        if (!result)
            return *kept ? 0 : UV_ENOMEM;
        if (*kept && is_error(*kept)) {
            PQclear(result);
        } else {
            PQclear(*kept);
            *kept = result;
        }
        if (is_copy(*kept))
            return as_error_set(UV_ENOTSUP,
                                "COPY desde o hacia el programa no se admite: "
                                "usa INSERT o un archivo del servidor");
    }
}

/* ---- Abandonar a medias ------------------------------------------------------------- */

enum { GIVE_UP_MS = 1000, RETRY_MS = 200 };

/* PQcancel abre otra conexión y bloquea: va en un hilo, y su memoria no es de nadie más. */
struct interruption {
    uv_work_t work;
    PGcancel *cancel;
    atomic_bool sent;       /* ThreadSanitizer no ve los cerrojos de libuv */
    struct as__link waiter; /* quien espera a que se envíe, si no se cansó */
};

static void interrupt_in_thread(uv_work_t *work)
{
    struct interruption *i = as__container_of(work, struct interruption, work);
    char ignored[256]; /* si no se pudo, se verá en que la consulta sigue */

    atomic_load(&i->sent);
    PQcancel(i->cancel, ignored, sizeof ignored);
    atomic_store(&i->sent, true);
}

static void on_interrupted(uv_work_t *work, int status)
{
    struct interruption *i = as__container_of(work, struct interruption, work);

    (void)status;
    atomic_load(&i->sent);
    if (!as__list_empty(&i->waiter))
        as__wake(as__container_of(i->waiter.next, struct as__wait, link), 0);
    PQfreeCancel(i->cancel);
    free(i);
}

/* Pide al servidor que interrumpa lo que haga esta conexión y espera a que lo sepa. */
static int interrupt(as_pg_connection *connection)
{
    struct interruption *i = calloc(1, sizeof *i);
    struct as__wait wait;

    if (!i)
        return UV_ENOMEM;
    as__list_init(&i->waiter);
    i->cancel = PQgetCancel(connection->pg);
    atomic_store(&i->sent, false);
    int rc = i->cancel ? uv_queue_work(&as__loop->uv, &i->work, interrupt_in_thread,
                                       on_interrupted)
                       : UV_ENOMEM;
    if (rc < 0) {
        PQfreeCancel(i->cancel);
        free(i);
        return rc;
    }
    as__wait_init(&wait, "que PostgreSQL interrumpa una consulta", NULL);
    as__list_append(&i->waiter, &wait.link);
    as__io_begin();
    rc = as__suspend_one(&wait);
    as__io_end();
    return rc;
}

static int collect_for(as_pg_connection *connection, PGresult **kept, int64_t ms)
{
    as_scope scope;

    as_scope_enter(&scope, ms, 0);
    return as_scope_leave(&scope, collect(connection, kept));
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
        return UV_ECANCELED; /* el servidor no la tiene entera: colgar es no hacerla */
    as_scope_enter(&scope, GIVE_UP_MS, AS_SHIELD);
    do {
        rc = interrupt(connection);
        if (rc == 0)
            rc = collect_for(connection, kept, RETRY_MS);
    } while (rc == UV_ETIMEDOUT);
    rc = as_scope_leave(&scope, rc);
    return rc == 0 ? 0 : UV_ECANCELED;
}

/* ---- La consulta -------------------------------------------------------------------- */

static int exchange(as_pg_connection *connection, const char *sql, size_t n,
                    const char *const *params, PGresult **result)
{
    int rc = send_query(connection, sql, n, params);
    if (rc < 0)
        return rc;
    rc = collect(connection, result);
    bool cancelled = rc == UV_ECANCELED;
    if (cancelled)
        rc = give_up(connection, result);
    if (rc < 0) {
        connection->broken = true; /* quedó a medias */
        return rc;
    }
    if (!is_error(*result))
        return 0;
    if (cancelled && as__pg_was_cancelled(*result))
        return UV_ECANCELED;
    return as__pg_result_error(connection->pg, *result);
}

static int run(as_pg_connection *connection, const char *sql, size_t n,
               const char *const *params, PGresult **result)
{
    *result = NULL;
    if (connection->busy)
        return as_error_set(UV_EBUSY, "otra tarea tiene una consulta en marcha en esta "
                                      "conexión; pide otra con as_pg_acquire");
    if (connection->broken || PQstatus(connection->pg) != CONNECTION_OK)
        return as_error_set(UV_ENOTCONN, "esta conexión con PostgreSQL se perdió; "
                                         "devuélvela y pide otra");
    int rc = as__checkpoint();
    if (rc < 0)
        return rc;
    connection->busy = true;
    rc = exchange(connection, sql, n, params, result);
    connection->busy = false;
    return rc;
}

int as_pg_query_on(as_pg_connection *connection, const char *sql, size_t n,
                   const char *const *params, as_pg_result **result)
{
    PGresult *got;

    as__task_required("as_pg_query_on");
    if (result)
        *result = NULL;
    int rc = run(connection, sql, n, params, &got);
    if (rc < 0 && got && is_error(got) && rc != UV_ECANCELED)
        as__pg_explain(rc, connection->pg, got);
    if (rc == 0 && result)
        *result = got;
    else
        PQclear(got);
    return rc;
}
