#include "pg_prueba.h"

#include <unistd.h>

/* Los canales son de la base entera y no del esquema: cada prueba tiene los suyos. */
TestSuite(pg_avisos, .timeout = 60);

static as_pg_connection *escucha(as_pg *pool, const char *sql)
{
    as_pg_connection *c;

    BIEN(as_pg_acquire(pool, &c));
    BIEN(as_pg_query_on(c, sql, NULL, 0, NULL));
    return c;
}

/* El texto de la próxima, que debe ser del canal. */
static const char *proxima(as_pg_connection *c, const char *canal)
{
    static char texto[64];
    as_pg_notification aviso;

    BIEN(as_pg_notification_wait(c, &aviso));
    cr_assert_str_eq(aviso.channel, canal);
    snprintf(texto, sizeof texto, "%s", aviso.payload);
    as_pg_notification_clear(&aviso);
    cr_assert_null(aviso.channel);
    as_pg_notification_clear(&aviso);
    return texto;
}

static int llegan(struct pg_entorno *e)
{
    as_pg_connection *c = escucha(e->pool, "listen uno; listen dos");
    as_pg *otro = abre_pool(e->conninfo, 1);
    as_pg_notification aviso;

    hace(otro,
         "notify uno, 'hola'; notify dos; notify tres, 'de nadie'; notify uno, 'Ñ'");
    cr_assert_str_eq(proxima(c, "uno"), "hola");
    cr_assert_str_eq(proxima(c, "dos"), "");
    BIEN(as_pg_query_on(c, "notify uno, 'mía'", NULL, 0, NULL));
    cr_assert_str_eq(proxima(c, "uno"), "Ñ",
                     "las recibidas con otra consulta no se pierden");
    long yo = proceso_de(c);
    BIEN(as_pg_notification_wait(c, &aviso));
    cr_assert_str_eq(aviso.payload, "mía");
    cr_assert_eq(aviso.sender, yo);
    as_pg_notification_clear(&aviso);
    BIEN(as_pg_query(otro, "select pg_notify($1, $2)", PARAMETROS("dos", "it's"), NULL));
    cr_assert_str_eq(proxima(c, "dos"), "it's");
    as_pg_close(otro);
    as_pg_release(c);
    return 0;
}

PRUEBA(pg_avisos, llegan_por_orden_con_su_canal_y_su_texto)
{
    con_pg(llegan, 1, NULL);
}

struct oyente {
    as_pg_connection *c;
    struct diario diario;
};

static int apunta_tres(void *arg)
{
    struct oyente *o = arg;

    for (int i = 0; i < 3; i++)
        anota(&o->diario, "%s ", proxima(o->c, "canal"));
    return 0;
}

static int mientras_espera(struct pg_entorno *e)
{
    struct oyente o = {.c = escucha(e->pool, "listen canal")};
    as_pg *otro = abre_pool(e->conninfo, 1);
    as_group grupo;

    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, apunta_tres, &o);
    BIEN(as_yield());
    cr_assert_eq(as_pg_query_on(o.c, "select 1", NULL, 0, NULL), UV_EBUSY);
    for (int i = 0; i < 3; i++)
        hace(otro, "notify canal, '%d'", i);
    BIEN(as_await(tarea));
    DIARIO_ES(&o.diario, "0 1 2 ");
    BIEN(as_group_leave(&grupo, 0));
    as_pg_close(otro);
    as_pg_release(o.c);
    return 0;
}

PRUEBA(pg_avisos, quien_espera_despierta_y_nadie_mas_usa_la_conexion)
{
    con_pg(mientras_espera, 1, NULL);
}

/* Reparte lo que llega, como quien lo envía a sus clientes. */
struct reparto {
    as_queue cola;
    struct diario diario;
};

static int reparte(void *arg)
{
    struct reparto *r = arg;
    void *aviso;
    int rc;

    while ((rc = as_queue_get(&r->cola, &aviso)) == 0)
        anota(&r->diario, "sale %s ", (const char *)aviso);
    return rc == UV_EOF ? 0 : rc;
}

static int de_golpe(struct pg_entorno *e)
{
    static char textos[4][64];
    as_pg_connection *c = escucha(e->pool, "listen rafaga");
    struct reparto r = {0};
    as_group grupo;

    BIEN(as_pg_query_on(c, "notify rafaga, '0'; notify rafaga, '1'; notify rafaga, '2'",
                        NULL, 0, NULL)); /* ya están aquí las tres */
    as_queue_init(&r.cola, 0);
    as_group_enter(&grupo);
    BIEN(as_start_soon(&grupo, NULL, reparte, &r));
    for (int i = 0; i < 3; i++) {
        snprintf(textos[i], sizeof textos[i], "%s", proxima(c, "rafaga"));
        anota(&r.diario, "llega %s ", textos[i]);
        BIEN(as_queue_put_nowait(&r.cola, textos[i]));
    }
    as_queue_close(&r.cola);
    BIEN(as_group_leave(&grupo, 0));
    as_queue_destroy(&r.cola);
    DIARIO_ES(&r.diario, "llega 0 sale 0 llega 1 sale 1 llega 2 sale 2 ");
    as_pg_release(c);
    return 0;
}

PRUEBA(pg_avisos, de_una_rafaga_cada_uno_sale_antes_de_que_llegue_el_siguiente)
{
    con_pg(de_golpe, 1, NULL);
}

static int con_plazo(struct pg_entorno *e)
{
    as_pg_connection *c = escucha(e->pool, "listen plazo");
    as_pg_notification aviso;
    as_scope ambito;

    as_scope_enter(&ambito, 30);
    int rc = as_pg_notification_wait(c, &aviso);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_null(aviso.channel);
    BIEN(as_pg_query_on(c, "notify plazo, 'sigo'", NULL, 0, NULL));
    as_scope_enter(&ambito, 0); /* cancelada, ni siquiera toma la que ya está */
    rc = as_pg_notification_wait(c, &aviso);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_str_eq(proxima(c, "plazo"), "sigo");
    as_pg_release(c);
    return 0;
}

PRUEBA(pg_avisos, cancelar_la_espera_no_pierde_ninguna)
{
    con_pg(con_plazo, 1, NULL);
}

static int se_corta(struct pg_entorno *e)
{
    as_pg_connection *c = escucha(e->pool, "listen corte");
    as_pg *verdugo = abre_pool(e->conninfo, 1);
    as_pg_notification aviso;

    hace(verdugo, "select pg_terminate_backend(%ld)", proceso_de(c));
    int rc = as_pg_notification_wait(c, &aviso);
    cr_assert_eq(rc, UV_ECONNRESET, "%s", as_error_text(rc));
    cr_assert_eq(as_pg_notification_wait(c, &aviso), UV_ENOTCONN);
    as_pg_release(c);
    as_pg_close(verdugo);
    hace(e->pool, "select 1");
    return 0;
}

PRUEBA(pg_avisos, si_la_conexion_se_pierde_se_sabe)
{
    con_pg(se_corta, 1, NULL);
}
