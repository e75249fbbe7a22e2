/* fallos.c: claves repetidas, conexiones que se cortan y servidores que no están. */
#include "usuarios.h"

#include <string.h>

/* Cuenta los INSERT de cada fila, también los que fallan: una secuencia no se deshace. */
#define CONTAR_INTENTOS                                                                  \
    "CREATE SEQUENCE intentos MINVALUE 0;"                                               \
    "CREATE FUNCTION contar() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "     \
    "'BEGIN PERFORM nextval(''intentos''); RETURN NEW; END';"                            \
    "CREATE TRIGGER contar BEFORE INSERT ON usuarios FOR EACH ROW "                      \
    "EXECUTE FUNCTION contar();"                                                         \
    "SELECT nextval('intentos')"

HS_TEST(base_datos, clave_repetida_no_detiene)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(20, 30), k = hs_random_between(2, 5);
    ocupar(pg, k, 1, n);
    hs_pg_run(pg, CONTAR_INTENTOS);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n - k, k);
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("el número de registros que quedan en la tabla", n,
                     cuantos(pg, 1, n));
    hs_expect_eq_int(
        "el número de registros que ya estaban y siguen igual", k,
        hs_pg_int(pg, "SELECT count(*) FROM usuarios WHERE nombre = 'ocupado'"));
    hs_expect_at_most("el número de inserciones intentadas, con las dos tandas: lo que "
                      "falla no se reintenta",
                      2 * n, hs_pg_int(pg, "SELECT last_value FROM intentos"));
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
    exigir_fallos(p, 2, n);
}

HS_TEST(base_datos, un_fallo_sale_con_1)
{
    enum { MUCHOS = 256 };
    struct hs_pg *pg = base();
    int n = hs_random_between(10, 20), q = hs_random_between(2, 5);
    ocupar(pg, 1, 1, n);
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", NUMERO(n), "--consultas",
                                    "1");
    hs_expect_exit(p, 1, PRONTO);
    hs_pg_run(pg,
              "TRUNCATE usuarios; REVOKE SELECT ON usuarios FROM alumno;"
              "INSERT INTO usuarios SELECT id, '' FROM generate_series(1, %d) AS id",
              MUCHOS);
    hs_step("Ahora fallan los %d registros de la primera tanda, que ya existen, y las "
            "consultas, porque no tiene permiso para leer",
            MUCHOS);
    p = ARRANCAR(pg, POCAS, "--registros", NUMERO(MUCHOS), "--consultas", NUMERO(q));
    exigir_tanda(p, "CONCURRENTE", 0, MUCHOS);
    hs_expect_exit(p, 1, PRONTO);
    hs_pg_run(pg, "TRUNCATE usuarios");
    hs_step("Y ahora fallan solo las consultas");
    p = ARRANCAR(pg, POCAS, "--registros", NUMERO(n), "--consultas", NUMERO(q));
    hs_expect_exit(p, 1, PRONTO);
    exigir_fallos(p, 0, 0);
    hs_expect_eq_int("el número de conexiones que se cortaron sin PQfinish: también se "
                     "cierran cuando algo falló",
                     0, hs_pg_abandoned(pg, PRONTO));
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
    exigir_fallos(p, 4 * c, n);
    hs_expect_at_most(
        "el número de conexiones abiertas en total: una clave repetida no rompe la suya",
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
    cortar(pg, 1, c);
    cortar(pg, c, c);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", n - 1 - c, 1 + c);
    hs_wait_exit(p, PRONTO);
    exigir_fallos(p, 1 + c, n);
    hs_expect_at_most(
        "el número de conexiones abiertas en total: una por cada una que se "
        "cortó, y ninguna más",
        c + 1 + c, hs_pg_connections(pg));
}

/* Con el servidor muerto, todo lo que faltaba falla y tiene su línea. */
static void exigir_final(struct hs_program *p, int juntas, int en_fila, int n,
                         int errores)
{
    hs_step("Todo lo que falta va a fallar: el programa lo cuenta y termina");
    exigir_tanda(p, "CONCURRENTE", juntas, n - juntas);
    exigir_tanda(p, "SECUENCIAL", en_fila, n - en_fila);
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_lines(
        p, errores,
        hs_regex("^CONSULTA [0-9]+ ERROR [^ ]", "una línea «CONSULTA k ERROR (motivo)»"));
    hs_expect_lines(
        p, 1, hs_regex("^COMPARACION ", "una línea que empiece por «COMPARACION »"));
    exigir_fallos(p, 2 * n - juntas - en_fila, 2 * n);
}

HS_TEST(base_datos, servidor_que_se_va)
{
    struct hs_pg_hold *puerta;
    struct hs_pg *pg = base();
    cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", "3", "--registros", "12",
                                    "--consultas", "2");
    hs_pg_wait_blocked(pg, 3, ENSEGUIDA);
    hs_pg_kill(pg);
    exigir_final(p, 0, 0, 12, 2);
    hs_step("Ahora con otro servidor, que se cae durante las consultas");
    pg = base();
    p = parar_consultas(pg, 2, 3, &puerta);
    hs_pg_kill(pg);
    exigir_final(p, 1, 0, 1, 3);
    hs_step("Y con otro, que se cae durante la tanda secuencial");
    pg = base();
    retener(pg, 7);
    p = ARRANCAR(pg, "--registros", "5", "--consultas", "2");
    esperar_la_secuencial(pg, 5);
    hs_pg_kill(pg);
    exigir_final(p, 5, 1, 5, 0);
}

/* Con código 1; o con `otro`. */
static void exigir_rechazo(const char *dsn, int otro)
{
    struct hs_program *p = ARRANCAR_EN(dsn);
    struct hs_exit fin = hs_wait_exit(p, PRONTO);
    if (!fin.exited || fin.code != otro)
        hs_expect_exit(p, 1, PRONTO);
    const char *sobra = hs_stdout(p);
    hs_expect(
        !*sobra,
        "sin base de datos no debía escribir nada en la salida estándar y su primera "
        "línea es «%.*s»",
        (int)strcspn(sobra, "\n"), sobra);
    hs_expect(*hs_stderr(p),
              "el programa debía explicar en stderr qué pasa y no ha escrito nada");
}

HS_TEST(base_datos, servidor_ausente)
{
    struct hs_pg *pg = base();
    const char *puerto = strrchr(hs_http_refused_url(""), ':') + 1;
    hs_step("En el puerto %s no atiende nadie", puerto);
    exigir_rechazo(hs_format("host=127.0.0.1 port=%s dbname=curso user=alumno", puerto),
                   1);
    hs_step("Aquí sí hay un servidor, pero no esa base de datos");
    exigir_rechazo(
        hs_format("host=127.0.0.1 port=%d dbname=ninguna user=alumno", hs_pg_port(pg)),
        1);
    hs_step("Esto no es una cadena de conexión; aquí vale también el código 2");
    exigir_rechazo("esto no vale", 2);
}
