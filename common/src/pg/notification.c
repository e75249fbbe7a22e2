#include "pg/internal.h"

static int next(as_pg_connection *connection, PGnotify **notification)
{
    PGconn *pg = connection->pg;

    while (!(*notification = PQnotifies(pg))) {
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
