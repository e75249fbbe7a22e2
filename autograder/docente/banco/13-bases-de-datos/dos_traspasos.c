/* Dos traspasos entre dos cuentas que no pueden bajar de cero. */
#include "base.h"

static int mover(as_pg_connection *conexion, const char *euros)
{
    const char *const valor[] = {euros};

    int rc = as_pg_query_on(conexion,
                            "UPDATE cuentas SET saldo = saldo + "
                            "$1::int WHERE nombre = 'b'",
                            valor, 1, NULL);
    if (rc == 0)
        rc = as_pg_query_on(conexion,
                            "UPDATE cuentas SET saldo = saldo - "
                            "$1::int WHERE nombre = 'a'",
                            valor, 1, NULL);
    return rc;
}

static void traspasar(as_pg_connection *conexion, const char *euros)
{
    int rc = as_pg_begin(conexion);
    if (rc == 0)
        rc = as_pg_end(conexion, mover(conexion, euros));
    printf("%s: %s\n", euros, rc < 0 ? "no" : "sí");
}

static int principal(void *arg)
{
    (void)arg;
    as_pg_connection *conexion;
    as_pg_result *filas;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool,
                  "CREATE TABLE cuentas(nombre text, saldo int CHECK "
                  "(saldo >= 0)); "
                  "INSERT INTO cuentas VALUES ('a', 100), ('b', 10)");
    if (rc == 0)
        rc = as_pg_acquire(pool, &conexion);
    if (rc == 0) {
        traspasar(conexion, "70");
        traspasar(conexion, "50");
        as_pg_release(conexion);
        rc = as_pg_query(pool,
                         "SELECT saldo FROM cuentas ORDER BY nombre",
                         NULL, 0, &filas);
    }
    if (rc == 0) {
        printf("a: %s\n", as_pg_value(filas, 0, 0));
        printf("b: %s\n", as_pg_value(filas, 1, 0));
        as_pg_result_free(filas);
    }
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
