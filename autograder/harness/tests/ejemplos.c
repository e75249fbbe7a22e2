/* ejemplos.c: pruebas que acaban de todas las maneras posibles. Las corre historias.c. */
#include "base/sanitize.h"
#include "harness/tcp.h"
#include "psql.h"
#include <stdlib.h>
#include <string.h>

HS_SUITE(ejemplos)

HS_TEST(ejemplos, bien)
{
    hs_step("Un paso");
    hs_expect(true, "todo va bien");
}

HS_TEST(ejemplos, textos_distintos)
{
    hs_step("Comparo dos textos de %d líneas", 3);
    hs_expect_eq_str("el informe", "uno\nañoranza\ntres\n", "uno\nañil\ntres\n");
}

HS_TEST(ejemplos, texto_corto)
{
    hs_expect_eq_str("la palabra", "hola\n", "hola");
}

HS_TEST(ejemplos, texto_nulo)
{
    hs_expect_eq_str("la palabra", "hola", NULL);
}

HS_TEST(ejemplos, texto_largo)
{
    static char a[20001], b[20001];
    memset(a, 'x', sizeof a - 1);
    memcpy(b, a, sizeof a);
    b[15000] = 'y';
    hs_expect_eq_str("el texto", a, b);
}

HS_TEST(ejemplos, no_contiene)
{
    hs_expect_contains("la salida", "aguja", "un\npajar\n");
}

HS_TEST(ejemplos, enteros_distintos)
{
    hs_expect_eq_int("el número de peticiones", 3, 5);
}

HS_TEST(ejemplos, demasiado)
{
    hs_expect_at_most("el tiempo hasta salir, en ms: ¿espera de más?", 1000, 2500);
}

HS_TEST(ejemplos, condicion_falsa)
{
    hs_expect(1 > 2, "el primero debía pasar de %d y es 1", 2);
}

HS_TEST(ejemplos, tareas_que_esperan)
{
    struct hs_program *p = hs_start("traza");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_wait_line(p, hs_has("nunca"), 300);
}

HS_TEST(ejemplos, linea_que_no_llega)
{
    struct hs_program *p = hs_start("esperar");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_wait_line(p, hs_has("nunca", "jamás"), 50);
}

HS_TEST(ejemplos, callado)
{
    hs_wait_line(hs_start("callar"), hs_has("búfer"), 100);
}

HS_TEST(ejemplos, acaba_antes)
{
    hs_wait_line(hs_start("salir", "3"), hs_regex("^resultado", "la línea del resultado"),
                 25000);
}

HS_TEST(ejemplos, se_cae)
{
    hs_expect_exit(hs_start("segv"), 0, 5000);
}

HS_TEST(ejemplos, otro_codigo)
{
    hs_expect_exit(hs_start("salir", "3"), 2, 5000);
}

HS_TEST(ejemplos, comillas)
{
    hs_expect_exit(hs_start("salir", "0", "O'Brien", "a b", "", "~", "x=1,2", "ñ"), 1,
                   5000);
}

HS_TEST(ejemplos, queja_de_mas)
{
    hs_expect_complaint(hs_start("sin-salto"), 0, 5000);
}

HS_TEST(ejemplos, veces)
{
    struct hs_program *p = hs_start("esperar");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_expect_lines(p, 2, hs_has("listo"));
}

HS_TEST(ejemplos, inunda)
{
    hs_wait_line(hs_start("inundar"), hs_has("nunca"), 25000);
}

HS_TEST(ejemplos, no_termina)
{
    struct hs_program *p = hs_start("esperar");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_expect_exit(p, 0, 50);
}

HS_TEST(ejemplos, sucio)
{
    struct hs_program *p = hs_start("basura");
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("lo escrito\x1b[2J", "limpio", hs_stdout(p));
}

HS_TEST(ejemplos, faltan_peticiones)
{
    struct hs_http *m = hs_http_start();
    struct hs_options curl = {.program = "/usr/bin/curl"};
    hs_http_on(m, "/una", {.status = 503});
    hs_start_with(curl, "-s", hs_http_url(m, "/una"));
    hs_http_wait_requests(m, "/una", 3, 25000);
}

HS_TEST(ejemplos, faltan_a_la_vez)
{
    struct hs_http *m = hs_http_start();
    struct hs_options curl = {.program = "/usr/bin/curl"};
    hs_http_on(m, "/a", {.hold = true});
    hs_start_with(curl, "-s", hs_http_url(m, "/a"));
    hs_http_wait_requests(m, "/a", 1, 5000);
    hs_http_wait_in_flight(m, NULL, 2, 50);
}

HS_TEST(ejemplos, linea_que_no_llega_a_un_cliente)
{
    struct hs_address at = hs_tcp_announced(hs_start("servir"), "abierto: ", 5000);
    struct hs_tcp *ana = hs_tcp_open("ana", at), *luis = hs_tcp_open("luis", at);
    hs_tcp_send(ana, "uno\r\n");
    hs_tcp_wait_line(ana, hs_has("uno"), 5000);
    hs_tcp_wait_line(luis, hs_has("uno"), 50);
}

HS_TEST(ejemplos, cliente_al_que_le_cierran)
{
    struct hs_address at = hs_tcp_announced(hs_start("servir"), "abierto: ", 5000);
    struct hs_tcp *ana = hs_tcp_open("ana", at);
    hs_tcp_send(ana, "corta\n");
    hs_tcp_wait_line(ana, hs_has("corta"), 25000);
}

HS_TEST(ejemplos, cliente_sin_servidor)
{
    struct hs_tcp *ana = hs_tcp_open("ana", (struct hs_address){"127.9.9.9", 1});
    hs_tcp_wait_line(ana, hs_has("hola"), 25000);
}

HS_TEST(ejemplos, anuncio_mal_hecho)
{
    hs_tcp_announced(hs_start("servir", "127.0.0.1", "x"), "abierto: ", 25000);
}

HS_TEST(ejemplos, plazo_entero, .segundos = 1)
{
    struct hs_program *p = hs_start("esperar");
    for (;;)
        hs_try_line(p, hs_has("nunca"), 200);
}

HS_TEST(ejemplos, senal_tarde)
{
    struct hs_program *p = hs_start("salir", "0");
    hs_wait_exit(p, 5000);
    hs_signal(p, SIGINT);
}

HS_TEST(ejemplos, entrada_cerrada)
{
    struct hs_program *p = hs_start("sordo");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_write_stdin(p, "¿hola?\n");
}

HS_TEST(ejemplos, memoria_mal_usada)
{
    hs_expect_exit(hs_start_with((struct hs_options){.asan = true}, "liberado"), 0,
                   20000);
}

HS_TEST(ejemplos, fuga)
{
    hs_expect_exit(hs_start_with((struct hs_options){.asan = true}, "fuga"), 0, 20000);
}

#define VIGILADO(...)                                                                    \
    hs_expect_exit(                                                                      \
        hs_start_with((struct hs_options){.asan = true}, "vigilado", __VA_ARGS__), 0,    \
        20000)

HS_TEST(ejemplos, fuga_y__exit)
{
    VIGILADO("==7==ERROR: LeakSanitizer: detected memory leaks",
             "    #1 0x1 in pedir autograder/p.c:9", AG_EXIT_ADVICE);
}

HS_TEST(ejemplos, lo_que_dice_la_guardia)
{
    VIGILADO("==ERROR: AddressSanitizer: el programa trae su propio malloc");
}

HS_TEST(ejemplos, error_que_no_se_conoce)
{
    VIGILADO("==7==ERROR: AddressSanitizer: requested allocation size 0x7f (0x80 after "
             "adjustments) exceeds maximum supported size of 0x1");
}

HS_TEST(ejemplos, error_que_ve_ubsan)
{
    hs_expect_exit(hs_start_with((struct hs_options){.asan = true}, "segv"), 1, 20000);
}

HS_TEST(ejemplos, archivo_sin_abrir)
{
    struct hs_dir *d = hs_dir("datos");
    struct hs_fifo *f = hs_fifo(d, "tubo");
    hs_file_write_text(d, "otro", "hola");
    hs_wait_line(hs_start("esperar"), hs_has("listo"), 5000);
    hs_fifo_wait_some(&f, 1, 0, 50);
    hs_fifo_wait_open(f, 50);
}

HS_TEST(ejemplos, archivo_a_medias)
{
    struct hs_fifo *f = hs_fifo(hs_dir("datos"), "tubo");
    hs_start("leer-poco", "datos/tubo", "1");
    hs_fifo_write_text(f, "a");
    hs_fifo_write_text(f, "bcd");
}

HS_TEST(ejemplos, archivo_que_es_un_enlace)
{
    struct hs_dir *d = hs_dir("datos");
    hs_expect_exit(hs_start("enlazar", "/etc/passwd", "datos/x"), 0, 5000);
    hs_file_read(d, "x", NULL);
}

HS_TEST(ejemplos, archivo_tras_un_enlace)
{
    struct hs_dir *d = hs_dir("datos");
    hs_expect_exit(hs_start("enlazar", "/usr", "datos/x"), 0, 5000);
    hs_file_size(d, "x/bin");
}

HS_TEST(ejemplos, escribir_en_un_enlace)
{
    struct hs_dir *d = hs_dir("datos");
    hs_file_write_text(d, "bueno", "");
    hs_expect_exit(hs_start("enlazar", "bueno", "datos/x"), 0, 5000);
    hs_file_write_text(d, "x", "fuera");
}

HS_TEST(ejemplos, mismo_directorio)
{
    hs_dir("datos");
    hs_dir_read_only("datos");
}

HS_TEST(ejemplos, muchos_pasos)
{
    for (int i = 1; i <= 1000; i++)
        hs_step("paso número %d", i);
    hs_fail("y al final falla");
}

HS_TEST(ejemplos, sin_comprobar)
{
    hs_step("No miro nada");
}

HS_TEST(ejemplos, plazo_imposible, .segundos = 90)
{
    hs_expect(true, "no llega aquí");
}

HS_TEST(ejemplos, sin_programa)
{
    hs_start_with((struct hs_options){.program = "/no/existe"});
}

HS_TEST(ejemplos, memoria_de_mas)
{
    hs_expect_memory("la memoria que ocupa, en KiB,", 10, 20);
}

/* Con ASINC_FILES, más de los que su laboratorio dice que hacen falta. */
HS_TEST(ejemplos, descriptores_sin_decir)
{
    hs_expect_exit(hs_start_with((struct hs_options){.files = 300}, "salir", "0"), 0,
                   5000);
}

HS_TEST(ejemplos, expresion_mala)
{
    hs_wait_line(hs_start("esperar"), hs_regex("(sin cerrar", "una línea"), 50);
}

HS_TEST(ejemplos, peticion_que_no_hubo)
{
    hs_http_request(hs_http_start(), NULL, 1);
}

HS_TEST(ejemplos, suite_que_revienta)
{
    hs_expect(true, "empieza bien");
    raise(SIGSEGV);
}

HS_TEST(ejemplos, suite_que_sale)
{
    hs_expect(true, "empieza bien");
    _Exit(0);
}

HS_TEST(ejemplos, suite_que_aborta_criterion)
{
    hs_expect(true, "empieza bien");
    cr_skip_test("me salto el resto");
}

static const char sin_sitio[] =
    "DO $$ BEGIN RAISE 'no queda sitio' USING ERRCODE = '53100'; "
    "END $$";

HS_TEST(ejemplos, servidor_que_se_llena)
{
    struct hs_pg *pg = hs_pg_start();
    hs_start("esperar");
    hs_pg_run(pg, "%s", sin_sitio);
}

HS_TEST(ejemplos, servidor_que_nace_lleno)
{
    hs_pg_run(hs_pg_start(), "%s", sin_sitio);
}

HS_TEST(ejemplos, sql_equivocado)
{
    struct hs_pg *pg = hs_pg_start();
    hs_start("esperar");
    hs_pg_run(pg, "SELEC 1");
}

HS_TEST(ejemplos, nadie_llega_al_cerrojo)
{
    struct hs_pg *pg = hs_pg_start();
    hs_start("salir", "0");
    hs_pg_wait_blocked(pg, 2, 25000);
}

HS_TEST(ejemplos, descriptores_escondidos)
{
    struct hs_program *p = hs_start("esconderse");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_expect_at_most("descriptores", 64, hs_usage(p).fds);
}

HS_TEST(ejemplos, base_escrita)
{
    struct hs_pg *pg = hs_pg_start();
    hs_pg_run(pg, "CREATE TABLE t (n int); GRANT INSERT ON t TO alumno");
    hs_expect_exit(psql(hs_pg_dsn(pg), "INSERT INTO t VALUES (1), (2)"), 0, 10000);
}

HS_TEST(ejemplos, archivo_escrito)
{
    hs_dir("datos");
    struct hs_options tee = {.program = "/usr/bin/tee"};
    struct hs_program *p = hs_start_with(tee, "datos/uno");
    hs_write_stdin(p, "hola\n");
    hs_close_stdin(p);
    hs_expect_exit(p, 0, 5000);
}

/* ---- lo que se ve en el programa, antes que lo que se esperaba de él ---------------- */

HS_TEST(ejemplos, no_para)
{
    struct hs_program *p = hs_start("girar");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_wait_line(p, hs_has("nunca"), 900);
}

HS_TEST(ejemplos, sin_ningun_salto)
{
    struct hs_program *p = hs_start("sin-ningún-salto");
    hs_wait_line(p, hs_has("una línea"), 300);
}

HS_TEST(ejemplos, dos_lineas_en_una)
{
    struct hs_program *p = hs_start("pegadas");
    hs_wait_line(p, hs_regex("^LISTO tres", "la línea de tres.bin: ¿sigue el setvbuf?"),
                 5000);
}

HS_TEST(ejemplos, se_esperan_unas_a_otras)
{
    hs_expect_exit(hs_start("interbloqueo"), 0, 5000);
}

HS_TEST(ejemplos, asinc_lo_para)
{
    hs_expect_exit(hs_start("asinc-aborta"), 0, 5000);
}

/* Con la máquina lenta el plazo es mayor; con el programa quieto, ya no. */
HS_TEST(ejemplos, no_hace_nada)
{
    struct hs_program *p = hs_start("esperar");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_wait_line(p, hs_has("nunca"), 1000);
}
