#include <string.h>

#include "pg/internal.h"

/*
 * Las que llegan mientras la conexión hace otra cosa las guardaría libpq sin fin: se apartan en
 * cuanto llegan, y se cuentan. Para encadenarlas vale su `next`, que libpq deja a NULL al darlas.
 */

static size_t size_of(const PGnotify *notification)
{
    return sizeof *notification + strlen(notification->relname) +
           strlen(notification->extra) + 2;
}

/* La primera de las apartadas, o NULL. */
static PGnotify *take(as_pg_connection *connection)
{
    PGnotify *first = connection->unread;

    if (!first)
        return NULL;
    connection->unread = first->next;
    connection->unread_size -= size_of(first);
    first->next = NULL;
    return first;
}

int as__pg_keep_notifications(as_pg_connection *connection, size_t limit)
{
    PGnotify *got;

    while ((got = PQnotifies(connection->pg))) {
        if (!connection->unread)
            connection->unread_end = &connection->unread;
        *connection->unread_end = got;
        connection->unread_end = &got->next;
        connection->unread_size += size_of(got);
    }
    if (connection->unread_size <= limit)
        return 0;
    return as_error_set(AS_EOVERFLOW,
                        "por esta conexión con PostgreSQL han llegado más de %zu MiB de "
                        "notificaciones y nadie las espera",
                        limit >> 20);
}

void as__pg_forget_notifications(as_pg_connection *connection)
{
    PGnotify *got;

    while ((got = take(connection)))
        PQfreemem(got);
}

static int next(as_pg_connection *connection, PGnotify **notification)
{
    PGconn *pg = connection->pg;

    *notification = take(connection);
    while (!*notification && !(*notification = PQnotifies(pg))) {
        int rc = as__pg_wait(connection, UV_READABLE);
        if (rc < 0)
            return rc;
        if (!PQconsumeInput(pg))
            return as__pg_explain_loss(connection);
    }
    return 0;
}

int as_pg_notification_wait(as_pg_connection *connection,
                            as_pg_notification *notification)
{
    PGnotify *got;

    as__task_required("as_pg_notification_wait");
    *notification = (as_pg_notification){0};
    int rc = as__pg_claim(connection);
    if (rc < 0)
        return rc;
    /* Que a cada una le dé tiempo a salir antes de traer la siguiente: llegan de golpe, y quien las
     * reparte por colas las llenaría. */
    rc = as_yield();
    if (rc == 0)
        rc = next(connection, &got);
    connection->busy = false;
    if (rc == 0)
        *notification = (as_pg_notification){.channel = got->relname,
                                             .payload = got->extra,
                                             .sender = got->be_pid,
                                             .memory = got};
    return rc;
}

void as_pg_notification_clear(as_pg_notification *notification)
{
    PQfreemem(notification->memory);
    *notification = (as_pg_notification){0};
}
