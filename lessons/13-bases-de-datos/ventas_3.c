#include "base.h"

/* [insertar] */
static int guardar(as_pg *pool, const char *id, const char *que)
{
    const char *const valores[] = {id, que};

    int rc = as_pg_query(pool,
                         "INSERT INTO ventas(id, que) VALUES($1, $2)",
                         valores, 2, NULL);
    if (rc == UV_EEXIST)
        printf("la venta %s ya estaba (SQLSTATE %s)\n", id,
               as_pg_sqlstate(rc));
    return rc;
}
/* [/insertar] */

/* [bucle] */
static int guardar_todas(as_pg *pool)
{
    const char *const ventas[][2] = {
        {"1", "taza"},
        {"2", "jarra d'Alella"},
        {"2", "plato"},
        {"3", NULL}, /* el NULL de SQL */
    };
    int fallos = 0;

    for (int i = 0; i < 4; i++) {
        int rc = guardar(pool, ventas[i][0], ventas[i][1]);
        if (rc == UV_ECANCELED)
            return rc;
        if (rc < 0)
            fallos++; /* y sigue con el siguiente */
    }
    printf("no entraron: %d\n", fallos);
    return 0;
}
/* [/bucle] */

/* [leer] */
static int listar(as_pg *pool)
{
    as_pg_result *filas;

    int rc = as_pg_query(pool, "SELECT id, que FROM ventas ORDER BY id",
                         NULL, 0, &filas);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < as_pg_rows(filas); i++) {
        const char *que = as_pg_is_null(filas, i, 1)
                              ? "(no se sabe)"
                              : as_pg_value(filas, i, 1);
        printf("%s: %s\n", as_pg_value(filas, i, 0), que);
    }
    as_pg_result_free(filas);
    return 0;
}
/* [/leer] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool, "CREATE TABLE ventas"
                        "(id integer PRIMARY KEY, que text)");
    if (rc == 0)
        rc = guardar_todas(pool);
    if (rc == 0)
        rc = listar(pool);
    as_pg_close(pool);
    return rc;
}
/* [/principal] */

int main(void)
{
    return correr(principal, NULL);
}
