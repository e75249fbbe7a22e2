#include "ventas.h"

enum { CUANTAS = 100 };

/* [insertar] */
static int insertar(void *arg)
{
    const struct venta *v = arg;
    char id[12];

    snprintf(id, sizeof id, "%d", v->id);
    const char *const valores[] = {id, "taza"};
    return as_pg_query(v->pool,
                       "INSERT INTO ventas(id, que) VALUES($1, $2)",
                       valores, 2, NULL);
}
/* [/insertar] */

/* [fila] */
static int insertar_en_fila(as_pg *pool)
{
    uint64_t inicio = as_now();

    for (int i = 1; i <= CUANTAS; i++) {
        struct venta venta = {pool, i};
        int rc = insertar(&venta);
        if (rc < 0)
            return rc;
    }
    printf("%d ventas: %s\n", CUANTAS, tramo(as_now() - inicio));
    return 0;
}
/* [/fila] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool, VENTAS);
    if (rc == 0)
        rc = insertar_en_fila(pool);
    as_pg_close(pool);
    return rc;
}
/* [/principal] */

int main(void)
{
    return correr(principal, NULL);
}
