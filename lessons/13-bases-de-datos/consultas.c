#include "base.h"

/* [insertar] */
static int guardar(as_pg *pool, const char *id, const char *nombre)
{
    const char *const valores[] = {id, nombre};

    int rc = as_pg_query(
        pool, "INSERT INTO clientes(id, nombre) VALUES($1, $2)",
        valores, 2, NULL);
    if (rc == UV_EEXIST)
        printf("el %s ya estaba (SQLSTATE %s)\n", id,
               as_pg_sqlstate(rc));
    return rc;
}
/* [/insertar] */

/* [bucle] */
static int guardar_todos(as_pg *pool)
{
    const char *const clientes[][2] = {
        {"1", "Ana"},
        {"2", "O'Brien"},
        {"2", "Luis"},
        {"3", NULL}, /* el NULL de SQL */
    };
    int fallos = 0;

    for (int i = 0; i < 4; i++) {
        int rc = guardar(pool, clientes[i][0], clientes[i][1]);
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

    int rc = as_pg_query(pool,
                         "SELECT id, nombre FROM clientes ORDER BY id",
                         NULL, 0, &filas);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < as_pg_rows(filas); i++) {
        const char *nombre = as_pg_is_null(filas, i, 1)
                                 ? "(sin nombre)"
                                 : as_pg_value(filas, i, 1);
        printf("%s: %s\n", as_pg_value(filas, i, 0), nombre);
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
    rc = preparar(pool, "CREATE TABLE clientes"
                        "(id integer PRIMARY KEY, nombre text)");
    if (rc == 0)
        rc = guardar_todos(pool);
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
