/*
 * 1 · Predecir · 7 minutos
 * Cinco tareas y dos conexiones: ¿cuál le toca a cada una, y cuándo?
 *
 * La primera línea es «0 ms: A por la 1». Escribe las cinco. De las
 * conexiones libres, pg_falsa.h presta la de menor número.
 *
 * predicción:
 * 0 ms: A por la 1
 * 0 ms: B por la 2
 * 10 ms: C por la 2
 * 20 ms: D por la 2
 * 30 ms: E por la 1
 * fin
 */
#include "lessons/13-bases-de-datos/pg_falsa.h"

struct pedido {
    const char *quien, *ms;
};

static as_pg *pool;
static uint64_t inicio;

/* Tarda los milisegundos que dice su valor. */
static int responder(const char *sql, const char *const *valores)
{
    (void)sql;
    return as_sleep(atoi(valores[0]));
}

static int preguntar(void *arg)
{
    const struct pedido *p = arg;
    const char *const valores[] = {p->ms};
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    printf("%d ms: %s por la %d\n", (int)(as_now() - inicio), p->quien, conexion->numero);
    rc = as_pg_query_on(conexion, "SELECT tardar($1)", valores, 1, NULL);
    as_pg_release(conexion);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct pedido pedidos[] = {
        {"A", "30"}, {"B", "10"}, {"C", "10"}, {"D", "30"}, {"E", "10"}};
    as_pg_options opciones = {.max_connections = 2};

    int rc = as_pg_new("", &opciones, &pool);
    if (rc < 0)
        return rc;
    inicio = as_now();
    rc = as_gather_each(preguntar, pedidos, 5, sizeof *pedidos, NULL);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
