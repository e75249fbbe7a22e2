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

#include <ctype.h>
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
    hs_expect_lines(p, 1, hs_regex("^CONCURRENTE "));
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
    int c = hs_random_between(11, 14);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros", "30",
                                    "--consultas", "0");
    exigir_a_la_vez(pg, p, puerta, c, 30);
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
    hs_wait_exit(p, PRONTO);
    hs_expect_lines(p, 10, hs_regex("^CONSULTA "));
}

HS_TEST(base_datos, no_abre_conexiones_de_mas)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 5);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros", "40");
    hs_wait_exit(p, PRONTO);
    hs_expect_at_most(
        "conexiones abiertas de principio a fin: cada una sirve para muchas "
        "inserciones y consultas",
        c, hs_pg_connections(pg));
}

HS_TEST(base_datos, una_lenta_no_detiene_a_las_demas)
{
    struct hs_pg *pg = base();
    int c = hs_random_between(2, 4), n = hs_random_between(5 * c, 7 * c);
    int id = hs_random_between(1, n / 2);
    struct hs_pg_hold *lenta = retener(pg, id);
    struct hs_program *p = ARRANCAR(pg, "--conexiones", NUMERO(c), "--registros",
                                    NUMERO(n), "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_wait(pg, PRONTO,
               hs_format("se insertaban los otros %d registros, por las otras conexiones",
                         n - 1),
               "SELECT count(*) = %d FROM usuarios WHERE id BETWEEN 1 AND %d", n - 1, n);
    soltar(lenta);
    exigir_tanda(p, "CONCURRENTE", n, 0);
    hs_wait_exit(p, PRONTO);
}

/* ¿Hay un número suelto en el SQL? No lo son el de $1 ni el de int8. */
static bool lleva_un_numero(const char *sql)
{
    for (const char *c = sql; *c; c++) {
        char antes = c > sql ? c[-1] : ' ';
        if (isdigit((unsigned char)*c) && !isalnum((unsigned char)antes) &&
            !strchr("_$", antes))
            return true;
    }
    return false;
}

HS_TEST(base_datos, valores_como_parametros)
{
    struct hs_pg *pg = base();
    const char *nombre = hs_random_name();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--registros", "12", "--consultas", "0",
                                    "--nombre", nombre);
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    const char *sql = hs_pg_text(pg,
                                 "SELECT query FROM pg_stat_activity "
                                 "WHERE usename = 'alumno' AND wait_event_type = 'Lock' "
                                 "LIMIT 1");
    hs_step("El servidor está haciendo: «%s»", sql);
    hs_expect(!strstr(sql, nombre),
              "los valores viajan aparte del SQL, como $1 y $2; aquí el nombre «%s» va "
              "pegado dentro: «%s»",
              nombre, sql);
    hs_expect(!lleva_un_numero(sql),
              "los valores viajan aparte del SQL, como $1 y $2; aquí el id va pegado "
              "dentro: «%s»",
              sql);
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, nombres_dificiles)
{
    static const char *const nombres[] = {
        "O'Brien",    "x'); DROP TABLE usuarios; --",
        "\\' \" `",   "100%s %n $1 ?",
        "ñandú 日本", "dos  espacios ",
    };
    struct hs_pg *pg = base();
    for (size_t i = 0; i < sizeof nombres / sizeof *nombres; i++) {
        hs_pg_run(pg, "TRUNCATE usuarios");
        struct hs_program *p = ARRANCAR(pg, "--registros", "2", "--consultas", "0",
                                        "--nombre", nombres[i]);
        hs_wait_exit(p, PRONTO);
        for (int id = 1; id <= 2; id++)
            hs_expect_eq_str(
                hs_format("nombre del registro %d, con --nombre «%s»", id, nombres[i]),
                hs_format("%s %d", nombres[i], id),
                hs_pg_text(pg,
                           "SELECT coalesce(max(nombre), '') FROM usuarios WHERE id = %d",
                           id));
    }
}

/* ---- Dejarlo todo en su sitio --------------------------------------------------------- */

HS_TEST(base_datos, se_despide)
{
    struct hs_pg *pg = base();
    struct hs_program *p = ARRANCAR(pg, "--registros", "20");
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("conexiones que se cortaron sin despedirse (sin PQfinish)", 0,
                     hs_pg_abandoned(pg, PRONTO));
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
        {"--registros", "10001", NULL},
        {"--registros", "-3", NULL},
        {"--consultas", "11", NULL},
        {"--consultas", "-1", NULL},
        {"--consultas", "3x", NULL},
        {"--no-existe", NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
    }
}

HS_TEST(base_datos, no_quema_cpu)
{
    struct hs_pg *pg = base();
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    struct hs_program *p = ARRANCAR(pg, "--consultas", "0");
    hs_pg_wait_blocked(pg, 1, ENSEGUIDA);
    hs_pg_run(pg, PAUSA);
    hs_step("Todas sus inserciones esperan: el programa no tiene nada que hacer");
    double desde = hs_now(), ms;
    int64_t antes = hs_usage(p).cpu_ms, gasto, admisible;
    /* Con la máquina cargada, quien no para apenas consigue procesador: si gasta algo sin
     * llegar a lo inadmisible, se le mira más rato. A quien espera no le afecta. */
    int miradas = 0;
    do {
        hs_pg_run(pg, "SELECT pg_sleep(%f)", hs_ms(400) / 1000.0);
        gasto = hs_usage(p).cpu_ms - antes;
        ms = hs_now() - desde;
        admisible = 30 + (int64_t)(ms / 50);
    } while (gasto > 2 && gasto <= admisible && ++miradas < 6);
    hs_step("En %.0f ms ha gastado %lld ms de procesador", ms, (long long)gasto);
    hs_expect_at_most(
        hs_format("milisegundos de procesador gastados en %.0f ms de espera", ms),
        admisible, gasto);
    soltar(puerta);
    hs_wait_exit(p, PRONTO);
}

HS_TEST(base_datos, memoria_limpia, .segundos = 60)
{
    enum { N = 40, C = 3 };
    struct hs_pg *pg = base();
    ocupar(pg, 5, 1, N);
    struct hs_pg_hold *puerta = cerrar_tabla(pg);
    hs_step(
        "Una sesión entera con el programa compilado con ASan y UBSan: claves repetidas "
        "y conexiones cortadas");
    struct hs_program *p = hs_start_with((struct hs_options){.asan = true}, "--dsn",
                                         hs_pg_dsn(pg), "--conexiones", NUMERO(C),
                                         "--registros", NUMERO(N));
    hs_pg_wait_blocked(pg, C, 2 * PRONTO);
    cortar(pg, C);
    hs_pg_release(puerta);
    struct hs_exit fin = hs_wait_exit(p, 2 * PRONTO);
    hs_expect(fin.exited && !fin.asan, "el programa acaba por su pie, y no: %s",
              hs_exit_words(fin));
    hs_expect_lines(p, TODAS, hs_regex("^CONSULTA "));
}
