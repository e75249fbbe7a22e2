/* programas.c: el manejo de programas, con programas de verdad. */
#include "harness/harness.h"
#include <criterion/criterion.h>
#include <string.h>

HS_SUITE(programas)

HS_TEST(programas, codigo_de_salida)
{
    hs_expect_exit(hs_start("salir", "0"), 0, 5000);
    hs_expect_exit(hs_start("salir", "42"), 42, 5000);
}

HS_TEST(programas, salir_con_139_no_es_un_segv)
{
    struct hs_exit end = hs_wait_exit(hs_start("salir", "139"), 5000);
    hs_expect(end.exited && end.signal == 0, "salió por su pie");
    hs_expect_eq_int("código", 139, end.code);
    hs_expect_eq_str("palabras", "salió con código 139", hs_exit_words(end));
}

HS_TEST(programas, muerte_por_senal_en_palabras)
{
    struct hs_exit end = hs_wait_exit(hs_start("segv"), 5000);
    hs_expect_eq_int("señal", SIGSEGV, end.signal);
    hs_expect_eq_str("palabras", "murió por SIGSEGV (violación de segmento)",
                     hs_exit_words(end));
    end = hs_wait_exit(hs_start("señal", "34"), 5000);
    hs_expect_contains("señal sin nombre", "34", hs_exit_words(end));
}

HS_TEST(programas, argumentos_raros_llegan_intactos)
{
    struct hs_program *p = hs_start("argumentos", "", "dos palabras", "*", "ñ\n'\"");
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("stdout", "[]\n[dos palabras]\n[*]\n[ñ\n'\"]\n", hs_stdout(p));
}

HS_TEST(programas, el_entorno_del_corrector_no_entra)
{
    struct hs_program *p = hs_start("entorno");
    hs_expect_exit(p, 0, 5000);
    hs_expect_line(p, hs_has("PATH="));
    hs_expect_no_line(p, hs_has("ASINC_PROGRAM"));
    hs_expect_no_line(p, hs_has("ASINC_RUNNER"));
}

HS_TEST(programas, la_zona_horaria_se_elige)
{
    struct hs_program *p = hs_start_with((struct hs_options){.timezone = "<+0530>-5:30"},
                                         "entorno");
    hs_expect_exit(p, 0, 5000);
    hs_expect_line(p, hs_regex("^TZ=<\\+0530>-5:30$", "la línea que busca"));
}

HS_TEST(programas, la_ultima_linea_sin_salto_cuenta)
{
    struct hs_program *p = hs_start("sin-salto");
    const struct hs_line *line = hs_wait_line(
        p, hs_regex("^la última", "la línea que busca"), 5000);
    hs_expect(!line->newline, "la línea viene sin salto");
    hs_expect_eq_int("número", 2, line->number);
    hs_expect(hs_find_line(p, hs_has("primera"), 1)->newline, "la otra sí lo trae");
    hs_expect_eq_str("todo", "primera\nla última no acaba", hs_stdout(p));
}

HS_TEST(programas, stderr_va_aparte)
{
    struct hs_program *p = hs_start("errores");
    hs_wait_line(p, (struct hs_match){.has = {"va por"}, .stream = HS_ERR}, 5000);
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_str("stdout", "va por stdout\n", hs_stdout(p));
    hs_expect_eq_str("stderr", "va por stderr\n", hs_stderr(p));
    hs_expect_lines(p, 1, hs_has("va por"));
    hs_expect_lines(p, 2, (struct hs_match){.has = {"va por"}, .stream = HS_ANY});
}

HS_TEST(programas, buscar_lineas)
{
    struct hs_program *p = hs_start("contar", "120");
    hs_wait_lines(p, 20, hs_regex("^línea [0-9]*[05]$", "la línea que busca"), 5000);
    hs_expect_exit(p, 0, 5000);
    hs_expect_eq_int("todas", 120, hs_count_lines(p, hs_has("línea")));
    hs_expect_lines(p, 24, hs_regex("[05]$", "la línea que busca"));
    hs_expect_lines(p, 11, (struct hs_match){.regex = "[05]$", .lacks = "5"});
    hs_expect_lines(p, 20, (struct hs_match){.after = 100});
    hs_expect_eq_str("tercera con un 7", "línea 27",
                     hs_find_line(p, hs_has("7", "línea"), 3)->text);
    hs_expect(!hs_find_line(p, hs_has("línea 121"), 1), "no hay más");
    hs_expect_eq_int("marca", 120, hs_mark(p));
}

static bool is_long(const struct hs_line *line, void *arg)
{
    return line->length >= *(size_t *)arg;
}

HS_TEST(programas, buscar_con_una_funcion)
{
    size_t length = strlen("línea 100");
    struct hs_program *p = hs_start("contar", "100");
    const struct hs_line *line = hs_wait_line(
        p, (struct hs_match){.test = is_long, .arg = &length}, 5000);
    hs_expect_eq_int("número", 100, line->number);
}

HS_TEST(programas, senal_y_respuesta)
{
    struct hs_program *p = hs_start("despedirse");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_expect(hs_running(p), "sigue en marcha");
    hs_signal(p, SIGINT);
    struct hs_exit end = hs_expect_exit(p, 3, 5000);
    hs_expect(end.after_signal >= 0 && end.after_signal <= hs_ms(5000),
              "acabó después de la señal: %g ms", end.after_signal);
    hs_expect_eq_str("stdout", "listo\nadiós\n", hs_stdout(p));
    hs_expect(!hs_running(p), "ya no está en marcha");
}

HS_TEST(programas, intento_sin_exito_devuelve_null)
{
    struct hs_program *p = hs_start("esperar");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_expect(!hs_try_line(p, hs_has("nunca"), 50), "no hay tal línea");
}

HS_TEST(programas, entrada_estandar)
{
    struct hs_program *p = hs_start("eco");
    hs_write_stdin(p, "hola\n");
    hs_wait_line(p, hs_regex("^eco: hola$", "la línea que busca"), 5000);
    hs_write_stdin(p, "adiós\n");
    hs_wait_line(p, hs_regex("^eco: adiós$", "la línea que busca"), 5000);
    hs_close_stdin(p);
    hs_expect_exit(p, 0, 5000);
}

HS_TEST(programas, nadie_lee_su_salida)
{
    struct hs_program *p = hs_start("eco");
    hs_write_stdin(p, "hola\n");
    hs_wait_line(p, hs_regex("^eco: hola$", "la línea que busca"), 5000);
    hs_close_stdout(p);
    hs_expect(hs_running(p), "mientras no escriba, no lo sabe");
    hs_write_stdin(p, "otra\n");
    hs_expect_eq_int("señal", SIGPIPE, hs_wait_exit(p, 5000).signal);
    hs_expect_eq_str("stdout", "eco: hola\n", hs_stdout(p));
}

HS_TEST(programas, gasto_de_cpu_y_descriptores)
{
    struct hs_program *few = hs_start("descriptores", "0");
    struct hs_program *many = hs_start("descriptores", "20");
    hs_wait_line(few, hs_has("listo"), 5000);
    hs_wait_line(many, hs_has("listo"), 5000);
    struct hs_usage a = hs_usage(few), b = hs_usage(many);
    hs_expect_eq_int("descriptores de más", 20, b.fds - a.fds);
    hs_expect_eq_int("procesos", 1, a.processes);
    hs_expect_eq_int("hilos", 1, a.threads);
    hs_expect_at_least("KiB", 1, a.memory_kib);
}

HS_TEST(programas, quien_gira_gasta_cpu)
{
    struct hs_program *spin = hs_start("girar"), *calm = hs_start("esperar");
    hs_wait_line(spin, hs_has("listo"), 5000);
    hs_wait_line(calm, hs_has("listo"), 5000);
    while (hs_usage(spin).cpu_ms < 100)
        hs_expect(hs_now() < hs_ms(20000), "el que gira gasta 100 ms de CPU");
    hs_expect_at_most("CPU del que espera", 60, hs_usage(calm).cpu_ms);
}

HS_TEST(programas, limite_de_reloj_en_palabras)
{
    struct hs_options options = {.wall_seconds = 1};
    struct hs_exit end = hs_wait_exit(hs_start_with(options, "esperar"), 10000);
    hs_expect(!end.exited && end.limit, "lo mató un límite: %s", hs_exit_words(end));
    hs_expect_contains("palabras", end.limit, hs_exit_words(end));
}

HS_TEST(programas, limites_a_medida)
{
    hs_expect_exit(hs_start("descriptores", "100"), 1, 5000);
    struct hs_program *p = hs_start_with((struct hs_options){.files = 700},
                                         "descriptores", "600");
    hs_wait_line(p, hs_has("listo"), 5000);
    hs_expect_at_least("descriptores abiertos", 600, hs_usage(p).fds);

    p = hs_start("hilos", "1000");
    hs_wait_line(p, hs_has("listo"), 5000);
    struct hs_usage usage = hs_usage(p);
    hs_expect_eq_int("hilos", 1001, usage.threads);
    hs_expect_at_most("KiB de 1000 hilos que duermen", 128 << 10, usage.memory_kib);
    hs_step("1000 hilos que duermen ocupan %lld KiB", (long long)usage.memory_kib);
}

HS_TEST(programas, varios_a_la_vez)
{
    struct hs_program *p[8];
    for (int i = 0; i < 8; i++)
        p[i] = hs_start("contar", hs_format("%d", 100 * (i + 1)));
    for (int i = 7; i >= 0; i--) {
        hs_expect_exit(p[i], 0, 20000);
        hs_expect_lines(p[i], 100 * (i + 1), hs_has("línea"));
    }
}

HS_TEST(programas, cuantos_hijos_deja)
{
    struct hs_exit end = hs_expect_exit(hs_start("hijo", "0"), 0, 5000);
    hs_expect_eq_int("hijos del que deja uno", 1, end.leftovers);
    end = hs_expect_exit(hs_start("salir", "0"), 0, 5000);
    hs_expect_eq_int("hijos del que no deja ninguno", 0, end.leftovers);
}

HS_TEST(programas, un_hijo_que_acaba_un_poco_despues_no_cuenta)
{
    struct hs_exit end = hs_expect_exit(hs_start("hijo", "50"), 0, 5000);
    hs_expect_eq_int("hijos", 0, end.leftovers);
    hs_expect(end.ms < hs_now(), "y su final es el del padre");
}

HS_TEST(programas, vivo_al_final_no_estorba)
{
    hs_wait_line(hs_start("esperar"), hs_has("listo"), 5000);
}

HS_TEST(programas, azar_repetible)
{
    const char *a = hs_random_name(), *b = hs_random_name();
    hs_expect(strcmp(a, b) != 0, "«%s» y «%s» son distintos", a, b);
    hs_expect(strlen(a) >= 6 && strlen(a) <= 10, "«%s» mide de 6 a 10", a);
    hs_expect(strspn(a, "abcdefghijklmnopqrstuvwxyz") == strlen(a), "«%s» es a-z", a);
    bool seen[7] = {false};
    for (int i = 0; i < 500; i++) {
        int n = hs_random_between(-3, 3);
        hs_expect(n >= -3 && n <= 3, "%d está en su sitio", n);
        seen[n + 3] = true;
    }
    for (int i = 0; i < 7; i++)
        hs_expect(seen[i], "%d sale alguna vez", i - 3);
    unsigned char many[2][8192], missing = 0;
    bool byte[256] = {false};
    hs_random_bytes(many[0], sizeof many[0]);
    hs_random_bytes(many[1], sizeof many[1]);
    for (size_t i = 0; i < sizeof many[0]; i++)
        byte[many[0][i]] = true;
    for (int i = 0; i < 256; i++)
        missing += !byte[i];
    hs_expect(missing == 0, "sale cada uno de los 256 bytes");
    hs_expect(memcmp(many[0], many[1], sizeof many[0]) != 0, "y otra vez, otros");
}
