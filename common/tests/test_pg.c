#include "pg_prueba.h"

#include <sys/wait.h>
#include <unistd.h>

TestSuite(pg, .timeout = 60);

/* ---- Consultar ---------------------------------------------------------------------- */

static int consulta_y_lee(struct pg_entorno *e)
{
    as_pg_result *r;

    hace(e->pool, "create table usuarios(id int primary key, nombre text)");
    int rc = as_pg_query(e->pool, "insert into usuarios values ($1, $2), ($3, $4)",
                         PARAMETROS("1", "Íñigo «Ñ»", "2", NULL), &r);
    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    cr_assert_eq(as_pg_affected(r), 2u);
    cr_assert_eq(as_pg_rows(r), 0u);
    cr_assert_eq(as_pg_columns(r), 0u);
    cr_assert_null(as_pg_value(r, 0, 0));
    as_pg_result_free(r);

    cr_assert_eq(as_pg_query(e->pool, "select id, nombre, 1.5 from usuarios order by id",
                             NULL, 0, &r),
                 0);
    cr_assert_eq(as_pg_rows(r), 2u);
    cr_assert_eq(as_pg_columns(r), 3u);
    cr_assert_eq(as_pg_affected(r), 2u);
    cr_assert_str_eq(as_pg_value(r, 0, 0), "1");
    cr_assert_str_eq(as_pg_value(r, 0, 1), "Íñigo «Ñ»");
    cr_assert_str_eq(as_pg_value(r, 1, 2), "1.5");
    cr_assert(!as_pg_is_null(r, 0, 1));
    cr_assert(as_pg_is_null(r, 1, 1));
    cr_assert_null(as_pg_value(r, 1, 1));
    cr_assert_str_eq(as_pg_column_name(r, 1), "nombre");
    cr_assert_eq(as_pg_column(r, "nombre"), 1);

    /* Lo que no existe. */
    cr_assert_null(as_pg_value(r, 2, 0));
    cr_assert_null(as_pg_value(r, 0, 3));
    cr_assert_null(as_pg_value(r, SIZE_MAX, SIZE_MAX));
    cr_assert(!as_pg_is_null(r, 2, 0));
    cr_assert_null(as_pg_column_name(r, 3));
    cr_assert_eq(as_pg_column(r, "edad"), UV_ENOENT);
    as_pg_result_free(r);
    as_pg_result_free(NULL);
    return 0;
}

PRUEBA(pg, una_consulta_con_parametros_y_su_resultado)
{
    con_pg(consulta_y_lee, 0, NULL);
}

static int enteros(struct pg_entorno *e)
{
    as_pg_result *r;
    int64_t n = 5;

    BIEN(as_pg_query(
        e->pool,
        "select 7, -9223372036854775808, null, 'x', '', '99999999999999999999', "
        "2.5, ' 1'",
        NULL, 0, &r));
    BIEN(as_pg_int(r, 0, 0, &n));
    cr_assert_eq(n, 7);
    BIEN(as_pg_int(r, 0, 1, &n));
    cr_assert_eq(n, INT64_MIN);
    for (size_t columna = 2; columna < 9; columna++) /* la última no existe */
        cr_assert_eq(as_pg_int(r, 0, columna, &n), UV_EINVAL, "la %zu", columna);
    cr_assert(strstr(as_error_text(UV_EINVAL), "no existe"));
    cr_assert_eq(n, INT64_MIN, "no la toca");
    as_pg_result_free(r);
    return 0;
}

PRUEBA(pg, un_entero_se_lee_como_entero_o_se_dice_por_que_no)
{
    con_pg(enteros, 0, NULL);
}

static int otras_formas(struct pg_entorno *e)
{
    as_pg_result *r;

    /* Varias sentencias: el resultado es el de la última, y todas o ninguna. */
    cr_assert_eq(numero(e->pool, "create table t(n int); insert into t values (1);"
                                 "select count(*) from t"),
                 1);
    cr_assert_eq(
        as_pg_query(e->pool, "insert into t values (2); select 1/0", NULL, 0, &r),
        UV_EINVAL);
    cr_assert_null(r);
    cr_assert_str_eq(as_pg_sqlstate(UV_EINVAL), "22012");
    cr_assert_eq(numero(e->pool, "select count(*) from t"), 1);

    cr_assert_eq(as_pg_query(e->pool, "", NULL, 0, &r), 0, "una consulta vacía");
    cr_assert_eq(as_pg_rows(r), 0u);
    as_pg_result_free(r);
    cr_assert_eq(as_pg_query(e->pool, "delete from t", NULL, 0, NULL), 0,
                 "sin resultado");
    cr_assert_eq(as_pg_query(e->pool, "select $1", NULL, SIZE_MAX, NULL), UV_EINVAL);
    cr_assert_eq(as_pg_query(e->pool, "select $1", NULL, 70000, NULL), UV_EINVAL);
    cr_assert(strstr(as_error_text(UV_EINVAL), "parameters"), "%s",
              as_error_text(UV_EINVAL));
    cr_assert_str_eq(as_pg_sqlstate(UV_EINVAL), "");
    cr_assert_eq(numero(e->pool, "select pg_backend_pid() - %ld",
                        numero(e->pool, "select pg_backend_pid()")),
                 0, "nada de eso costó la conexión");
    return 0;
}

PRUEBA(pg, varias_sentencias_ninguna_o_demasiados_parametros)
{
    con_pg(otras_formas, 0, NULL);
}

static int copia(struct pg_entorno *e)
{
    const char *sql[] = {"copy t to stdout", "copy t from stdin"};

    hace(e->pool, "create table t as select generate_series(1, 100000)");
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(as_pg_query(e->pool, sql[i], NULL, 0, NULL), UV_ENOTSUP);
        cr_assert(strstr(as_error_text(UV_ENOTSUP), "COPY"));
        cr_assert_eq(numero(e->pool, "select count(*) from t"), 100000);
    }
    return 0;
}

PRUEBA(pg, copy_se_rechaza_y_no_estropea_nada)
{
    con_pg(copia, 1, NULL);
}

static int preparada(struct pg_entorno *e)
{
    as_pg_connection *c;

    hace(e->pool, "create table t(n int, texto text)");
    BIEN(as_pg_acquire(e->pool, &c));
    BIEN(as_pg_query_on(c, "prepare mete(int) as insert into t values ($1, 'fija')", NULL,
                        0, NULL));
    BIEN(as_pg_query_on(c, "execute mete(1); execute mete(2)", NULL, 0, NULL));
    as_pg_release(c);
    BIEN(as_pg_query(e->pool, "insert into t select * from unnest($1::int[], $2::text[])",
                     PARAMETROS("{3,4}", "{\"con, coma\",otra}"), NULL));
    cr_assert_eq(numero(e->pool, "select sum(n) from t"), 10);
    cr_assert_eq(numero(e->pool, "select n from t where texto = 'con, coma'"), 3);
    return 0;
}

PRUEBA(pg, una_preparada_y_una_lista_hacen_lo_que_prepare_y_copy)
{
    con_pg(preparada, 1, NULL);
}

/* ---- Tamaños ------------------------------------------------------------------------ */

enum { ENORME = 24 << 20 };

static int enormes(struct pg_entorno *e)
{
    as_pg_result *r;
    char *texto = malloc(ENORME + 1);

    for (int i = 0; i < ENORME; i++)
        texto[i] = (char)('a' + i % 23);
    texto[ENORME] = '\0';
    int rc = as_pg_query(e->pool, "select $1::text", PARAMETROS(texto), &r);
    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    cr_assert(strcmp(as_pg_value(r, 0, 0), texto) == 0, "no volvió lo que se mandó");
    as_pg_result_free(r);
    free(texto);

    cr_assert_eq(as_pg_query(e->pool,
                             "select i, md5(i::text) from generate_series(1, 200000) i",
                             NULL, 0, &r),
                 0);
    cr_assert_eq(as_pg_rows(r), 200000u);
    cr_assert_str_eq(as_pg_value(r, 199999, 0), "200000");
    as_pg_result_free(r);
    return 0;
}

PRUEBA(pg, un_parametro_y_un_resultado_enormes)
{
    con_pg(enormes, 0, NULL);
}

/* ---- Errores del servidor ----------------------------------------------------------- */

static int clave_duplicada(void *arg)
{
    struct pg_entorno *e = arg;

    return as_pg_query(e->pool, "insert into u values ($1)", PARAMETROS("7"), NULL);
}

static int errores(struct pg_entorno *e)
{
    static const struct {
        const char *sql, *estado;
        int error;
    } casos[] = {
        {"selec 1", "42601", UV_EINVAL},
        {"select * from no_existe", "42P01", UV_ENOENT},
        {"select 'x'::int", "22P02", UV_EINVAL},
        {"insert into u values (-1)", "23514", UV_EINVAL},
        {"insert into u values (1), (1)", "23505", UV_EEXIST},
        {"set role sin_permisos; select * from u", "42501", UV_EACCES},
        {"begin; set statement_timeout = 1; select pg_sleep(60)", "57014", UV_ETIMEDOUT},
        {"begin isolation level serializable; do $$ begin raise sqlstate '40001'; end $$",
         "40001", UV_EAGAIN},
        {"do $$ begin raise sqlstate 'ABCDE'; end $$", "ABCDE", UV_EIO},
    };

    hace(e->pool,
         "create table u(id int primary key check (id > 0));"
         "drop role if exists sin_permisos; create role sin_permisos;"
         "grant usage on schema prueba_%d to sin_permisos",
         (int)getpid());
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        as_pg_result *r;
        int rc = as_pg_query(e->pool, casos[i].sql, NULL, 0, &r);
        cr_assert_eq(rc, casos[i].error, "%s: %s", casos[i].sql, as_strerror(rc));
        cr_assert_str_eq(as_pg_sqlstate(rc), casos[i].estado);
        cr_assert_null(r);
    }
    hace(e->pool, "reset role; drop owned by sin_permisos; drop role sin_permisos");

    /* El código viaja con la tarea que falló. */
    hace(e->pool, "insert into u values (7)");
    as_group grupo;
    as_group_enter(&grupo);
    as_group_keep_going(&grupo);
    as_task *tarea = as_spawn(&grupo, NULL, clave_duplicada, e);
    cr_assert_eq(as_await(tarea), UV_EEXIST);
    cr_assert_str_eq(as_pg_sqlstate(UV_EEXIST), "23505");
    cr_assert(strstr(as_error_text(UV_EEXIST), "duplicate key") &&
                  strstr(as_error_text(UV_EEXIST), "(id)=(7)"),
              "%s", as_error_text(UV_EEXIST));
    cr_assert_eq(as_group_leave(&grupo, 0), UV_EEXIST);
    as_error_set(UV_EIO, "otro error");
    cr_assert_str_eq(as_pg_sqlstate(UV_EIO), "");
    return 0;
}

PRUEBA(pg, cada_error_tiene_su_codigo_y_su_sqlstate)
{
    con_pg(errores, 1, NULL);
}

/* Dos transacciones que toman los mismos cerrojos en orden contrario. */
struct abrazo {
    as_pg *pool;
    const char *primera, *segunda;
};

static int abraza(void *arg)
{
    struct abrazo *a = arg;
    as_pg_connection *c;

    int rc = as_pg_acquire(a->pool, &c);
    cr_assert_eq(rc, 0);
    cr_assert_eq(as_pg_begin(c), 0);
    rc = as_pg_query_on(c, "set local deadlock_timeout = '10ms'", NULL, 0, NULL);
    if (rc == 0)
        rc = as_pg_query_on(c, a->primera, NULL, 0, NULL);
    if (rc == 0)
        rc = as_pg_query_on(c, "select cita(2)", NULL, 0, NULL);
    if (rc == 0)
        rc = as_pg_query_on(c, a->segunda, NULL, 0, NULL);
    rc = as_pg_end(c, rc);
    as_pg_release(c);
    return rc;
}

static int interbloqueo(struct pg_entorno *e)
{
    const char *uno = "update t set n = n + 1 where id = 1";
    const char *dos = "update t set n = n + 1 where id = 2";
    struct abrazo abrazos[] = {{e->pool, uno, dos}, {e->pool, dos, uno}};
    as_outcome finales[2];

    crea_cita(e->pool);
    hace(e->pool, "create table t(id int, n int); insert into t values (1, 0), (2, 0)");
    cr_assert_eq(as_gather_each(abraza, abrazos, 2, sizeof *abrazos, finales), 1);
    cr_assert_eq(finales[0].rc < 0 ? finales[0].rc : finales[1].rc, UV_EAGAIN);
    cr_assert_eq(numero(e->pool, "select sum(n) from t"), 2, "la otra lo hizo todo");
    return 0;
}

PRUEBA(pg, dos_transacciones_interbloqueadas_una_se_repite)
{
    con_pg(interbloqueo, 0, NULL);
}

/* ---- Transacciones ------------------------------------------------------------------ */

static int transacciones(struct pg_entorno *e)
{
    as_pg_connection *c;

    hace(e->pool, "create table t(n int unique deferrable initially deferred)");
    cr_assert_eq(as_pg_acquire(e->pool, &c), 0);

    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_begin(c), UV_EALREADY);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (1)", NULL, 0, NULL), 0);
    cr_assert_eq(numero(e->pool, "select count(*) from t"), 0, "aún no se ve");
    cr_assert_eq(as_pg_end(c, 5), 5, "confirmada, devuelve lo que le dan");
    cr_assert_eq(numero(e->pool, "select count(*) from t"), 1);

    /* Deshecha por un error, que sigue siendo el que se cuenta. */
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (2)", NULL, 0, NULL), 0);
    int rc = as_pg_query_on(c, "selec", NULL, 0, NULL);
    cr_assert_eq(as_pg_end(c, rc), UV_EINVAL);
    cr_assert_str_eq(as_pg_sqlstate(UV_EINVAL), "42601");
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (3)", NULL, 0, NULL), 0);
    cr_assert_eq(as_pg_end(c, UV_EPERM), UV_EPERM, "o porque lo decide el programa");

    /* Confirmar lo que ya falló no engaña. */
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "selec", NULL, 0, NULL), UV_EINVAL);
    cr_assert_eq(as_pg_end(c, 0), UV_EIO);
    cr_assert(strstr(as_error_text(UV_EIO), "se deshizo"));

    /* Ni confirmar lo que ya se deshizo por otro lado. */
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (6)", NULL, 0, NULL), 0);
    cr_assert_eq(as_pg_query_on(c, "rollback", NULL, 0, NULL), 0);
    cr_assert_eq(as_pg_end(c, 0), UV_EIO);
    cr_assert(strstr(as_error_text(UV_EIO), "ya había acabado"));

    /* El error llega al confirmar. */
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (1)", NULL, 0, NULL), 0);
    cr_assert_eq(as_pg_end(c, 0), UV_EEXIST);

    /* Cancelada antes de confirmar. */
    as_scope ambito;
    cr_assert_eq(as_pg_begin(c), 0);
    cr_assert_eq(as_pg_query_on(c, "insert into t values (4)", NULL, 0, NULL), 0);
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_scope_leave(&ambito, as_pg_end(c, 0)), UV_ETIMEDOUT);
    cr_assert_eq(as_pg_begin(c), 0, "la conexión quedó limpia");
    cr_assert_eq(as_pg_end(c, 0), 0);

    cr_assert_eq(numero(e->pool, "select count(*) from t"), 1);
    as_pg_release(c);
    as_pg_release(NULL);
    return 0;
}

PRUEBA(pg, una_transaccion_se_confirma_o_se_deshace)
{
    con_pg(transacciones, 2, NULL);
}

/* ---- Avisos ------------------------------------------------------------------------- */

static int avisa(void *arg)
{
    as_pg *pool = abre_pool(NULL, 0);

    (void)arg;
    hace(pool, "do $$ begin raise notice 'desde el servidor'; end $$");
    as_pg_close(pool);
    return 0;
}

static void avisa_depurando(void)
{
    as_run_options(avisa, NULL, &(as_options){.debug = true});
}

static void avisa_sin_depurar(void)
{
    as_run(avisa, NULL);
}

PRUEBA(pg, los_avisos_del_servidor_solo_se_ven_depurando)
{
    char salida[1024];

    necesita_pg();
    cr_assert_eq(en_otro_proceso(avisa_depurando, salida, sizeof salida), 0);
    cr_assert(strstr(salida, "PostgreSQL avisa: NOTICE:  desde el servidor"), "dijo: %s",
              salida);
    cr_assert_eq(en_otro_proceso(avisa_sin_depurar, salida, sizeof salida), 0);
    cr_assert_str_eq(salida, "");
}

/* ---- La cadena de conexión ---------------------------------------------------------- */

static int cadenas(void *arg)
{
    as_pg *pool;

    (void)arg;
    cr_assert_eq(as_pg_new("hots=localhost", NULL, &pool), UV_EINVAL);
    cr_assert_null(pool);
    cr_assert(strstr(as_error_text(UV_EINVAL), "no se entiende: ") &&
                  strstr(as_error_text(UV_EINVAL), "hots"),
              "%s", as_error_text(UV_EINVAL));
    cr_assert_null(strchr(as_error_text(UV_EINVAL), '\n'));
    cr_assert_eq(as_pg_new("postgresql://[::1/x", NULL, &pool), UV_EINVAL);
    as_pg_close(NULL);
    return 0;
}

PRUEBA(pg, una_cadena_de_conexion_mal_escrita_se_explica)
{
    CORRE(cadenas, NULL, 0);
}

static int texto_en_otra_codificacion(struct pg_entorno *e)
{
    as_pg *pool = abre_pool("client_encoding=LATIN1", 0);
    as_pg_result *r;

    BIEN(as_pg_query(pool, "select 'ñ', length($1)", PARAMETROS("\xf1"), &r));
    as_pg_result_free(r);
    as_pg_close(pool);
    cr_assert_eq(as_pg_query(e->pool, "select length($1)", PARAMETROS("\xf1"), NULL),
                 UV_EINVAL, "no es UTF-8");
    return 0;
}

PRUEBA(pg, los_textos_van_en_utf8_si_no_se_pide_otra_cosa)
{
    con_pg(texto_en_otra_codificacion, 0, NULL);
}
