/* Una transacción rota, en la que se sigue: acaba mal. */
#include "base.h"

/* [seguir] */
static int seguir(as_pg_connection *conexion)
{
    int rc = as_pg_query_on(conexion, "SELECT hola", NULL, 0, NULL);

    if (rc < 0)
        rc = as_pg_query_on(conexion, "SELECT 1", NULL, 0, NULL);
    return rc;
}
/* [/seguir] */

static int principal(void *arg)
{
    (void)arg;
    as_pg_connection *conexion;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        goto cerrar;
    rc = as_pg_begin(conexion);
    if (rc == 0)
        rc = as_pg_end(conexion, seguir(conexion));
    as_pg_release(conexion);
cerrar:
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
