#include "ventas.h"

enum { MAX_VENTAS = 2000 };

struct pedido {
    int ventas, conexiones;
};

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

/* [insertar] */
static int insertar_a_la_vez(as_pg *pool, int cuantas)
{
    /* No caben en la pila; solo las usa la principal. */
    static struct venta ventas[MAX_VENTAS];
    uint64_t inicio = as_now();

    for (int i = 0; i < cuantas; i++)
        ventas[i] = (struct venta){pool, i + 1};
    int rc = as_gather_each(insertar, ventas, (size_t)cuantas,
                            sizeof *ventas, NULL);
    if (rc == 0)
        printf("%d ventas: %s\n", cuantas, tramo(as_now() - inicio));
    return rc;
}
/* [/insertar] */

/* [principal] */
static int principal(void *arg)
{
    const struct pedido *pedido = arg;
    as_pg_options opciones = {
        .max_connections = (size_t)pedido->conexiones};
    as_pg *pool;

    int rc = as_pg_new(BASE, &opciones, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool, VENTAS);
    if (rc == 0)
        rc = insertar_a_la_vez(pool, pedido->ventas);
    as_pg_close(pool);
    return rc;
}
/* [/principal] */

/* ./ventas_2 [ventas [conexiones]] */
int main(int argc, char **argv)
{
    struct pedido pedido = {100, 10};

    if (argc > 1)
        pedido.ventas = atoi(argv[1]);
    if (argc > 2)
        pedido.conexiones = atoi(argv[2]);
    if (pedido.ventas < 1 || pedido.ventas > MAX_VENTAS)
        pedido.ventas = 100;
    if (pedido.conexiones < 1)
        pedido.conexiones = 10;
    return correr(principal, &pedido);
}
