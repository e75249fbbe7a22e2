#include "pg_prueba.h"

#include <unistd.h>

TestSuite(pg_filas, .timeout = 60);

struct cuenta {
    as_pg *pool, *otro;
    long filas, suma, para_en;
    int al_parar;
};

static int suma_y_sigue(const as_pg_result *fila, void *arg)
{
    struct cuenta *c = arg;

    cr_assert_eq(as_pg_rows(fila), 1u);
    c->filas++;
    c->suma += strtol(as_pg_value(fila, 0, 0), NULL, 10);
    return c->filas == c->para_en ? c->al_parar : 0;
}

static int todas(struct pg_entorno *e)
{
    struct cuenta c = {0};

    BIEN(as_pg_query_each(e->pool, "select i, null from generate_series(1, $1::int) i",
                          PARAMETROS("200000"), suma_y_sigue, &c));
    cr_assert_eq(c.filas, 200000);
    cr_assert_eq(c.suma, 200000L * 200001 / 2);

    c = (struct cuenta){0};
    BIEN(as_pg_query_each(e->pool, "select 1 where false", NULL, 0, suma_y_sigue, &c));
    BIEN(as_pg_query_each(e->pool, "create table t(n int)", NULL, 0, suma_y_sigue, &c));
    cr_assert_eq(c.filas, 0);
    return 0;
}

PRUEBA(pg_filas, llegan_todas_y_en_orden)
{
    con_pg(todas, 1, NULL);
}

static int errores(struct pg_entorno *e)
{
    struct cuenta c = {0};
    long proceso = numero(e->pool, "select pg_backend_pid()");

    cr_assert_eq(as_pg_query_each(e->pool, "selec 1", NULL, 0, suma_y_sigue, &c),
                 UV_EINVAL);
    cr_assert_str_eq(as_pg_sqlstate(UV_EINVAL), "42601");
    cr_assert_eq(c.filas, 0);
    cr_assert_eq(as_pg_query_each(e->pool,
                                  "select 6 / (4 - i) from generate_series(1, 9) i", NULL,
                                  0, suma_y_sigue, &c),
                 UV_EINVAL);
    cr_assert_str_eq(as_pg_sqlstate(UV_EINVAL), "22012");
    cr_assert_eq(c.filas, 3, "las de antes llegaron");
    hace(e->pool, "create table t(n int)");
    cr_assert_eq(
        as_pg_query_each(e->pool, "select 1", PARAMETROS("de más"), suma_y_sigue, &c),
        UV_EINVAL);
    cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), proceso);
    cr_assert_eq(as_pg_query_each(e->pool, "copy t to stdout", NULL, 0, suma_y_sigue, &c),
                 UV_ENOTSUP);
    cr_assert_eq(c.filas, 3);
    hace(e->pool, "select 1");
    return 0;
}

PRUEBA(pg_filas, un_error_llega_despues_de_las_filas_buenas)
{
    con_pg(errores, 1, NULL);
}

static int para(struct pg_entorno *e)
{
    static const int como[] = {7, UV_EPERM, UV_ECANCELED};
    long proceso = numero(e->pool, "select pg_backend_pid()");

    servidor_sin_prisa();
    for (size_t i = 0; i < sizeof como / sizeof *como; i++) {
        struct cuenta c = {.para_en = 5, .al_parar = como[i]};
        int rc = as_pg_query_each(e->pool, "select generate_series(1, 1000000000)", NULL,
                                  0, suma_y_sigue, &c);
        cr_assert_eq(rc, como[i], "%s", as_error_text(rc));
        cr_assert_eq(c.filas, 5);
        cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), proceso,
                     "la misma conexión sigue sirviendo");
    }
    return 0;
}

PRUEBA(pg_filas, quien_las_recibe_puede_pararlas)
{
    con_pg(para, 1, NULL);
}

/* Con la primera fila en la mano, espera a que el servidor se atasque: las demás no caben por
 * el camino, y aquí no se guardan. */
static int no_lee_hasta_el_atasco(const as_pg_result *fila, void *arg)
{
    struct cuenta *c = arg;

    (void)fila;
    if (c->filas++ == 0)
        espera_numero(c->otro,
                      "select count(*) from pg_stat_activity "
                      "where wait_event = 'ClientWrite' and query like '%repeat(''x''%' "
                      "and pid <> pg_backend_pid()",
                      1);
    return 0;
}

static int despacio(struct pg_entorno *e)
{
    struct cuenta c = {.otro = abre_pool(e->conninfo, 1)};

    BIEN(as_pg_query_each(e->pool,
                          "select repeat('x', 1000) from generate_series(1, 30000)", NULL,
                          0, no_lee_hasta_el_atasco, &c));
    cr_assert_eq(c.filas, 30000);
    as_pg_close(c.otro);
    return 0;
}

PRUEBA(pg_filas, quien_lee_despacio_frena_al_servidor)
{
    con_pg(despacio, 1, NULL);
}

static int duerme(const as_pg_result *fila, void *arg)
{
    struct cuenta *c = arg;

    (void)fila;
    c->filas++;
    return as_sleep(600000);
}

static int con_plazo(struct pg_entorno *e)
{
    static const char *const sql[] = {"select generate_series(1, 1000000)",
                                      "select pg_sleep(600)"};
    long proceso = numero(e->pool, "select pg_backend_pid()");

    for (int i = 0; i < 2; i++) { /* mientras la atiende, y mientras la espera */
        struct cuenta c = {0};
        as_scope ambito;
        as_scope_enter(&ambito, 50);
        int rc = as_pg_query_each(e->pool, sql[i], NULL, 0, duerme, &c);
        cr_assert_eq(rc, UV_ECANCELED);
        cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
        cr_assert_eq(c.filas, 1 - i);
        cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), proceso);
    }
    return 0;
}

PRUEBA(pg_filas, vence_el_plazo_entre_dos_filas)
{
    con_pg(con_plazo, 1, NULL);
}
