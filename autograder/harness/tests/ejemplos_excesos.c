/* ejemplos_excesos.c: pruebas cuyo programa manda al banco más de la cuenta. Las corre
 * excesos.c. */
#include "harness/tcp.h"
#include "psql.h"
#include <stdlib.h>
#include <string.h>

static struct hs_program *abuse(const char *mode, const char *a, const char *b)
{
    return hs_start_with((struct hs_options){.program = getenv("HS_ABUSA")}, mode, a, b);
}

/* Contra un servidor que contesta a todo. La prueba espera algo que no llegará. */
static void against_server(const char *mode, const char *times)
{
    struct hs_http *web = hs_http_start();
    hs_http_on(web, "/x", {.status = 200});
    abuse(mode, hs_format("%d", hs_http_port(web)), times);
    hs_http_wait_requests(web, "/nunca", 1, 20000);
}

HS_TEST(ejemplos, cuerpos_sin_fin)
{
    against_server("publicar", "1600");
}

HS_TEST(ejemplos, cabeceras_sin_fin)
{
    against_server("cabeceras", "9000");
}

HS_TEST(ejemplos, rutas_sin_fin)
{
    against_server("rutas", "200000");
}

HS_TEST(ejemplos, rutas_que_crecen_al_verse)
{
    against_server("raras", "30");
}

HS_TEST(ejemplos, conexiones_colgadas)
{
    against_server("colgar", "1000000");
}

HS_TEST(ejemplos, conexiones_sin_fin)
{
    against_server("llamar", "100000");
}

/* Acaba sin esperar nada después del exceso. */
HS_TEST(ejemplos, exceso_que_nadie_espera)
{
    struct hs_http *web = hs_http_start();
    hs_http_on(web, "/x", {.status = 200});
    hs_expect_exit(abuse("publicar", hs_format("%d", hs_http_port(web)), "40"), 0, 20000);
}

static void against_client(const char *text, const char *mebibytes)
{
    struct hs_program *p = abuse("servir", text, mebibytes);
    struct hs_tcp *ana = hs_tcp_open("ana", hs_tcp_announced(p, "abierto: ", 5000));
    hs_tcp_wait_line(ana, hs_regex("^nunca( .*)?$", "la línea que busca"), 20000);
}

HS_TEST(ejemplos, lineas_vacias_a_un_cliente)
{
    against_client("\n", "8");
}

HS_TEST(ejemplos, linea_enorme_a_un_cliente)
{
    against_client("n", "31");
}

HS_TEST(ejemplos, sin_fin_a_un_cliente)
{
    against_client("aaaaaaaaaaaaaaa\n", "2000");
}

HS_TEST(ejemplos, lineas_vacias_en_la_salida)
{
    struct hs_program *p = abuse("repetir", "\n", "1000");
    hs_wait_line(p, hs_regex("nunca", "la línea que busca"), 20000);
}

HS_TEST(ejemplos, una_linea_que_no_acaba)
{
    struct hs_program *p = abuse("repetir", "nunc", "1000");
    hs_wait_line(p, hs_regex("nunca[a-z]*n.*a$", "la línea que busca"), 20000);
}

HS_TEST(ejemplos, linea_enorme_en_el_titular)
{
    struct hs_program *p = abuse("repetir", "\x01", "1000");
    hs_wait_exit(p, 20000);
    hs_expect_no_line(p, hs_has("\x01"));
}

HS_TEST(ejemplos, pasos_que_crecen_al_verse)
{
    static char dirty[1000];
    struct hs_program *p = abuse("repetir", "\x01\x01\x01\n", "1000");
    memset(dirty, 1, sizeof dirty - 1);
    for (int i = 0; i < 120; i++)
        hs_step("%s", dirty);
    for (int i = 0; i < 8; i++)
        abuse("repetir", dirty, "40");
    hs_wait_exit(p, 20000);
    hs_expect(false, "falla");
}

static const char *on_terminal(const char *text)
{
    struct hs_options options = {.program = getenv("HS_ABUSA"), .columns = 80};
    struct hs_program *p = hs_start_with(options, "repetir", text, "900");
    hs_wait_exit(p, 20000);
    return hs_screen(p);
}

HS_TEST(ejemplos, filas_sin_fin)
{
    hs_expect_contains("la pantalla", "nunca", on_terminal("una fila cualquiera\n"));
}

HS_TEST(ejemplos, filas_vacias_sin_fin)
{
    hs_expect_contains("la pantalla", "nunca", on_terminal("\n"));
}

HS_TEST(ejemplos, ordenes_de_terminal_sin_fin)
{
    hs_expect_contains("la pantalla", "nunca", on_terminal("\x1b[9999M\x1b[9999Lx\n"));
}

/* ------------------------------------------------------------------ PostgreSQL */

/* Lo que se cuenta en el registro quedaría tras lo que se lee de él. */
HS_TEST(ejemplos, registro_inundado)
{
    struct hs_pg *pg = hs_pg_start();
    const char *flood = "DO $$BEGIN RAISE LOG '%', repeat('x', 9000000); END$$";
    hs_expect_exit(psql(hs_pg_dsn(pg), flood), 0, 20000);
    hs_expect_exit(psql(hs_pg_dsn(pg), "SELECT 1"), 0, 20000);
    hs_expect_at_most("conexiones", 1, hs_pg_connections(pg));
}

HS_TEST(ejemplos, mil_hilos)
{
    struct hs_program *p = abuse("hilos", "1024", "");
    hs_expect_exit(p, 0, 20000);
}

HS_TEST(ejemplos, hilos_sin_fin)
{
    struct hs_program *p = abuse("hilos", "5000", "1");
    hs_expect_exit(p, 0, 20000);
}
