/* Tres clientes, uno sin teléfono y otro con el texto vacío. */
#include "base.h"

static int guardar(as_pg *pool, const char *nombre,
                   const char *telefono)
{
    const char *const valores[] = {nombre, telefono};

    return as_pg_query(pool, "INSERT INTO clientes VALUES ($1, $2)",
                       valores, 2, NULL);
}

static int listar(as_pg *pool)
{
    as_pg_result *filas;

    int rc = as_pg_query(pool,
                         "SELECT nombre, telefono FROM clientes "
                         "ORDER BY nombre",
                         NULL, 0, &filas);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < as_pg_rows(filas); i++)
        printf("%s: %s\n", as_pg_value(filas, i, 0),
               as_pg_is_null(filas, i, 1)          ? "no lo ha dicho"
               : *as_pg_value(filas, i, 1) == '\0' ? "no tiene"
                                                   : "tiene");
    as_pg_result_free(filas);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool, "CREATE TABLE clientes(nombre text PRIMARY "
                        "KEY, telefono text)");
    if (rc == 0)
        rc = guardar(pool, "Paz", "600");
    if (rc == 0)
        rc = guardar(pool, "D'Ors", NULL);
    if (rc == 0)
        rc = guardar(pool, "Luz", "");
    if (rc == 0)
        rc = guardar(pool, "Paz", NULL);
    printf("%s\n", rc < 0 ? uv_err_name(rc) : "bien");
    rc = listar(pool);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
