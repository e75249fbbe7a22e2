#include "base.h"

#include <inttypes.h>

struct compra {
    as_pg *pool;
    const char *id, *que;
};

/* [apuntar] */
static int apuntar(as_pg_connection *conexion, const struct compra *c)
{
    const char *const venta[] = {c->id, c->que};
    const char *const estante[] = {c->que};

    int rc = as_pg_query_on(
        conexion, "INSERT INTO ventas(id, que) VALUES($1, $2)", venta,
        2, NULL);
    if (rc == 0)
        rc = as_pg_query_on(
            conexion,
            "UPDATE estante SET quedan = quedan - 1 WHERE que = $1",
            estante, 1, NULL);
    return rc;
}
/* [/apuntar] */

/* [vender] */
static int vender(void *arg)
{
    const struct compra *c = arg;
    as_pg_connection *conexion;

    int rc = as_pg_acquire(c->pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_begin(conexion);
    if (rc == 0)
        rc = as_pg_end(conexion, apuntar(conexion, c));
    as_pg_release(conexion);
    return rc;
}
/* [/vender] */

/* Escribe la primera casilla de una consulta. */
static int ver(as_pg *pool, const char *titulo, const char *sql)
{
    as_pg_result *filas;
    int64_t numero;

    int rc = as_pg_query(pool, sql, NULL, 0, &filas);
    if (rc < 0)
        return rc;
    rc = as_pg_int(filas, 0, 0, &numero);
    if (rc == 0)
        printf("%s: %" PRId64 "\n", titulo, numero);
    as_pg_result_free(filas);
    return rc;
}

/* [dia] */
static int un_dia(as_pg *pool)
{
    struct compra compras[] = {{pool, "1", "taza"},
                               {pool, "2", "lámpara"},
                               {pool, "3", "lámpara"}};
    as_outcome casillas[3];

    int fallos = as_gather_each(vender, compras, 3, sizeof *compras,
                                casillas);
    if (fallos < 0)
        return fallos;
    printf("compras que no se hicieron: %d\n", fallos);
    int rc = ver(pool, "ventas", "SELECT count(*) FROM ventas");
    if (rc == 0)
        rc = ver(pool, "lámparas",
                 "SELECT quedan FROM estante WHERE que = 'lámpara'");
    return rc;
}
/* [/dia] */

static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(
        pool, "CREATE TABLE ventas (id integer PRIMARY KEY, que text);"
              "CREATE TABLE estante (que text PRIMARY KEY,"
              "  quedan integer CHECK (quedan >= 0));"
              "INSERT INTO estante VALUES ('taza', 2), ('lámpara', 1)");
    if (rc == 0)
        rc = un_dia(pool);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
