#include <stdlib.h>
#include <string.h>

#include "pg_internal.h"

enum { ROLLBACK_MS = 1000 };

int as_pg_begin(as_pg_connection *connection)
{
    PGTransactionStatusType status = PQtransactionStatus(connection->pg);

    if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
        return as_error_set(UV_EALREADY, "esta conexión ya está en una transacción");
    return as_pg_query_on(connection, "BEGIN", 0, NULL, NULL);
}

/* Si no puede, la conexión no vuelve a prestarse, y el servidor la deshace al cerrarla. La
 * explicación que importa es la de por qué se deshace. */
static void roll_back(as_pg_connection *connection)
{
    char *detail = strdup(as_error_detail());
    as_scope scope;

    as_scope_enter(&scope, ROLLBACK_MS, AS_SHIELD);
    int rc = as_pg_query_on(connection, "ROLLBACK", 0, NULL, NULL);
    if (as_scope_leave(&scope, rc) < 0)
        connection->broken = true;
    as__detail_adopt(detail);
    free(detail);
}

static int commit(as_pg_connection *connection)
{
    as_pg_result *result;

    int rc = as_pg_query_on(connection, "COMMIT", 0, NULL, &result);
    if (rc < 0)
        return rc;
    /* A una transacción con un error dentro, el servidor le cambia el COMMIT. */
    if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        rc = as_error_set(UV_EIO, "la transacción se deshizo: había fallado una de sus "
                                  "consultas");
    as_pg_result_free(result);
    return rc;
}

int as_pg_end(as_pg_connection *connection, int rc)
{
    if (rc >= 0) {
        int committed = commit(connection);
        rc = committed < 0 ? committed : rc;
    }
    if (rc < 0 && PQtransactionStatus(connection->pg) != PQTRANS_IDLE)
        roll_back(connection);
    return rc;
}
