/* terminal.c: programas en una terminal, y lo que se ve en ella. */
#include "harness/harness.h"

HS_SUITE(terminal)

/* Lo que se ve en una terminal de 10 columnas y 4 filas tras escribir esto. */
static const char *seen(const char *text)
{
    struct hs_program *p = hs_start_with(((struct hs_options){.columns = 10, .rows = 4}),
                                         "decir", text);
    hs_expect_exit(p, 0, 5000);
    return hs_screen(p);
}

HS_TEST(terminal, el_programa_ve_una_terminal)
{
    struct hs_program *p = hs_start_with(((struct hs_options){.columns = 61, .rows = 17}),
                                         "terminal");
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("pantalla",
                     "0: terminal\n1: terminal\n2: otra cosa\ntcgetattr: 0\n61 x 17",
                     hs_screen(p));
    p = hs_start("terminal");
    hs_expect_exit(p, 0, 5000);
    hs_expect_line(p, hs_has("1: otra cosa"));
}

HS_TEST(terminal, ctrl_c_llega_como_senal)
{
    struct hs_program *p = hs_start_with(((struct hs_options){.columns = 80}),
                                         "despedirse");
    hs_wait_row(p, hs_has("listo"), 5000);
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 3, 5000);
    hs_expect_eq_str("pantalla", "listo\nadiós", hs_screen(p));
}

HS_TEST(terminal, se_teclea_y_se_reescribe)
{
    struct hs_program *p = hs_start_with(((struct hs_options){.columns = 80}),
                                         "redibujar");
    hs_write_stdin(p, "uno\n");
    hs_wait_row(p, hs_regex("^vale uno$", "la línea que busca"), 5000);
    hs_write_stdin(p, "dos\n");
    hs_wait_row(p, hs_regex("^vale dos$", "la línea que busca"), 5000);
    hs_expect_eq_int("filas con «vale»", 1, hs_count_rows(p, hs_has("vale")));
    hs_write_stdin(p, "\n");
    hs_close_stdin(p);
    hs_expect_exit(p, 0, 5000);
    hs_expect_contains("al final", "fin", hs_screen(p));
}

HS_TEST(terminal, retorno_retroceso_y_tabulador)
{
    hs_expect_eq_str("retorno", "Xbc", seen("abc\rX"));
    hs_expect_eq_str("más corto sin borrar", "corto  el", seen("esto o el\rcorto "));
    hs_expect_eq_str("retroceso", "aXc", seen("abc\b\bX"));
    hs_expect_eq_str("tabulador", "a       b", seen("a\tb"));
    hs_expect_eq_str("salto", "a\n\nb", seen("a\n\nb\n\n"));
    hs_expect_eq_str("nada", "", seen("  \n \n"));
}

HS_TEST(terminal, se_parte_en_la_ultima_columna)
{
    hs_expect_eq_str("justo", "0123456789\nb", seen("0123456789\nb"));
    hs_expect_eq_str("de más", "0123456789\nA", seen("0123456789A"));
    hs_expect_eq_str("retorno tras la última", "X123456789", seen("0123456789\rX"));
    hs_expect_eq_str("de más y retorno", "0123456789\nXB", seen("0123456789AB\rX"));
}

HS_TEST(terminal, mover_y_borrar)
{
    hs_expect_eq_str("hasta el final", "ab", seen("abcdef\x1b[4D\x1b[K"));
    hs_expect_eq_str("desde el principio", "   def", seen("abcdef\x1b[4D\x1b[1K"));
    hs_expect_eq_str("la línea", "x", seen("abcdef\r\x1b[2Kx"));
    hs_expect_eq_str("arriba", "aXc\nde", seen("abc\nde\x1b[A\bX"));
    hs_expect_eq_str("más arriba de lo que hay", "X\nb", seen("a\nb\x1b[99A\rX"));
    hs_expect_eq_str("principio de la fila de arriba", "Xbc\nd", seen("abc\nd\x1b[FX"));
    hs_expect_eq_str("a una posición", "a\n    X", seen("a\x1b[2;5HX"));
    hs_expect_eq_str("hasta el final de la pantalla", "a",
                     seen("a\nb\nc\x1b[2;1H\x1b[J"));
    hs_expect_eq_str("la pantalla", "X", seen("a\nb\nc\x1b[2J\x1b[HX"));
    hs_expect_eq_str("columna", "aX", seen("abc\x1b[2GX\x1b[K"));
    hs_expect_eq_str("guardar y volver", "Xb\nc", seen("\x1b[sab\nc\x1b[uX"));
    hs_expect_eq_str("quitar una fila", "a\nc", seen("a\nb\nc\x1b[2;1H\x1b[M"));
    hs_expect_eq_str("meter una fila", "a\nX\nb", seen("a\nb\x1b[2;1H\x1b[LX"));
}

HS_TEST(terminal, lo_que_no_se_ve)
{
    hs_expect_eq_str("colores", "rojo", seen("\x1b[1;31mrojo\x1b[0m"));
    hs_expect_eq_str("cursor y título", "ab", seen("\x1b[?25la\x1b]0;título\ab"));
    hs_expect_eq_str("números absurdos", "X\n\n\nX",
                     seen("\x1b[99999999999999;-5HX\x1b[;HX"));
}

HS_TEST(terminal, utf8_y_basura)
{
    hs_expect_eq_str("acentos", "ñandú €", seen("ñandú €"));
    hs_expect_eq_str("se parte por caracteres", "ññññññññññ\nñ", seen("ñññññññññññ"));
    hs_expect_eq_str("cortado", "\uFFFDa\uFFFD",
                     seen("\xc3"
                          "a\xff"));
}

HS_TEST(terminal, lo_que_sube_se_conserva)
{
    hs_expect_eq_str("historial", "1\n2\n3\n4\n5\n6", seen("1\n2\n3\n4\n5\n6\n"));
    hs_expect_eq_str("el cursor no entra en él", "1\n2\nX\n4\n5",
                     seen("1\n2\n3\n4\n5\n\x1b[99A\rX"));
    struct hs_program *p = hs_start_with(((struct hs_options){.columns = 10, .rows = 4}),
                                         "contar", "9000");
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_int("del historial largo, el final", 1,
                     hs_count_rows(p, hs_regex("^línea 9000$", "la línea que busca")));
    hs_expect_eq_int("lo más antiguo se olvida", 0,
                     hs_count_rows(p, hs_regex("^línea 1$", "la línea que busca")));
}
