/* fallos.c: claves repetidas, conexiones que se cortan y servidores que no están. */
#include "usuarios.h"

#include <string.h>

HS_TEST(base_datos, clave_repetida_no_detiene)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30), k = hs_random_between(2, 5);
    ocupar(pg, k, 1, n);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n - k, k);
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("registros que quedan en la tabla", n, cuantos(pg, 1, n));
    hs_expect_eq_int(
        "registros que ya estaban y siguen igual", k,
        hs_pg_int(pg, "SELECT count(*) FROM usuarios WHERE nombre = 'ocupado'"));
}

HS_TEST(base_datos, explica_cada_fallo)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30);
    int a = hs_random_between(1, n / 2), b = hs_random_between(n / 2 + 1, n);
    ocupar(pg, 1, a, a);
    ocupar(pg, 1, b, b);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 1, fallo(a));
    hs_expect_lines(p, 1, fallo(b));
    hs_expect_lines(p, 2, hs_regex("^FALLO"));
}

HS_TEST(base_datos, un_fallo_sale_con_1)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(10, 20);
    ocupar(pg, 1, 1, n);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "1");
    hs_expect_exit(p, 1, PRONTO);
    hs_pg_run(
        pg, "DELETE FROM usuarios WHERE id <= %d; REVOKE SELECT ON usuarios FROM alumno",
        2 * n);
    hs_step(
        "Ahora puede insertar, pero no tiene permiso para leer: fallan las consultas");
    p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "1");
    hs_expect_exit(p, 1, PRONTO);
}

HS_TEST(base_datos, un_fallo_devuelve_su_conexion)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 3), n = 8 * c;
    ocupar(pg, 4 * c, 1, n);
    hs_step("Son más que las %d conexiones: si un fallo se queda con la suya, se acaban",
            c);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n - 4 * c, 4 * c);
    hs_wait_exit(p, PRONTO);
    hs_expect_at_most(
        "conexiones abiertas de principio a fin: una clave repetida no rompe "
        "la suya",
        c, hs_pg_connections(pg));
}

HS_TEST(base_datos, conexion_perdida_se_sustituye)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 4), n = hs_random_between(4 * c, 6 * c);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "3");
    hs_pg_wait_blocked(pg, c, ENSEGUIDA);
    cortar(pg, c);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", n - c, c);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, servidor_que_se_va)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "3", "--registros", "12",
                                    "--consultas", "2");
    hs_pg_wait_blocked(pg, 3, ENSEGUIDA);
    (void)puerta;
    hs_pg_kill(pg);
    hs_step("Todo lo que falta va a fallar: el programa lo cuenta y termina");
    exigir_tanda(p, "CONCURRENTE", 0, 12);
    exigir_tanda(p, "SECUENCIAL", 0, 12);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 2, hs_regex("^CONSULTA [12] ERROR .+"));
}

static void exigir_rechazo(const char *dsn)
{
    struct hs_program *p = hs_start("--dsn", dsn);
    hs_expect_exit(p, 1, PRONTO);
    const char *sobra = hs_stdout(p);
    hs_expect(!*sobra,
              "sin base de datos no se escribe nada en la salida estándar, y aquí la "
              "primera línea es «%.*s»",
              (int)strcspn(sobra, "\n"), sobra);
    hs_expect(*hs_stderr(p), "el programa explica en la salida de errores qué pasa");
}

HS_TEST(base_datos, servidor_ausente)
{
    struct hs_pg *pg = base();
    const char *puerto = strrchr(hs_http_refused_url(""), ':') + 1;
    hs_step("En el puerto %s no atiende nadie", puerto);
    exigir_rechazo(hs_format("host=127.0.0.1 port=%s dbname=curso user=alumno", puerto));
    hs_step("Aquí sí hay un servidor, pero no esa base de datos");
    exigir_rechazo(
        hs_format("host=127.0.0.1 port=%d dbname=ninguna user=alumno", hs_pg_port(pg)));
}
