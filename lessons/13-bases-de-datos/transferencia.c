#include "base.h"

struct transferencia {
    as_pg *pool;
    const char *de, *a, *euros;
};

/* [mover] */
static int mover(as_pg_connection *conexion,
                 const struct transferencia *t)
{
    const char *const entra[] = {t->euros, t->a};
    const char *const sale[] = {t->euros, t->de};

    int rc = as_pg_query_on(
        conexion,
        "UPDATE cuentas SET saldo = saldo + $1 WHERE nombre = $2",
        entra, 2, NULL);
    if (rc == 0)
        rc = as_pg_query_on(
            conexion,
            "UPDATE cuentas SET saldo = saldo - $1 WHERE nombre = $2",
            sale, 2, NULL);
    return rc;
}
/* [/mover] */

/* [transferir] */
static int transferir(void *arg)
{
    const struct transferencia *t = arg;
    as_pg_connection *conexion;

    int rc = as_pg_acquire(t->pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_begin(conexion);
    if (rc == 0)
        rc = as_pg_end(conexion, mover(conexion, t));
    as_pg_release(conexion);
    return rc;
}
/* [/transferir] */

/* [saldos] */
static int ver_saldos(as_pg *pool)
{
    as_pg_result *filas;

    int rc = as_pg_query(
        pool, "SELECT nombre, saldo FROM cuentas ORDER BY nombre", NULL,
        0, &filas);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < as_pg_rows(filas); i++)
        printf("  %s: %s\n", as_pg_value(filas, i, 0),
               as_pg_value(filas, i, 1));
    as_pg_result_free(filas);
    return 0;
}
/* [/saldos] */

/* [banco] */
static int usar_banco(as_pg *pool)
{
    struct transferencia juntas[] = {{pool, "Ana", "Luis", "30"},
                                     {pool, "Ana", "Luis", "50"}};
    struct transferencia imposible = {pool, "Ana", "Luis", "500"};

    int rc = as_gather_each(transferir, juntas, 2, sizeof *juntas,
                            NULL);
    if (rc == 0)
        rc = ver_saldos(pool);
    if (rc < 0)
        return rc;
    rc = transferir(&imposible);
    printf("500 euros: %s\n", rc == UV_EINVAL ? "no caben" : "hecho");
    return ver_saldos(pool);
}
/* [/banco] */

static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(
        pool, "CREATE TABLE cuentas (nombre text PRIMARY KEY,"
              "  saldo integer CHECK (saldo >= 0));"
              "INSERT INTO cuentas VALUES ('Ana', 100), ('Luis', 0)");
    if (rc == 0)
        rc = usar_banco(pool);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
