/* Una venta que no se puede pagar no debe quedar apuntada. */
#include "base.h"

struct venta {
    as_pg *pool;
    as_pg_connection *conexion;
};

static int apuntar(const struct venta *v)
{
    int rc = as_pg_query(v->pool, "INSERT INTO ventas VALUES ('taza')",
                         NULL, 0, NULL);
    if (rc == 0)
        rc = as_pg_query_on(v->conexion,
                            "UPDATE caja SET euros = euros - 9", NULL,
                            0, NULL);
    return rc;
}

static int vender(as_pg *pool)
{
    struct venta venta = {.pool = pool};

    int rc = as_pg_acquire(pool, &venta.conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_begin(venta.conexion);
    if (rc == 0)
        rc = as_pg_end(venta.conexion, apuntar(&venta));
    as_pg_release(venta.conexion);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_pg_result *filas;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool,
                  "CREATE TABLE ventas(que text); "
                  "CREATE TABLE caja(euros int CHECK (euros >= 0)); "
                  "INSERT INTO caja VALUES (5)");
    if (rc == 0)
        puts(vender(pool) < 0 ? "no se vende" : "vendida");
    if (rc == 0)
        rc = as_pg_query(pool, "SELECT count(*) FROM ventas", NULL, 0,
                         &filas);
    if (rc == 0) {
        printf("ventas: %s\n", as_pg_value(filas, 0, 0));
        as_pg_result_free(filas);
    }
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
