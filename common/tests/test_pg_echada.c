#include "pg_prueba.h"

/* El servidor echa a una conexión que está parada en una transacción: lo que dijo al hacerlo es
 * la única explicación que hay, y le llega a quien la usa después. */
TestSuite(pg_echada, .timeout = 60);

static void parada_en_transaccion(as_pg_connection **c, as_pg *pool)
{
    BIEN(as_pg_acquire(pool, c));
    BIEN(as_pg_begin(*c));
}

static void echa(as_pg *desde, as_pg_connection *c)
{
    char sql[128];
    long proceso = proceso_de(c);

    hace(desde, "select pg_terminate_backend(%ld)", proceso);
    snprintf(sql, sizeof sql, "select count(*) from pg_stat_activity where pid = %ld",
             proceso);
    espera_numero(desde, sql, 0);
}

static int consulta(as_pg_connection *c)
{
    return as_pg_query_on(c, "select 1", NULL, 0, NULL);
}

static int consulta_con_parametros(as_pg_connection *c)
{
    return as_pg_query_on(c, "select $1::text", PARAMETROS("a"), NULL);
}

static int confirma(as_pg_connection *c)
{
    return as_pg_end(c, 0);
}

static int escucha(as_pg_connection *c)
{
    as_pg_notification aviso;

    return as_pg_notification_wait(c, &aviso);
}

static int (*const usos[])(as_pg_connection *c) = {consulta, consulta_con_parametros,
                                                   confirma, escucha};

enum { USOS = sizeof usos / sizeof *usos };

static void se_explica(int rc, size_t uso, const char *dijo, const char *estado)
{
    cr_assert_eq(rc, UV_ECONNRESET, "%zu: %s", uso, as_strerror(rc));
    cr_assert(strstr(as_error_text(rc), dijo), "%zu: %s", uso, as_error_text(rc));
    cr_assert_str_eq(as_pg_sqlstate(rc), estado);
}

static int por_donde_sea(struct pg_entorno *e)
{
    struct puente *puente = puente_abre(PASA);
    char conninfo[64];

    snprintf(conninfo, sizeof conninfo, "host=127.0.0.1 port=%d", puente->puerto);
    as_pg *lejos = abre_pool(conninfo, 0);
    for (size_t i = 0; i < 2 * USOS; i++) {
        as_pg_connection *c;
        parada_en_transaccion(&c, i < USOS ? e->pool : lejos);
        echa(e->pool, c);
        while (atomic_load(&puente->vivos) > 0) /* aún no ha pasado lo que dijo */
            BIEN(as_sleep(1));
        se_explica(usos[i % USOS](c), i, "administrator command", "57P01");
        as_pg_release(c);
    }
    as_pg_close(lejos);
    puente_cierra(puente);
    return 0;
}

PRUEBA(pg_echada, lo_que_dijo_el_servidor_llega_a_quien_la_usa)
{
    con_pg(por_donde_sea, 0, NULL);
}

/* Si el servidor la echa por parada, tampoco es un fallo suyo: la conexión se perdió. */
static int se_cansa_el_servidor(struct pg_entorno *e)
{
    for (size_t i = 0; i < USOS; i++) {
        as_pg_connection *c;
        char sql[128];
        parada_en_transaccion(&c, e->pool);
        snprintf(sql, sizeof sql, "select count(*) from pg_stat_activity where pid = %ld",
                 proceso_de(c));
        BIEN(as_pg_query_on(c, "set idle_in_transaction_session_timeout = 1", NULL, 0,
                            NULL));
        espera_numero(e->pool, sql, 0);
        se_explica(usos[i](c), i, "idle-in-transaction timeout", "25P03");
        as_pg_release(c);
    }
    return 0;
}

PRUEBA(pg_echada, la_que_se_queda_parada_en_una_transaccion_se_pierde)
{
    con_pg(se_cansa_el_servidor, 0, NULL);
}
