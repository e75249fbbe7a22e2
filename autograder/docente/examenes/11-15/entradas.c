/* Grupos que compran entradas, con una sola conexión. */
#include "lessons/13-bases-de-datos/base.h"

#include <string.h>

struct grupo {
    as_pg *pool;
    const char *nombre, *cuantas;
};

/* [comprar] */
static int apuntar(as_pg_connection *c, const struct grupo *g)
{
    const char *const venta[] = {g->nombre, g->cuantas};
    const char *const resta[] = {g->cuantas};

    int rc = as_pg_query_on(c,
                            "INSERT INTO ventas(quien, cuantas) "
                            "VALUES($1, $2)",
                            venta, 2, NULL);
    if (rc == 0)
        rc = as_pg_query_on(c, "UPDATE aforo SET libres = libres - $1",
                            resta, 1, NULL);
    return rc;
}

static int comprar(void *arg)
{
    const struct grupo *g = arg;
    as_pg_connection *c;

    int rc = as_pg_acquire(g->pool, &c);
    if (rc < 0)
        return rc;
    rc = as_pg_begin(c);
    if (rc == 0)
        rc = as_pg_end(c, apuntar(c, g));
    printf("%s: %s\n", g->nombre, rc < 0 ? "no" : "sí");
    as_pg_release(c);
    return rc;
}
/* [/comprar] */

static int ver(as_pg *pool, const char *titulo, const char *sql)
{
    as_pg_result *filas;

    int rc = as_pg_query(pool, sql, NULL, 0, &filas);
    if (rc < 0)
        return rc;
    printf("%s: %s\n", titulo, as_pg_value(filas, 0, 0));
    as_pg_result_free(filas);
    return 0;
}

/* [dia] */
static const char tablas[] =
    "CREATE TABLE ventas (quien text PRIMARY KEY, cuantas integer);"
    "CREATE TABLE aforo (libres integer CHECK (libres >= 0));"
    "INSERT INTO aforo VALUES (5)";

static int vender(as_pg *pool)
{
    struct grupo grupos[] = {{pool, "colegio", "3"},
                             {pool, "club", "4"},
                             {pool, "colegio", "1"},
                             {pool, "familia", "2"}};
    as_outcome casillas[4];

    int fallos = as_gather_each(comprar, grupos, 4, sizeof *grupos,
                                casillas);
    if (fallos < 0)
        return fallos;
    printf("fallos: %d\n", fallos);
    int rc = ver(pool, "ventas", "SELECT count(*) FROM ventas");
    if (rc == 0)
        rc = ver(pool, "libres", "SELECT libres FROM aforo");
    return rc;
}
/* [/dia] */

static int principal(void *arg)
{
    (void)arg;
    as_pg_options una = {.max_connections = 1};
    as_pg *pool;

    int rc = as_pg_new(BASE, &una, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool, tablas);
    if (rc == 0)
        rc = vender(pool);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
