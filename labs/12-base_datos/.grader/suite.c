/*
 * La suite del laboratorio 12. Cada prueba exige una sola cosa del enunciado, y la ve en el
 * servidor: tiene su propio PostgreSQL, de verdad, con la tabla ya hecha.
 *
 * «A la vez» se demuestra con cerrojos. Con la tabla cerrada ningún INSERT puede acabar, y
 * basta contar las conexiones que esperan: quien inserta de uno en uno deja una sola. Una
 * fila que el corrector insertó y no ha confirmado detiene solo a la inserción de esa misma
 * clave. Así casi nada depende del reloj, y nadie espera a quien ya no va a llegar.
 */
#include "usuarios.h"

#include <string.h>

HS_SUITE(base_datos)

/* ---- Insertar ---------------------------------------------------------------------- */

HS_TEST(base_datos, inserta_los_registros)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    hs_wait_exit(p, PRONTO);
    exigir_registros(pg, 1, n);
}

HS_TEST(base_datos, cuenta_la_concurrente)
{
    struct hs_pg *pg = base();
    int n = hs_random_between(15, 30);
    struct hs_program *p = ARRANCAR(pg, "--registros", NUMERO(n), "--consultas", "0");
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(
        p, 1, hs_regex("^CONCURRENTE ", "una línea que empiece por «CONCURRENTE »"));
}

/* Con la tabla cerrada, `c` conexiones esperan a la vez. */
static void exigir_a_la_vez(struct hs_pg *pg, struct hs_program *p,
                            struct hs_pg_hold *puerta, int c, int n)
{
    hs_pg_wait_blocked(pg, c, ENSEGUIDA);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, inserta_a_la_vez)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(3, 6), n = hs_random_between(3 * c, 5 * c);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    exigir_a_la_vez(pg, p, puerta, c, n);
}

HS_TEST(base_datos, conexiones_configurables)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(33, 36);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros", "50",
                                    "--consultas", "0");
    exigir_a_la_vez(pg, p, puerta, c, 50);
}

HS_TEST(base_datos, valores_por_omision)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    hs_step("Sin más opciones: 10 conexiones, 100 registros y 10 consultas");
    struct hs_program *p = ARRANCAR(pg);
    hs_pg_wait_blocked(pg, 10, ENSEGUIDA);
    soltar(puerta);
    exigir_tanda(p, "CONCURRENTE", 100, 0);
    exigir_tanda(p, "SECUENCIAL", 100, 0);
    hs_expect_exit(p, 0, PRONTO);
    hs_expect_lines(p, 10,
                    hs_regex("^CONSULTA ", "una línea que empiece por «CONSULTA »"));
}

HS_TEST(base_datos, no_abre_conexiones_de_mas)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 5);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros", "40");
    hs_wait_exit(p, PRONTO);
    hs_expect_at_most(
        "el número de conexiones abiertas en total: cada una sirve para muchas "
        "inserciones y consultas",
        c, hs_pg_connections(pg));
}

HS_TEST(base_datos, una_lenta_no_detiene_a_las_demas)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(3, 5), n = hs_random_between(5 * c, 7 * c), k = c - 1;
    struct hs_pg_hold *lentas = retener_varias(pg, k, hs_random_between(1, n / 2),
                                               hs_random_between(1, 2));
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    hs_pg_wait_blocked(pg, k, ENSEGUIDA);
    hs_pg_wait(
        pg, PRONTO,
        hs_format("se insertaban los otros %d registros, por la otra conexión", n - k),
        "SELECT count(*) = %d FROM usuarios WHERE id BETWEEN 1 AND %d", n - k, n);
    soltar(lentas);
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, valores_como_parametros)
{
    enum { N = 12 };
    struct hs_pg *pg = base();
    const char *nombre = hs_random_name();
    struct hs_pg_hold *una = retener(pg, 1);
    struct hs_program *p = ARRANCAR(pg, POCAS, "--registros", NUMERO(N), "--consultas",
                                    "0", "--nombre", nombre);
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    exigir_parametros(pg, nombre);
    soltar(una);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, nombres_dificiles)
{
    const char *const nombres[] = {
        "O'Brien",    "x'); DROP TABLE usuarios; --",
        "\\' \" `",   "100%s %n $1 ?",
        "ñandú 日本", "dos  espacios ",
        "",           largo(" ", "ñ日7", 3000, "%."),
    };
    struct hs_pg *pg = base();
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        hs_pg_run(pg, "TRUNCATE usuarios");
        struct hs_program *p = ARRANCAR(pg, "--registros", "2", "--consultas", "0",
                                        "--nombre", nombres[i]);
        hs_wait_exit(p, PRONTO);
        exigir_nombres(pg, nombres[i], 1, 2);
    }
}

HS_TEST(base_datos, formas_de_dsn)
{
    enum { N = 3 };
    struct hs_pg *pg = base();
    const char *const formas[] = {
        hs_format("postgresql://alumno@127.0.0.1:%d/curso", hs_pg_port(pg)),
        largo("application_name='", "pruebas ", 150, hs_format("' %s", hs_pg_dsn(pg))),
    };
    for (size_t i = 0; i < sizeof formas / sizeof *formas; i++) {
        hs_pg_run(pg, "TRUNCATE usuarios");
        struct hs_program *p = ARRANCAR_EN(formas[i], "--registros", NUMERO(N),
                                           "--consultas", "0");
        hs_wait_exit(p, PRONTO);
        exigir_registros(pg, 1, N);
    }
}

HS_TEST(base_datos, dos_mil_registros)
{
    enum { N = 2000 };
    struct hs_pg *pg = base();
    hs_pg_run(pg, "TRUNCATE usuarios");
    ARRANCAR(pg, POCAS, "--registros", NUMERO(N), "--consultas", "0");
    hs_pg_wait(pg, 2 * PRONTO, "la tanda secuencial insertaba el registro 2002",
               "SELECT EXISTS (SELECT FROM usuarios WHERE id = 2002)");
    exigir_registros(pg, 1, N + 2);
}

/* ---- Dejarlo todo en su sitio --------------------------------------------------------- */

HS_TEST(base_datos, se_despide)
{
    struct hs_pg *pg = base();
    struct hs_program *p = ARRANCAR(pg, "--registros", "20");
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int(
        "el número de conexiones cortadas sin despedirse: PQfinish es quien se despide",
        0, hs_pg_abandoned(pg, PRONTO));
}

HS_TEST(base_datos, argumentos_invalidos)
{
    static const char *const casos[][4] = {
        {"sobra", NULL},
        {"--conexiones", NULL},
        {"--conexiones", "0", NULL},
        {"--conexiones", "101", NULL},
        {"--conexiones", "muchas", NULL},
        {"--registros", "0", NULL},
        {"--registros", "1.5", NULL},
        {"--registros", "2001", NULL},
        {"--registros", "-3", NULL},
        {"--consultas", "11", NULL},
        {"--consultas", "-1", NULL},
        {"--consultas", "3x", NULL},
        {"--no-existe", NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_complaint(p, 2, PRONTO);
    }
}

HS_TEST(base_datos, no_quema_cpu)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--registros", "20", "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    exigir_reposo(pg, p, "Todas sus inserciones esperan");
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, memoria_limpia, .segundos = 60)
{
    enum { N = 40, C = 3 };
    struct hs_pg *pg = base();
    ocupar(pg, 5, 1, N);
    hs_pg_run(pg, "REVOKE SELECT ON usuarios FROM alumno;"
                  "GRANT SELECT (id) ON usuarios TO alumno");
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    hs_step(
        "Una sesión entera con el programa compilado con ASan y UBSan: claves repetidas, "
        "conexiones cortadas y consultas sin permiso");
    struct hs_program *p = hs_start_with((struct hs_options){.asan = true}, "--dsn",
                                         hs_pg_dsn(pg), "--conexiones", NUMERO(C),
                                         "--registros", NUMERO(N));
    hs_pg_wait_blocked(pg, C, 2 * PRONTO);
    cortar(pg, C, C);
    hs_pg_release(puerta);
    struct hs_exit fin = hs_wait_exit(p, 2 * PRONTO);
    hs_expect(fin.exited && !fin.asan, "el programa debía acabar por sí solo y %s",
              hs_exit_words(fin));
    hs_expect_lines(p, TODAS,
                    hs_regex("^CONSULTA ", "una línea que empiece por «CONSULTA »"));
}
