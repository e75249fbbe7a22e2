#include <stdlib.h>
#include <string.h>

#include "pg/internal.h"

int as_pg_begin(as_pg_connection *connection)
{
    PGTransactionStatusType status = PQtransactionStatus(connection->pg);

    if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
        return as_error_set(UV_EALREADY, "esta conexión ya está en una transacción");
    return as_pg_query_on(connection, "BEGIN", NULL, 0, NULL);
}

/* Si no puede, la conexión no vuelve a prestarse, y el servidor la deshace al cerrarla. La
 * explicación que importa es la de por qué se deshace. */
static void roll_back(as_pg_connection *connection, int error)
{
    char *detail = strdup(as__error_detail(error));
    as_scope scope;

    as_shield_enter(&scope, as__pg_give_up_ms);
    int rc = as_pg_query_on(connection, "ROLLBACK", NULL, 0, NULL);
    if (as_scope_leave(&scope, rc) < 0)
        connection->broken = true;
    as__detail_adopt(error, detail);
    free(detail);
}

static int commit(as_pg_connection *connection)
{
    as_pg_result *result;

    /* Sin transacción el servidor solo avisa, y un COMMIT de nada sale bien. */
    if (PQtransactionStatus(connection->pg) == PQTRANS_IDLE)
        return as_error_set(
            UV_EIO, "la transacción ya había acabado: una de sus consultas fue un "
                    "COMMIT o un ROLLBACK");
    int rc = as_pg_query_on(connection, "COMMIT", NULL, 0, &result);
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
        roll_back(connection, rc);
    return rc;
}
