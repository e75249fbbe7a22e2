/* pantalla.c: cómo acaba, qué se ve en una terminal y lo que gasta. */
#include "bajadas.h"

/* ---- Despedirse ------------------------------------------------------------------- */

/* Una línea que empieza así, y nada detrás. */
static const struct hs_line *exigir_resumen(struct hs_program *p, int listos, int errores,
                                            int interrumpidos)
{
    const struct hs_line *linea = hs_wait_line(p, hs_regex("^RESUMEN"), PRONTO);
    const char *principio = hs_format(
        "RESUMEN listos=%d errores=%d interrumpidos=%d bytes=", listos, errores,
        interrumpidos);
    hs_expect_eq_str("el principio del resumen", principio,
                     hs_format("%.*s", (int)strlen(principio), linea->text));
    hs_expect_eq_int("líneas detrás del resumen", 0,
                     hs_count_lines(p, (struct hs_match){.after = linea->number}));
    return linea;
}

HS_TEST(descargas, resumen)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, (size_t)hs_random_between(1000, 9000));
    struct archivo b = archivo_de(web, (size_t)hs_random_between(1000, 9000));
    struct archivo corto = archivo_de(web, 6000), nada = archivo_de(web, 0);
    PUBLICAR(web, a);
    PUBLICAR(web, b);
    PUBLICAR(web, corto, .fault = HS_CUT_BODY);
    hs_step("Dos llegan enteros, otro se corta a los 3000 bytes y el último no existe");
    struct hs_program *p = bajar(a.url, corto.url, b.url, nada.url);
    hs_wait_exit(p, PRONTO);
    const struct hs_line *linea = exigir_resumen(p, 2, 2, 0);
    hs_expect_eq_int(
        "bytes del resumen: los de los dos enteros y los 3000 del que se cortó",
        (int64_t)(a.cuerpo.n + b.cuerpo.n + 3000),
        strtoll(strrchr(linea->text, '=') + 1, NULL, 10));
}

HS_TEST(descargas, ctrl_c)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000), b = archivo_de(web, 50000);
    struct archivo espera = archivo_de(web, 1000);
    PUBLICAR(web, a, .pause_at = 60000);
    PUBLICAR(web, b, .pause_at = 20000);
    PUBLICAR(web, espera, .pause_at = 500);
    struct hs_program *p = bajar_deprisa("--max", "2", a.url, b.url, espera.url);
    exigir_progreso(p, a, "60%");
    exigir_progreso(p, b, "40%");
    hs_step("Dos a medias, con el servidor parado, y otra esperando su turno");
    hs_signal(p, SIGINT);
    acabar(p, DESPEDIDA);
    exigir_resumen(p, 0, 0, 3);
    exigir_que_no_esta(dir, a.nombre);
    exigir_que_no_esta(dir, b.nombre);
    exigir_bytes(dir, part(a), a, 60000);
    exigir_bytes(dir, part(b), b, 20000);
}

HS_TEST(descargas, codigo_de_salida)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000), nada = archivo_de(web, 0);
    PUBLICAR(web, a);
    hs_step("Con todo bajado sale con 0; si falta algo, con 1");
    hs_expect_exit(bajar(a.url), 0, PRONTO);
    hs_expect_exit(bajar(nada.url, a.url), 1, PRONTO);
}

HS_TEST(descargas, ctrl_c_sale_con_1)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000);
    PUBLICAR(web, a, .pause_at = 500);
    struct hs_program *p = bajar_deprisa(a.url);
    exigir_progreso(p, a, "50%");
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 1, DESPEDIDA);
}

HS_TEST(descargas, directorio_imposible)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000);
    PUBLICAR(web, a);
    hs_file_write_text(dir, "archivo", "no soy un directorio\n");
    hs_step(DIR "/archivo es un archivo: dentro de él no se puede crear nada");
    struct hs_program *p = hs_start("--dir", DIR "/archivo/dentro", a.url);
    hs_expect_exit(p, 1, PRONTO);
    hs_expect_eq_str("lo que escribe en stdout", "", hs_stdout(p));
    hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
    hs_expect_eq_int("peticiones", 0, hs_http_stats(web, NULL).requests);
}

HS_TEST(descargas, argumentos_invalidos)
{
    const char *url = hs_http_refused_url(hs_random_path());
    const char *const casos[][5] = {
        {NULL},
        {"--dir", "x", NULL},
        {"--dir", "", url, NULL},
        {url, "--max", NULL},
        {"--max", "0", url, NULL},
        {"--max", "3.5", url, NULL},
        {"--max", "muchas", url, NULL},
        {"--refresco", "0", url, NULL},
        {"--refresco", "-1", url, NULL},
        {"--timeout", "nan", url, NULL},
        {"--no-existe", url, NULL},
        {"ftp://127.0.0.1/x", NULL},
        {url, "127.0.0.1/x", NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
    }
}

/* ---- En una terminal -------------------------------------------------------------- */

/* En una terminal de tantas columnas. */
#define EN_TERMINAL(columnas, ...)                                                       \
    hs_start_with(((struct hs_options){.columns = (columnas)}), "--dir", DIR,            \
                  "--refresco", "0.05", "--timeout", "3600", __VA_ARGS__)

/* Una fila de la pantalla con el estado de `a`: "nombre 42% 120.5 KB/s". */
static struct hs_match estado(struct archivo a, const char *cuanto)
{
    return (struct hs_match){
        .regex = hs_format("%s %s " VELOCIDAD, a.nombre, cuanto),
        .what = hs_format("«%s %s (n) KB/s» en la pantalla", a.nombre, cuanto),
    };
}

static void exigir_una_fila(struct hs_program *p, struct archivo a)
{
    hs_expect_at_most(
        hs_format("filas de la pantalla en que se ve %s: cada refresco debe "
                  "reescribir el anterior, no ponerse debajo",
                  a.nombre),
        1, hs_count_rows(p, hs_has(a.nombre)));
}

HS_TEST(descargas, terminal_se_reescribe)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000);
    PUBLICAR(web, a, .pause_at = 15000);
    struct hs_program *p = EN_TERMINAL(80, a.url);
    for (size_t n = 15; n <= 90; n += 15) {
        hs_wait_row(p, estado(a, hs_format("%zu%%", n)), PRONTO);
        exigir_una_fila(p, a);
        hs_http_advance(web, a.ruta, (n + 15) * 1000);
    }
    acabar(p, PRONTO);
}

HS_TEST(descargas, terminal_con_varias)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a[3];
    for (int i = 0; i < 3; i++) {
        a[i] = archivo_de(web, 10000);
        PUBLICAR(web, a[i], .pause_at = (size_t)(i + 2) * 1000);
    }
    struct hs_program *p = EN_TERMINAL(120, a[0].url, a[1].url, a[2].url);
    hs_step("Tres descargas paradas, al 20%%, al 30%% y al 40%%: deben verse las tres");
    for (int vuelta = 0; vuelta < 2; vuelta++)
        for (int i = 0; i < 3; i++)
            hs_wait_row(p, estado(a[i], hs_format("%d%%", (i + 2) * 10)), PRONTO);
    hs_http_advance(web, a[2].ruta, 9000);
    hs_wait_row(p, estado(a[2], "90%"), PRONTO);
    for (int i = 0; i < 3; i++)
        exigir_una_fila(p, a[i]);
}

HS_TEST(descargas, terminal_sin_restos)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 30000), b = archivo_de(web, 100);
    PUBLICAR(web, a, .pause_at = 15000);
    PUBLICAR(web, b, .pause_at = 50);
    struct hs_program *p = EN_TERMINAL(100, a.url, b.url);
    hs_wait_row(p, estado(a, "50%"), PRONTO);
    hs_wait_row(p, estado(b, "50%"), PRONTO);
    hs_step("Acaba una y después la otra. Al final solo deben verse las líneas que se "
            "quedan");
    hs_http_advance(web, a.ruta, SIZE_MAX);
    hs_wait_row(p, hs_has(hs_format("LISTO %s", a.nombre)), PRONTO);
    hs_wait_row(p, estado(b, "50%"), PRONTO);
    hs_http_advance(web, b.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_eq_str("lo que queda en la pantalla",
                     hs_format("LISTO %s 30000 bytes\nLISTO %s 100 bytes\n"
                               "RESUMEN listos=2 errores=0 interrumpidos=0 bytes=30100",
                               a.nombre, b.nombre),
                     hs_screen(p));
}

HS_TEST(descargas, terminal_estrecha)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a[3];
    for (int i = 0; i < 3; i++) {
        a[i] = archivo_de(web, 10000);
        PUBLICAR(web, a[i], .pause_at = 1000);
    }
    hs_step(
        "En 40 columnas no caben tres descargas en una fila: lo que no quepa se recorta");
    struct hs_program *p = EN_TERMINAL(40, a[0].url, a[1].url, a[2].url);
    hs_wait_row(p, hs_has(hs_format("%s 10%%", a[0].nombre)), PRONTO);
    for (int i = 1; i < 3; i++)
        hs_http_wait_paused(web, a[i].ruta, 1, PRONTO);
    for (size_t n = 2; n <= 9; n++) {
        hs_http_advance(web, NULL, n * 1000);
        hs_wait_row(p, hs_has(hs_format("%s %zu0%%", a[0].nombre, n)), PRONTO);
    }
    for (int i = 0; i < 3; i++)
        exigir_una_fila(p, a[i]);
}

HS_TEST(descargas, terminal_tras_ctrl_c)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000);
    PUBLICAR(web, a, .pause_at = 5000);
    struct hs_program *p = EN_TERMINAL(80, a.url);
    hs_wait_row(p, estado(a, "50%"), PRONTO);
    hs_signal(p, SIGINT);
    acabar(p, DESPEDIDA);
    hs_expect_eq_str("lo que queda en la pantalla",
                     "RESUMEN listos=0 errores=0 interrumpidos=1 bytes=5000",
                     hs_screen(p));
}

/* ---- Durar ------------------------------------------------------------------------ */

HS_TEST(descargas, memoria_plana)
{
    enum { MIB = 1024 * KB, TOTAL = 16 * MIB, TOLERADO = 6 * KB };
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, TOTAL);
    PUBLICAR(web, a, .pause_at = MIB);
    struct hs_program *p = bajar_deprisa(a.url);
    exigir_progreso(p, a, "6%");
    int64_t antes = hs_usage(p).memory_kib;
    hs_step("Con 1 MiB bajado ocupa %lld KiB de memoria", (long long)antes);
    hs_http_advance(web, a.ruta, 13 * MIB);
    exigir_progreso(p, a, "81%");
    int64_t despues = hs_usage(p).memory_kib;
    hs_step("Con 13 MiB bajados ocupa %lld KiB", (long long)despues);
    hs_expect_at_most("KiB de memoria con 13 MiB bajados: lo que llega va al disco",
                      antes + TOLERADO, despues);
}

HS_TEST(descargas, no_quema_cpu)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000);
    PUBLICAR(web, a, .pause_at = 5000);
    hs_step("El servidor se para: el programa no tiene más que esperar");
    struct hs_program *p = bajar("--refresco", "0.2", a.url);
    hs_wait_line(p, progreso(a, "50%", 0), PRONTO);
    double desde = hs_now();
    int64_t antes = hs_usage(p).cpu_ms;
    hs_wait_lines(p, 6, progreso(a, "50%", 0), PRONTO);
    int64_t gasto = hs_usage(p).cpu_ms - antes;
    double ms = hs_now() - desde;
    hs_step("En %.0f ms ha gastado %lld ms de procesador", ms, (long long)gasto);
    hs_expect_at_most(
        hs_format("milisegundos de procesador gastados en %.0f ms de espera", ms),
        25 + (int64_t)(ms / 100), gasto);
}

HS_TEST(descargas, memoria_limpia, .segundos = 60)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo bien = archivo_de(web, 90000), sigue = archivo_de(web, 90000);
    struct archivo corta = archivo_de(web, 20000), nada = archivo_de(web, 0);
    struct archivo imposible = archivo_de(web, 100), parada = archivo_de(web, 20000);
    PUBLICAR(web, bien);
    PUBLICAR(web, sigue, .ranges = true);
    PUBLICAR(web, corta, .fault = HS_CUT_BODY, .framing = HS_CHUNKED);
    PUBLICAR(web, imposible, .ranges = true);
    PUBLICAR(web, parada, .pause_at = 10000);
    empezada(dir, sigue, 40000);
    hs_file_write_text(dir, part(imposible), hs_format("%200s", "viejo"));
    hs_step("Una sesión entera con el programa compilado con ASan y UBSan");
    struct hs_program *p = hs_start_with(
        (struct hs_options){.asan = true}, "--dir", DIR, "--refresco", "0.05", parada.url,
        bien.url, sigue.url, corta.url, nada.url, imposible.url,
        hs_http_url(web, "/%2e%2e%2fx"), bien.url, hs_http_refused_url("/z.bin"));
    hs_wait_line(p, listo(imposible), 2 * PRONTO);
    hs_wait_line(p, listo(sigue), 2 * PRONTO);
    hs_wait_lines(p, 5, hs_regex("^ERROR "), 2 * PRONTO);
    hs_wait_line(p, progreso(parada, "50%", 0), 2 * PRONTO);
    hs_signal(p, SIGINT);
    acabar(p, 2 * PRONTO);
}
