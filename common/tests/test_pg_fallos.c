#include "pg_prueba.h"

#include <sys/wait.h>
#include <unistd.h>

TestSuite(pg_fallos, .timeout = 60);

/* ---- Cancelar ----------------------------------------------------------------------- */

struct victima {
    as_pg *pool;
    const char *sql, *param;
    int rc;
};

static int consulta(void *arg)
{
    struct victima *v = arg;

    v->rc = as_pg_query(v->pool, v->sql, &v->param, v->param ? 1 : 0, NULL);
    return v->rc;
}

static long en_marcha(as_pg *pool)
{
    return numero(pool,
                  "select count(*) from pg_stat_activity where state <> 'idle' "
                  "and application_name = 'prueba_%d' and pid <> pg_backend_pid()",
                  (int)getpid());
}

static int cancela(struct pg_entorno *e)
{
    as_pg *vigia = abre_pool(e->conninfo, 0);
    long proceso = numero(e->pool, "select pg_backend_pid()");

    servidor_sin_prisa();
    for (int vez = 0; vez < 5; vez++) {
        struct victima v = {.pool = e->pool, .sql = "select pg_sleep(600)"};
        as_group grupo;
        as_group_enter(&grupo);
        as_task *tarea = as_spawn(&grupo, NULL, consulta, &v);
        while (en_marcha(vigia) == 0)
            ;
        as_cancel(tarea);
        cr_assert_eq(as_await(tarea), UV_ECANCELED);
        cr_assert_eq(en_marcha(vigia), 0, "el servidor también la dejó");
        cr_assert_eq(as_group_leave(&grupo, 0), 0);
        cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), proceso,
                     "la misma conexión sigue sirviendo");
    }
    as_pg_close(vigia);
    return 0;
}

PRUEBA(pg_fallos, cancelada_a_medias_el_servidor_la_deja)
{
    con_pg(cancela, 1, NULL);
}

static int con_plazo(struct pg_entorno *e)
{
    long proceso = numero(e->pool, "select pg_backend_pid()");
    as_scope ambito;

    servidor_sin_prisa();
    hace(e->pool, "create table t(n int)");
    as_scope_enter(&ambito, 50);
    int rc = as_pg_query(e->pool, "insert into t values (1); select pg_sleep(600)", NULL,
                         0, NULL);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_pg_query(e->pool, "insert into t values (2)", NULL, 0, NULL),
                 UV_ECANCELED, "en un ámbito cancelado no se hace nada");
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    cr_assert_eq(numero(e->pool, "select count(*) from t"), 0);
    cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), proceso);

    /* Dentro de una transacción, solo se pierde la transacción. */
    as_pg_connection *c;
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);
    as_scope_enter(&ambito, 50);
    cr_assert_eq(as_pg_begin(c), 0);
    rc = as_pg_query_on(c, "insert into t values (1)", NULL, 0, NULL);
    if (rc == 0)
        rc = as_pg_query_on(c, "select pg_sleep(600)", NULL, 0, NULL);
    rc = as_scope_leave(&ambito, as_pg_end(c, rc));
    cr_assert_eq(rc, UV_ETIMEDOUT);
    cr_assert_eq(proceso_de(c), proceso);
    as_pg_release(c);
    cr_assert_eq(numero(e->pool, "select count(*) from t"), 0);
    return 0;
}

PRUEBA(pg_fallos, vence_el_plazo_de_una_consulta_y_de_una_transaccion)
{
    con_pg(con_plazo, 1, NULL);
}

/* Cancela tras 0, 1, 2... turnos del bucle. Lo que dice la función es lo que hay en la
 * tabla, la cancelen donde la cancelen. */
static int en_cada_turno(struct pg_entorno *e)
{
    int canceladas = 0, hechas = 0;

    servidor_sin_prisa();
    hace(e->pool, "create table t(n int)");
    for (int turnos = 0; turnos < 150; turnos++) {
        struct victima v = {.pool = e->pool,
                            .sql = "insert into t select $1::int from pg_sleep(0.002)",
                            .param = "1",
                            .rc = UV_ECANCELED};
        as_group grupo;
        as_group_enter(&grupo);
        as_task *tarea = as_spawn(&grupo, NULL, consulta, &v);
        for (int i = 0; i < turnos; i++)
            cr_assert_eq(as_yield(), 0);
        as_cancel(tarea);
        cr_assert_eq(as_group_leave(&grupo, 0), 0);
        cr_assert(v.rc == 0 || v.rc == UV_ECANCELED, "%s", as_strerror(v.rc));
        canceladas += v.rc < 0;
        hechas += v.rc == 0;
    }
    cr_assert_gt(canceladas, 0);
    cr_assert_eq(numero(e->pool, "select count(*) from t"), hechas);
    return 0;
}

PRUEBA(pg_fallos, cancelada_en_cualquier_turno_dice_la_verdad)
{
    con_pg(en_cada_turno, 1, NULL);
}

struct tropel {
    struct pg_entorno *e;
    unsigned semilla;
    int bien, cortadas;
};

static int uno_del_tropel(void *arg)
{
    struct tropel *t = arg;

    for (int i = 0; i < 10; i++) {
        as_scope ambito;
        bool lenta = rand_r(&t->semilla) % 3 == 0;
        as_scope_enter(&ambito, 1 + rand_r(&t->semilla) % 30);
        int rc = as_pg_query(t->e->pool,
                             lenta ? "insert into t select 1 from pg_sleep(600)"
                                   : "insert into t select 1 from pg_sleep(0.001)",
                             NULL, 0, NULL);
        rc = as_scope_leave(&ambito, rc);
        cr_assert(rc == 0 || rc == UV_ETIMEDOUT, "%s", as_error_text(rc));
        t->bien += rc == 0;
        t->cortadas += rc < 0;
    }
    return 0;
}

static int tropel(struct pg_entorno *e)
{
    enum { TAREAS = 20 };
    struct tropel todos[TAREAS];
    int bien = 0, cortadas = 0;

    servidor_sin_prisa();
    hace(e->pool, "create table t(n int)");
    for (unsigned i = 0; i < TAREAS; i++)
        todos[i] = (struct tropel){.e = e, .semilla = i};
    cr_assert_eq(as_gather_each(uno_del_tropel, todos, TAREAS, sizeof *todos, NULL), 0);
    for (int i = 0; i < TAREAS; i++) {
        bien += todos[i].bien;
        cortadas += todos[i].cortadas;
    }
    cr_assert_gt(cortadas, 0);
    cr_assert_eq(numero(e->pool, "select count(*) from t"), bien);
    cr_assert_eq(en_marcha(e->pool), 0);
    return 0;
}

PRUEBA(pg_fallos, un_tropel_con_plazos_al_azar_no_estropea_nada)
{
    con_pg(tropel, 5, NULL);
}

/* ---- Conexiones que mueren ---------------------------------------------------------- */

static int mata(struct pg_entorno *e)
{
    as_pg *verdugo = abre_pool(e->conninfo, 0);
    struct victima v = {.pool = e->pool, .sql = "select pg_sleep(600)"};
    as_group grupo;

    /* A media consulta. */
    long proceso = numero(e->pool, "select pg_backend_pid()");
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, consulta, &v);
    while (en_marcha(verdugo) == 0)
        ;
    hace(verdugo, "select pg_terminate_backend(%ld)", proceso);
    cr_assert_eq(as_await(tarea), UV_ECONNRESET);
    cr_assert_str_eq(as_pg_sqlstate(UV_ECONNRESET), "57P01");
    cr_assert_eq(as_group_leave(&grupo, 0), UV_ECONNRESET);
    long otro = numero(e->pool, "select pg_backend_pid()");
    cr_assert_neq(otro, proceso, "la sustituye otra");

    /* Ociosa: nadie se entera. */
    hace(verdugo, "select pg_terminate_backend(%ld, 10000)", otro);
    cr_assert_neq(numero(e->pool, "select pg_backend_pid()"), otro);

    /* Prestada, entre dos consultas: falla una vez, y ya no vale. */
    as_pg_connection *c;
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);
    hace(verdugo, "select pg_terminate_backend(%ld, 10000)", proceso_de(c));
    cr_assert_eq(as_pg_query_on(c, "select 1", NULL, 0, NULL), UV_ECONNRESET);
    cr_assert_eq(as_pg_query_on(c, "select 1", NULL, 0, NULL), UV_ENOTCONN);
    cr_assert_eq(as_pg_begin(c), UV_ENOTCONN);
    as_error_set(UV_EPERM, "lo que pasó");
    cr_assert_eq(as_pg_end(c, UV_EPERM), UV_EPERM);
    cr_assert_str_eq(as_error_text(UV_EPERM), "lo que pasó");
    as_pg_release(c);
    hace(e->pool, "select 1");
    as_pg_close(verdugo);
    return 0;
}

PRUEBA(pg_fallos, una_conexion_muerta_se_sustituye)
{
    con_pg(mata, 1, NULL);
}

static int deja_una_transaccion(struct pg_entorno *e)
{
    as_pg_connection *c;

    hace(e->pool, "create table t(n int)");
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);
    long proceso = proceso_de(c);
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (1)", NULL, 0, NULL), 0);
    as_pg_release(c);
    cr_assert_neq(numero(e->pool, "select pg_backend_pid()"), proceso);
    cr_assert_eq(as_pg_query(e->pool, "begin; insert into t values (2)", NULL, 0, NULL),
                 0);
    hace(e->pool, "begin; lock table t; commit"); /* nadie la tiene a medias */
    cr_assert_eq(numero(e->pool, "select count(*) from t"), 0);
    return 0;
}

PRUEBA(pg_fallos, con_una_transaccion_abierta_no_se_presta_a_nadie)
{
    con_pg(deja_una_transaccion, 1, NULL);
}

/* ---- El servidor se va y vuelve ----------------------------------------------------- */

struct servidor_propio {
    pid_t proceso;
    int tubo; /* al cerrarlo, se va */
    char carpeta[256];
};

/* Otro PostgreSQL, solo para esta prueba: dura lo que el tubo por donde cat lee. */
static void levanta(struct servidor_propio *s)
{
    int ida[2], vuelta[2];
    size_t leido = 0;
    ssize_t n;

    cr_assert_eq(pipe(ida), 0);
    cr_assert_eq(pipe(vuelta), 0);
    s->proceso = fork();
    cr_assert_geq(s->proceso, 0);
    if (s->proceso == 0) {
        const char *guion = getenv("ASINC_PG_CLUSTER");
        dup2(ida[0], STDIN_FILENO);
        dup2(vuelta[1], STDOUT_FILENO);
        for (int fd = 3; fd < 100; fd++)
            close(fd);
        execl(guion, guion, "sh", "-c", "echo $PGHOST; exec cat >/dev/null",
              (char *)NULL);
        _exit(127);
    }
    close(ida[0]);
    close(vuelta[1]);
    s->tubo = ida[1];
    do {
        n = read(vuelta[0], s->carpeta + leido, sizeof s->carpeta - 1 - leido);
        cr_assert_gt(n, 0, "pg_cluster.sh no arrancó");
        leido += (size_t)n;
    } while (s->carpeta[leido - 1] != '\n');
    s->carpeta[leido - 1] = '\0';
    close(vuelta[0]);
}

static void derriba(struct servidor_propio *s)
{
    close(s->tubo);
    waitpid(s->proceso, NULL, 0);
}

static void para_el_servidor(const char *carpeta, int senal)
{
    char ruta[300];
    int proceso;

    snprintf(ruta, sizeof ruta, "%s/data/postmaster.pid", carpeta);
    FILE *f = fopen(ruta, "r");
    cr_assert_not_null(f);
    cr_assert_eq(fscanf(f, "%d", &proceso), 1);
    fclose(f);
    cr_assert_eq(kill(proceso, senal), 0);
}

static int reinicia(void *arg)
{
    struct servidor_propio *s = arg;
    char conninfo[300];
    struct victima v[3];
    int como[3];

    snprintf(conninfo, sizeof conninfo, "host='%s'", s->carpeta);
    as_pg *pool = abre_pool(conninfo, 0);
    crea_cita(pool);
    for (int vez = 0; vez < 2; vez++) {
        hace(pool, "select setval('llegadas', 0)");
        as_group grupo;
        as_group_enter(&grupo);
        as_group_keep_going(&grupo);
        as_task *tareas[3];
        for (int i = 0; i < 3; i++) {
            v[i] = (struct victima){.pool = pool, .sql = "select cita(100)"};
            tareas[i] = as_spawn(&grupo, NULL, consulta, &v[i]);
        }
        espera_numero(pool, "select last_value from llegadas", 3);
        para_el_servidor(s->carpeta, vez == 0 ? SIGINT : SIGQUIT);
        for (int i = 0; i < 3; i++) {
            como[i] = as_await(tareas[i]);
            cr_assert_eq(como[i], UV_ECONNRESET, "%s", as_error_text(como[i]));
        }
        cr_assert_eq(as_group_leave(&grupo, 0), UV_ECONNRESET);
        int rc;
        while ((rc = as_pg_query(pool, "select 1", NULL, 0, NULL)) < 0)
            cr_assert(rc == UV_ECONNREFUSED || rc == UV_ECONNRESET, "%s",
                      as_error_text(rc));
    }
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_fallos, el_servidor_se_reinicia_y_el_pool_se_repone)
{
    struct servidor_propio s;

    necesita_pg();
    levanta(&s);
    CORRE(reinicia, &s, 0);
    derriba(&s);
}
