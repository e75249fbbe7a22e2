/* postgres.c: el PostgreSQL de usar y tirar, y los ataques de un programa contra él. El papel
 * del programa lo hace psql. */
#include "psql.h"
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <unistd.h>

HS_SUITE(postgres)

enum { PRONTO = 8000 };

static struct hs_pg *start(void)
{
    const char *template = getenv("ASINC_POSTGRES");
    if (!template || access(template, R_OK) < 0)
        cr_skip_test("PostgreSQL no está instalado");
    struct hs_pg *pg = hs_pg_start();
    hs_pg_run(pg, "CREATE TABLE t (id int PRIMARY KEY, nombre text);"
                  "GRANT SELECT, INSERT ON t TO alumno");
    return pg;
}

/* ------------------------------------------------------------------------ Lo normal */

HS_TEST(postgres, el_programa_escribe_y_el_corrector_lo_ve)
{
    struct hs_pg *pg = start();
    struct hs_program *p = psql(hs_pg_dsn(pg), "INSERT INTO t VALUES (7, 'añil')");
    hs_expect_exit(p, 0, PRONTO);
    hs_expect_eq_int("filas", 1, hs_pg_int(pg, "SELECT count(*) FROM t"));
    hs_expect_eq_str("nombre", "añil", hs_pg_text(pg, "SELECT nombre FROM t"));
    hs_expect_eq_str("un NULL", "", hs_pg_text(pg, "SELECT NULL"));
    hs_expect_eq_int("conexiones", 1, hs_pg_connections(pg));
    hs_expect_eq_int("sin despedirse", 0, hs_pg_abandoned(pg, PRONTO));
}

HS_TEST(postgres, dos_servidores_no_se_conocen)
{
    struct hs_pg *uno = start(), *otro = start();
    hs_expect(hs_pg_port(uno) != hs_pg_port(otro), "cada uno tiene su puerto");
    hs_pg_run(uno, "INSERT INTO t VALUES (1)");
    hs_expect_eq_int("filas del otro", 0, hs_pg_int(otro, "SELECT count(*) FROM t"));
}

/* Al morir, su memoria compartida sería de la máquina para siempre, y solo hay sitio para 4096. */
HS_TEST(postgres, no_deja_memoria_en_la_maquina)
{
    if (strcmp(getenv("ASINC_BOX"), "completa") == 0)
        cr_skip_test("en la completa no es de la máquina");
    struct hs_pg *pg = start();
    struct shmid_ds is;
    int id = (int)hs_pg_int(pg, "SELECT split_part(trim(regexp_replace(split_part("
                                "pg_read_file('postmaster.pid'), E'\\n', 7), ' +', ' ', "
                                "'g')), ' ', 2)");
    hs_expect(shmctl(id, IPC_STAT, &is) == 0, "el segmento %d debía existir", id);
    hs_pg_kill(pg);
    hs_expect(shmctl(id, IPC_STAT, &is) < 0, "el segmento %d debía irse con él", id);
}

HS_TEST(postgres, cuenta_las_que_esperan_un_cerrojo)
{
    struct hs_pg *pg = start();
    struct hs_pg_hold *hold = hs_pg_hold(pg, "LOCK TABLE t IN SHARE MODE");
    struct hs_program *p[3];
    for (int i = 0; i < 3; i++)
        p[i] = psql(hs_pg_dsn(pg), hs_format("INSERT INTO t VALUES (%d)", i));
    hs_pg_wait_blocked(pg, 3, PRONTO);
    hs_expect(hs_running(p[0]) && hs_running(p[2]), "siguen esperando");
    hs_pg_release(hold);
    for (int i = 0; i < 3; i++)
        hs_expect_exit(p[i], 0, PRONTO);
    hs_expect_eq_int("filas", 3, hs_pg_int(pg, "SELECT count(*) FROM t"));
}

HS_TEST(postgres, una_fila_sin_confirmar_detiene_solo_a_la_suya)
{
    struct hs_pg *pg = start();
    struct hs_pg_hold *hold = hs_pg_hold(pg, "INSERT INTO t VALUES (1)");
    struct hs_program *p = psql(hs_pg_dsn(pg), "INSERT INTO t VALUES (1)");
    hs_pg_wait_blocked(pg, 1, PRONTO);
    hs_expect_exit(psql(hs_pg_dsn(pg), "INSERT INTO t VALUES (2)"), 0, PRONTO);
    hs_pg_release(hold);
    hs_expect_exit(p, 0, PRONTO);
    hs_expect_eq_int("filas", 2, hs_pg_int(pg, "SELECT count(*) FROM t"));
}

HS_TEST(postgres, el_siguiente_en_la_cola_va_delante_de_los_que_lleguen)
{
    struct hs_pg *pg = start();
    struct hs_pg_hold *row = hs_pg_hold(pg, "INSERT INTO t VALUES (1)");
    struct hs_program *p = psql(hs_pg_dsn(pg), "INSERT INTO t VALUES (1)");
    hs_pg_wait_blocked(pg, 1, PRONTO);
    struct hs_pg_hold *next = hs_pg_hold_next(pg, "LOCK TABLE t");
    hs_pg_release(row);
    hs_expect_exit(p, 0, PRONTO);
    p = psql(hs_pg_dsn(pg), "SELECT count(*) FROM t");
    hs_pg_wait_blocked(pg, 1, PRONTO);
    hs_pg_release(next);
    hs_expect_exit(p, 0, PRONTO);
    hs_expect_eq_str("filas", "1\n", hs_stdout(p));
}

HS_TEST(postgres, distingue_a_quien_no_se_despide)
{
    struct hs_pg *pg = start();
    struct hs_options options = {.program = psql_path()};
    struct hs_program *p = hs_start_with(options, "-X", "-d", hs_pg_dsn(pg));
    hs_pg_wait(pg, PRONTO, "está conectado y no hace nada",
               "SELECT count(*) = 1 FROM pg_stat_activity "
               "WHERE usename = 'alumno' AND state = 'idle'");
    hs_signal(p, SIGKILL);
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("sin despedirse", 1, hs_pg_abandoned(pg, PRONTO));
}

HS_TEST(postgres, muere_cuando_se_le_pide)
{
    struct hs_pg *pg = start();
    struct hs_program *p = psql(hs_pg_dsn(pg), "SELECT pg_sleep(60)");
    hs_pg_wait(pg, PRONTO, "duerme",
               "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    hs_pg_kill(pg);
    hs_expect_exit(p, 2, PRONTO);
    p = psql(hs_pg_dsn(pg), "SELECT 1");
    hs_expect_exit(p, 2, PRONTO);
    hs_expect_contains("sin servidor", "Connection refused", hs_stderr(p));
}

/* ---------------------------------------------------------------------- Los ataques */

HS_TEST(postgres, alumno_no_sale_de_su_base)
{
    static const char *const attempts[] = {
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/x'",
        "COPY t FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(1, '/tmp/x')",
        "CREATE ROLE otro SUPERUSER",
        "ALTER ROLE alumno SUPERUSER",
        "ALTER ROLE alumno CONNECTION LIMIT 100",
        "SET ROLE juez",
        "SET SESSION AUTHORIZATION juez",
        "ALTER SYSTEM SET port = 1",
        "SET log_connections = off",
        "CREATE EXTENSION dblink",
        "CREATE DATABASE otra",
        "CREATE SCHEMA otro",
        "CREATE TABLE otra (id int)",
        "CREATE TEMP TABLE otra (id int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION RI_FKey_check_ins()",
        "UPDATE t SET id = 0",
        "DELETE FROM t",
        "TRUNCATE t",
        "DROP TABLE t",
        "BEGIN; LOCK TABLE t",
        "SELECT pg_reload_conf()",
        "SELECT pg_stat_reset()",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'juez'",
    };
    struct hs_pg *pg = start();
    struct hs_options options = {.program = psql_path()};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        struct hs_program *p = hs_start_with(options, "-X", "-v", "VERBOSITY=sqlstate",
                                             "-d", hs_pg_dsn(pg), "-c", attempts[i]);
        hs_expect_exit(p, 1, PRONTO);
        const char *expected = strstr(attempts[i], "log_connections") ? "55P02" : "42501";
        hs_expect_contains(attempts[i], expected, hs_stderr(p));
    }
}

HS_TEST(postgres, nadie_entra_como_otro_ni_en_otra_base)
{
    struct hs_pg *pg = start();
    static const char *const others[] = {
        "dbname=curso user=juez",
        "dbname=curso user=nadie",
        "dbname=postgres user=alumno",
        "dbname=template1 user=alumno",
        "dbname=curso user=juez sslmode=require",
        "dbname=curso user=juez replication=database",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct hs_program *p = psql(
            hs_format("host=127.0.0.1 port=%d %s", hs_pg_port(pg), others[i]),
            "SELECT 1");
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_contains(others[i], "connection to server", hs_stderr(p));
    }
}

HS_TEST(postgres, el_programa_no_ve_el_socket_del_corrector)
{
    struct hs_pg *pg = start();
    const char *boxed = getenv("ASINC_BOX");
    if (!boxed || strcmp(boxed, "no") == 0)
        cr_skip_test("sin caja el programa lo ve todo");
    const char *dir = hs_pg_text(pg, "SELECT current_setting('unix_socket_directories')");
    hs_expect_contains("el socket", "/caja/", dir);
    /* En /usr y en /proc no puede estar, y recorrerlos cuesta lo que diga la máquina. */
    struct hs_program *p = hs_start_with(
        (struct hs_options){.program = "/usr/bin/find"}, "/", "(", "-path", "/usr", "-o",
        "-path", "/proc", ")", "-prune", "-o", "-name", ".s.PGSQL*", "-print");
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_str("sockets a la vista", "", hs_stdout(p));
}

HS_TEST(postgres, llenar_el_disco_no_sale_de_la_caja)
{
    struct hs_pg *pg = start();
    const char *boxed = getenv("ASINC_BOX");
    if (!boxed || strcmp(boxed, "no") == 0)
        cr_skip_test("sin caja el disco no tiene tope");
    struct hs_program *p = psql(hs_pg_dsn(pg),
                                "INSERT INTO t SELECT g, repeat(md5(g::text), 30) "
                                "FROM generate_series(1, 200000) g");
    struct hs_exit end = hs_wait_exit(p, 30000);
    hs_expect(end.exited && end.code != 0, "la inserción gigante falla");
    p = psql(hs_pg_dsn(pg), "SELECT lo_from_bytea(0, string_agg(md5(g::text), '')::bytea)"
                            " FROM generate_series(1, 3000000) g");
    end = hs_wait_exit(p, 30000);
    hs_expect(end.exited && end.code != 0, "el objeto gigante también");
}

HS_TEST(postgres, quedarse_sin_conexiones_no_deja_fuera_al_corrector)
{
    enum { LIMITE = 40 };
    struct hs_pg *pg = start();
    struct hs_program *p[LIMITE / 2];
    hs_pg_run(pg, "ALTER ROLE alumno CONNECTION LIMIT %d", LIMITE / 2);
    for (int i = 0; i < LIMITE / 2; i++)
        p[i] = psql(hs_pg_dsn(pg), "SELECT pg_sleep(60)");
    hs_pg_wait(pg, 2 * PRONTO, "están todas",
               "SELECT count(*) = %d FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
               LIMITE / 2);
    struct hs_program *extra = psql(hs_pg_dsn(pg), "SELECT 1");
    hs_expect_exit(extra, 2, PRONTO);
    hs_expect_contains("una más", "too many connections", hs_stderr(extra));
    hs_pg_release(hs_pg_hold(pg, "LOCK TABLE t"));
    hs_expect(hs_running(p[0]), "las demás siguen");
    hs_expect_eq_int("límite de la plantilla", 1,
                     hs_pg_int(pg,
                               "SELECT count(*) FROM pg_settings WHERE name = "
                               "'superuser_reserved_connections' AND setting::int "
                               "+ %d < 60",
                               LIMITE));
}

HS_TEST(postgres, agotar_la_memoria_lo_para_a_el)
{
    struct hs_pg *pg = start();
    struct hs_program *p = psql(hs_pg_dsn(pg),
                                "SELECT length(string_agg(repeat('x', 1000000), '')) "
                                "FROM generate_series(1, 1000), generate_series(1, 3)");
    struct hs_exit end = hs_wait_exit(p, 30000);
    hs_expect(end.exited && end.code != 0, "la consulta gigante falla");
}

/* Comprimido no llena el disco, pero no tiene por qué caber en el corrector. */
HS_TEST(postgres, una_respuesta_enorme_llega_recortada)
{
    struct hs_pg *pg = start();
    struct rusage before, after;
    hs_expect_exit(
        psql(hs_pg_dsn(pg), "INSERT INTO t VALUES (1, repeat('x', 100000000))"), 0,
        30000);
    getrusage(RUSAGE_SELF, &before);
    const char *text = hs_pg_text(pg, "SELECT nombre FROM t");
    getrusage(RUSAGE_SELF, &after);
    hs_expect_eq_int("letras", 65536, (int64_t)strlen(text));
    hs_expect_at_most("KiB de más", 8 << 10, after.ru_maxrss - before.ru_maxrss);
}
