#include "pg_prueba.h"
#include "sin_memoria.h"

TestSuite(memoria_pg, .timeout = 120);

static int transaccion(as_pg *pool)
{
    as_pg_connection *c;
    as_pg_result *r;

    int rc = as_pg_acquire(pool, &c);
    if (rc < 0)
        return rc;
    rc = as_pg_begin(c);
    if (rc == 0) {
        rc = as_pg_query_on(c, "select 'texto ' || $1", (const char *[]){"7"}, 1, &r);
        if (rc == 0 && strcmp(as_pg_value(r, 0, 0), "texto 7") != 0)
            rc = UV_EPROTO;
        as_pg_result_free(r);
        rc = as_pg_end(c, rc);
    }
    as_pg_release(c);
    return rc;
}

static int nada(const as_pg_result *fila, void *arg)
{
    (void)fila;
    (void)arg;
    return 0;
}

static int principal(void *arg)
{
    as_pg *pool;
    as_scope plazo;

    int rc = as_pg_new(arg, NULL, &pool);
    if (rc < 0)
        return rc;
    as_scope_enter(&plazo, 10000);
    rc = transaccion(pool);
    if (rc == 0)
        rc = as_pg_query(pool, "select 1", NULL, 0, NULL);
    if (rc == 0)
        rc = as_pg_query_each(pool, "select generate_series(1, 3)", NULL, 0, nada, NULL);
    rc = as_scope_leave(&plazo, rc);
    as_pg_close(pool);
    return rc;
}

static int caso(void)
{
    return as_run(principal, NULL);
}

/* Lo que libpq no puede reservar lo cuenta a veces como otro fallo de la conexión. */
PRUEBA(memoria_pg, ni_se_cae_ni_pierde_memoria)
{
    EXIGE_SIN_MEMORIA();
    necesita_pg();
    sin_memoria_recorre_tolerante(caso, 0, 50);
}
