#include "pg_prueba.h"

#include <sys/wait.h>
#include <unistd.h>

TestSuite(pg_pool, .timeout = 60);

/* ---- A la vez, y cuántas ------------------------------------------------------------ */

struct insercion {
    as_pg *pool;
    int id;
};

static int inserta(void *arg)
{
    const struct insercion *i = arg;
    char id[16];

    snprintf(id, sizeof id, "%d", i->id);
    const char *params[] = {id, "alguien"};
    return as_pg_query(i->pool, "insert into usuarios(id, nombre) values ($1, $2)",
                       params, 2, NULL);
}

static int inserta_muchas(as_pg *pool, int n, as_outcome *finales)
{
    struct insercion todas[100];

    for (int i = 0; i < n; i++)
        todas[i] = (struct insercion){pool, i};
    return as_gather_each(inserta, todas, (size_t)n, sizeof *todas, finales);
}

static void crea_usuarios_con_cita(as_pg *pool, int n)
{
    crea_cita(pool);
    hace(pool,
         "create table usuarios(id int primary key, nombre text);"
         "create function espera() returns trigger language plpgsql as $$"
         "  begin perform cita(%d); return new; end $$;"
         "create trigger espera before insert on usuarios"
         "  for each row execute function espera()",
         n);
}

static int diez_a_la_vez(struct pg_entorno *e)
{
    crea_usuarios_con_cita(e->pool, 10);
    cr_assert_eq(inserta_muchas(e->pool, 10, NULL), 0);
    cr_assert_eq(numero(e->pool, "select count(*) from usuarios"), 10);
    return 0;
}

PRUEBA(pg_pool, diez_inserciones_se_encuentran_dentro_del_servidor)
{
    /* Ninguna termina hasta que las diez están en marcha. */
    con_pg(diez_a_la_vez, 0, NULL);
}

static int inserta_cincuenta(void *arg)
{
    return inserta_muchas(arg, 50, NULL);
}

/* Llegan las cinco que caben, y quien mira desde fuera no ve llegar a la sexta. */
static int una_de_mas(struct pg_entorno *e)
{
    as_pg *vigia = abre_pool(e->conninfo, 1);
    char conexiones[128];
    as_group grupo;

    servidor_sin_prisa();
    crea_usuarios_con_cita(e->pool, 6);
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, inserta_cincuenta, e->pool);
    espera_numero(vigia, "select last_value from llegadas", 5);
    for (int vez = 0; vez < 20; vez++)
        cr_assert_eq(numero(vigia, "select last_value from llegadas"), 5);
    as_cancel(tarea);
    cr_assert_eq(as_await(tarea), UV_ECANCELED, "la sexta no cabe: la cita no se cumple");
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    as_pg_close(vigia);
    cr_assert_eq(numero(e->pool, "select count(*) from usuarios"), 0);
    snprintf(conexiones, sizeof conexiones,
             "select count(*) from pg_stat_activity where application_name = 'prueba_%d'",
             (int)getpid());
    espera_numero(e->pool, conexiones, 5); /* la del vigía tarda en irse */
    return 0;
}

PRUEBA(pg_pool, nunca_hay_mas_conexiones_que_el_limite)
{
    con_pg(una_de_mas, 5, NULL);
}

static int cien(struct pg_entorno *e)
{
    as_outcome finales[100];

    hace(e->pool, "create table usuarios(id int primary key, nombre text, "
                  "                      quien int default pg_backend_pid())");
    cr_assert_eq(inserta_muchas(e->pool, 100, NULL), 0);
    cr_assert_eq(numero(e->pool, "select count(*) from usuarios"), 100);
    cr_assert_eq(numero(e->pool, "select count(distinct quien) from usuarios"), 10,
                 "las diez conexiones trabajaron");
    /* Cada una sabe que falló, y las conexiones siguen sirviendo. */
    cr_assert_eq(inserta_muchas(e->pool, 100, finales), 100);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(finales[i].rc, UV_EEXIST);
    cr_assert_eq(numero(e->pool,
                        "select count(*) from pg_stat_activity "
                        "where application_name = 'prueba_%d'",
                        (int)getpid()),
                 10);
    return 0;
}

PRUEBA(pg_pool, cien_inserciones_por_diez_conexiones)
{
    con_pg(cien, 0, NULL);
}

static int reutiliza(struct pg_entorno *e)
{
    as_pg_connection *a, *b;

    cr_assert_eq(as_pg_acquire(e->pool, &a), 0);
    cr_assert_eq(as_pg_acquire(e->pool, &b), 0);
    long pa = proceso_de(a), pb = proceso_de(b);
    cr_assert_neq(pa, pb);
    as_pg_release(a);
    as_pg_release(b);
    cr_assert_eq(numero(e->pool, "select pg_backend_pid()"), pb, "la última devuelta");
    cr_assert_eq(as_pg_acquire(e->pool, &b), 0);
    cr_assert_eq(as_pg_acquire(e->pool, &a), 0);
    cr_assert_eq(proceso_de(a), pa);
    as_pg_release(a);
    as_pg_release(b);
    return 0;
}

PRUEBA(pg_pool, se_presta_primero_la_ultima_devuelta)
{
    con_pg(reutiliza, 5, NULL);
}

static int avisos_sin_leer(struct pg_entorno *e)
{
    as_pg *otro = abre_pool(e->conninfo, 0);
    long proceso = numero(e->pool, "listen canal; select pg_backend_pid()");

    for (int i = 0; i < 100; i++) {
        hace(otro, "notify canal");
        cr_assert_eq(numero(e->pool, "notify canal; select pg_backend_pid()"), proceso);
    }
    as_pg_close(otro);
    return 0;
}

PRUEBA(pg_pool, lo_que_llega_a_una_conexion_ociosa_no_la_estropea)
{
    con_pg(avisos_sin_leer, 1, NULL);
}

/* ---- La cola ------------------------------------------------------------------------ */

struct turno {
    as_pg *pool;
    struct diario *diario;
    char nombre;
};

static int toma_y_apunta(void *arg)
{
    struct turno *t = arg;
    as_pg_connection *c;

    int rc = as_pg_acquire(t->pool, &c);
    if (rc < 0) {
        cr_assert_null(c);
        anota(t->diario, "%c:%s ", t->nombre, as_errname(rc));
        return rc;
    }
    anota(t->diario, "%c ", t->nombre);
    rc = as_pg_query_on(c, "select 1", NULL, 0, NULL);
    as_pg_release(c);
    return rc == UV_ECANCELED ? 0 : rc;
}

static int en_orden(struct pg_entorno *e)
{
    struct diario diario = {0};
    struct turno turnos[6];
    as_task *tareas[6];
    as_pg_connection *c;
    as_group grupo;

    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);
    as_group_enter(&grupo);
    for (int i = 0; i < 6; i++) {
        turnos[i] = (struct turno){e->pool, &diario, (char)('a' + i)};
        tareas[i] = as_spawn(&grupo, NULL, toma_y_apunta, &turnos[i]);
        cr_assert_not_null(tareas[i]);
    }
    cr_assert_eq(as_yield(), 0); /* todas en la cola */
    as_cancel(tareas[1]);
    as_pg_release(c); /* entregada en mano a la a, que se cancela antes de correr */
    as_cancel(tareas[0]);
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0, "y esta va detrás de todas");
    anota(&diario, "yo ");
    as_pg_release(c);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    DIARIO_ES(&diario, "b:ECANCELED a c d e f yo ");
    return 0;
}

PRUEBA(pg_pool, la_conexion_pasa_de_mano_en_mano_por_orden_de_llegada)
{
    con_pg(en_orden, 1, NULL);
}

static int falla_al_conectar(void *arg)
{
    as_pg *pool = abre_pool("host=/no/existe", 1);
    struct turno turnos[5];
    struct diario diario = {0};
    as_outcome finales[5];

    (void)arg;
    for (int i = 0; i < 5; i++)
        turnos[i] = (struct turno){pool, &diario, (char)('a' + i)};
    cr_assert_eq(as_gather_each(toma_y_apunta, turnos, 5, sizeof *turnos, finales), 5);
    DIARIO_ES(&diario, "a:ECONNREFUSED b:ECONNREFUSED c:ECONNREFUSED d:ECONNREFUSED "
                       "e:ECONNREFUSED ");
    as_pg_close(pool);
    return 0;
}

PRUEBA(pg_pool, si_no_se_puede_conectar_lo_sabe_toda_la_cola)
{
    CORRE(falla_al_conectar, NULL, 0);
}

/* ---- Usos equivocados --------------------------------------------------------------- */

static int consulta_larga(void *arg)
{
    return as_pg_query_on(arg, "select cita(2)", NULL, 0, NULL);
}

static int dos_en_una(struct pg_entorno *e)
{
    as_pg_connection *c;
    as_group grupo;

    crea_cita(e->pool);
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);
    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, consulta_larga, c);
    espera_numero(e->pool, "select last_value from llegadas", 1);
    cr_assert_eq(as_pg_query_on(c, "select 1", NULL, 0, NULL), UV_EBUSY);
    cr_assert(strstr(as_error_text(UV_EBUSY), "otra tarea"));
    hace(e->pool, "select cita(0)");
    cr_assert_eq(as_await(tarea), 0, "la primera no se enteró");
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(as_pg_query_on(c, "select 1", NULL, 0, NULL), 0);
    as_pg_release(c);
    return 0;
}

PRUEBA(pg_pool, dos_consultas_a_la_vez_por_una_conexion_no)
{
    con_pg(dos_en_una, 2, NULL);
}

static int consulta_corta(void *arg)
{
    return as_pg_query_on(arg, "select 1", NULL, 0, NULL);
}

/* Quien está cancelada cede el turno antes de saberlo: lo que haga otra entretanto es de la otra. */
static int una_cancelada(struct pg_entorno *e)
{
    as_pg_connection *c;
    as_group grupo;

    crea_cita(e->pool);
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);
    as_group_enter(&grupo);
    as_task *cancelada = as_spawn(&grupo, NULL, consulta_corta, c);
    as_task *tarea = as_spawn(&grupo, NULL, consulta_larga, c);
    as_cancel(cancelada);
    cr_assert_eq(as_await(cancelada), UV_ECANCELED);
    espera_numero(e->pool, "select last_value from llegadas", 1);
    cr_assert_eq(as_pg_query_on(c, "select 1", NULL, 0, NULL), UV_EBUSY);
    hace(e->pool, "select cita(0)");
    cr_assert_eq(as_await(tarea), 0, "la cancelada le quitó la conexión");
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    as_pg_release(c);
    return 0;
}

PRUEBA(pg_pool, una_cancelada_no_deja_libre_la_conexion_de_otra)
{
    con_pg(una_cancelada, 2, NULL);
}

static int cierra_con_una_prestada(void *arg)
{
    as_pg *pool = abre_pool(NULL, 0);
    as_pg_connection *c;

    (void)arg;
    cr_assert_eq(as_pg_acquire(pool, &c), 0);
    as_pg_close(pool);
    return 0;
}

static void corre_cierra_con_una_prestada(void)
{
    as_run(cierra_con_una_prestada, NULL);
}

static int devuelve_en_marcha(void *arg)
{
    as_pg *pool = abre_pool(NULL, 0);
    as_pg_connection *c;
    as_group grupo;

    (void)arg;
    hace(pool, "create temp table t()"); /* la conexión ya está abierta */
    cr_assert_eq(as_pg_acquire(pool, &c), 0);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, consulta_larga, c), 0);
    BIEN(as_yield());
    as_pg_release(c);
    return as_group_leave(&grupo, 0);
}

static void corre_devuelve_en_marcha(void)
{
    as_run(devuelve_en_marcha, NULL);
}

PRUEBA(pg_pool, los_usos_imposibles_se_explican)
{
    char salida[512];

    necesita_pg();
    int estado = en_otro_proceso(corre_cierra_con_una_prestada, salida, sizeof salida);
    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "as_pg_close: quedan conexiones sin devolver"), "dijo: %s",
              salida);
    estado = en_otro_proceso(corre_devuelve_en_marcha, salida, sizeof salida);
    cr_assert(WIFSIGNALED(estado) && WTERMSIG(estado) == SIGABRT);
    cr_assert(strstr(salida, "as_pg_release: la conexión tiene una consulta en marcha"),
              "dijo: %s", salida);
}

/* ---- Lo que ve quien depura --------------------------------------------------------- */

static int olvida(void *arg)
{
    static as_pg *pool; /* alcanzable: no es una fuga a ojos de valgrind */
    as_pg_connection *c;

    (void)arg;
    pool = abre_pool(NULL, 0);
    hace(pool, "select 1");
    cr_assert_eq(as_pg_acquire(pool, &c), 0);
    cr_assert_eq(as_pg_begin(c), 0);
    as_pg_release(c);
    return 0;
}

static void corre_olvida(void)
{
    as_run_options(olvida, NULL, &(as_options){.debug = true});
}

PRUEBA(pg_pool, lo_que_quedo_abierto_se_cuenta)
{
    char salida[512];

    necesita_pg();
    cr_assert_eq(en_otro_proceso(corre_olvida, salida, sizeof salida), 0);
    cr_assert(strstr(salida, "quedó sin cerrar un pool de PostgreSQL (creado en "),
              "dijo: %s", salida);
    cr_assert(strstr(salida, "con una transacción abierta"), "dijo: %s", salida);
}

static int espera_para_siempre(void *arg)
{
    as_pg *pool = abre_pool(NULL, 1);
    as_pg_connection *c, *otra;

    (void)arg;
    hace(pool, "select 1");
    cr_assert_eq(as_pg_acquire(pool, &c), 0);
    int rc = as_pg_acquire(pool, &otra); /* la única la tengo yo */
    as_pg_release(c);
    as_pg_close(pool);
    return rc;
}

static void corre_espera_para_siempre(void)
{
    int rc = as_run(espera_para_siempre, NULL);

    fprintf(stderr, "%s\n", as_errname(rc));
}

PRUEBA(pg_pool, una_conexion_ociosa_no_esconde_un_interbloqueo)
{
    char salida[1024];

    necesita_pg();
    cr_assert_eq(en_otro_proceso(corre_espera_para_siempre, salida, sizeof salida), 0);
    cr_assert(strstr(salida, "espera: una conexión libre de PostgreSQL"), "dijo: %s",
              salida);
    cr_assert(strstr(salida, "EDEADLK"), "dijo: %s", salida);
}
