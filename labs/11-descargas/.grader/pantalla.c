/* pantalla.c: cómo acaba, qué se ve en una terminal y lo que gasta. */
#include "bajadas.h"

/* ---- Despedirse ------------------------------------------------------------------- */

/* Tantos que no caben en una tabla: el programa los baja y los cuenta todos. */
static void exigir_resumen_de_muchos(struct hs_http *web)
{
    enum { MUCHOS = 300, BYTES = 10 };
    const char *argv[MUCHOS + 5] = {"--dir", DIR, "--max", "8"};
    for (int i = 0; i < MUCHOS; i++) {
        struct archivo a = archivo_de(web, BYTES);
        PUBLICAR(web, a);
        argv[4 + i] = a.url;
    }
    hs_step("%d archivos de %d bytes", MUCHOS, BYTES);
    struct hs_program *p = hs_start_argv((struct hs_options){.files = 256}, argv);
    acabar(p, PRONTO);
    exigir_resumen(p, MUCHOS, 0, 0, MUCHOS * BYTES);
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
    exigir_resumen(p, 2, 2, 0, a.cuerpo.n + b.cuerpo.n + 3000);
    exigir_resumen_de_muchos(web);
}

HS_TEST(descargas, ctrl_c)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000), b = archivo_de(web, 50000);
    struct archivo muda = archivo_de(web, 1), espera = archivo_de(web, 1000);
    struct archivo hecho = archivo_de(web, 700), nada = archivo_de(web, 0);
    PUBLICAR(web, hecho);
    PUBLICAR(web, a, .pause_at = 60000);
    PUBLICAR(web, b, .pause_at = 20000);
    PUBLICAR(web, muda, .fault = HS_SILENT);
    PUBLICAR(web, espera, .pause_at = 500);
    struct hs_program *p = bajar_deprisa("--max", "3", hecho.url, nada.url, a.url, b.url,
                                         muda.url, espera.url);
    exigir_progreso(p, a, "60%");
    exigir_progreso(p, b, "40%");
    hs_http_wait_requests(web, muda.ruta, 1, PRONTO);
    hs_wait_line(p, listo(hecho), PRONTO);
    hs_wait_line(p, fallida(nada.url), PRONTO);
    hs_step("Una ha acabado y otra ha fallado. Hay dos a medias, con el servidor parado; "
            "otra sin respuesta todavía, y otra esperando su turno");
    hs_signal(p, SIGINT);
    acabar(p, DESPEDIDA);
    exigir_resumen(p, 1, 1, 4, 60000 + 20000 + 700);
    hs_expect_eq_int(
        "el número de líneas ERROR: con Ctrl+C, las que no acabaron son interrumpidos", 1,
        hs_count_lines(p, hs_regex("^ERROR ", "una línea que empiece por «ERROR »")));
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
    struct archivo tampoco = archivo_de(web, 0);
    PUBLICAR(web, a);
    hs_step("Con todo bajado sale con 0; si falta algo, sea cuanto sea, con 1");
    hs_expect_exit(bajar(a.url), 0, PRONTO);
    hs_expect_exit(bajar(nada.url, tampoco.url, a.url), 1, PRONTO);
    hs_step("También si lo que falta no llegó a pedirse: una URL sin nombre, o repetida");
    hs_expect_exit(bajar(a.url, hs_http_url(web, "/")), 1, PRONTO);
    hs_expect_exit(bajar(a.url, a.url), 1, PRONTO);
}

HS_TEST(descargas, ctrl_c_sale_con_1)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000), b = archivo_de(web, 1000);
    PUBLICAR(web, a, .pause_at = 500);
    PUBLICAR(web, b, .pause_at = 500);
    struct hs_program *p = bajar("--refresco", "60", a.url, b.url);
    hs_http_wait_paused(web, NULL, 2, PRONTO);
    hs_step("Dos a medias, y hasta el próximo refresco falta un minuto");
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 1, DESPEDIDA);
}

/* Acaba con este código y una línea en stderr, sin haber hecho nada. */
static void exigir_que_no_empieza(struct hs_program *p, int codigo)
{
    hs_expect_complaint(p, codigo, PRONTO);
}

HS_TEST(descargas, no_puede_empezar)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000);
    const char *const argumentos[][5] = {
        {NULL},
        {"--dir", "x", NULL},
        {"--dir", "", a.url, NULL},
        {a.url, "--max", NULL},
        {"--max", "0", a.url, NULL},
        {"--max", "3.5", a.url, NULL},
        {"--refresco", "0", a.url, NULL},
        {"--timeout", "nan", a.url, NULL},
        {"--no-existe", a.url, NULL},
        {a.url, "ftp://127.0.0.1/x", NULL},
    };
    PUBLICAR(web, a);
    hs_file_write_text(dir, "archivo", "no soy un directorio\n");
    hs_step(DIR "/archivo es un archivo: dentro de él no se puede crear nada");
    exigir_que_no_empieza(hs_start("--dir", DIR "/archivo/dentro", a.url), 1);
    exigir_que_no_empieza(hs_start("--dir", DIR "/archivo", a.url), 1);
    hs_step("Y con argumentos imposibles sale con 2");
    for (size_t i = 0; i < sizeof argumentos / sizeof *argumentos; i++)
        exigir_que_no_empieza(hs_start_argv((struct hs_options){0}, argumentos[i]), 2);
    hs_expect_eq_int("el número de peticiones", 0, hs_http_stats(web, NULL).requests);
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
        .what = hs_format("«%s %s (n) KB/s»", a.nombre, cuanto),
    };
}

static void exigir_una_fila(struct hs_program *p, struct archivo a)
{
    hs_expect_at_most(
        hs_format("el número de filas de la pantalla en que se ve %s: cada refresco va "
                  "encima del anterior, no debajo",
                  a.nombre),
        1, hs_count_rows(p, hs_has(a.nombre)));
}

HS_TEST(descargas, terminal_se_reescribe)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000), b = archivo_de(web, 100000);
    PUBLICAR(web, a, .pause_at = 15000);
    PUBLICAR(web, b, .pause_at = 15000);
    struct hs_program *p = EN_TERMINAL(80, a.url);
    for (size_t n = 15; n <= 90; n += 15) {
        hs_wait_row(p, estado(a, hs_format("%zu%%", n)), PRONTO);
        exigir_una_fila(p, a);
        hs_http_advance(web, a.ruta, (n + 15) * 1000);
    }
    acabar(p, PRONTO);
    hs_step("En una terminal de 20 columnas no cabe entero: se recorta");
    p = EN_TERMINAL(20, b.url);
    for (size_t n = 15; n <= 90; n += 15) {
        hs_wait_row(p, hs_has(hs_format("%s %zu%%", b.nombre, n)), PRONTO);
        exigir_una_fila(p, b);
        hs_http_advance(web, b.ruta, (n + 15) * 1000);
    }
}

/* Lo que se busca en la pantalla, y lo que ya se ha visto en sus filas de arriba. */
struct juntas {
    const char *textos[3];
    bool vistos[3];
};

/* ¿Se ven las tres a la vez, en esta fila o entre ella y las anteriores? */
static bool se_ven_juntas(const struct hs_line *fila, void *arg)
{
    struct juntas *j = arg;
    bool todas = true;
    for (int i = 0; i < 3; i++) {
        if (fila->number == 1)
            j->vistos[i] = false;
        if (strstr(fila->text, j->textos[i]))
            j->vistos[i] = true;
        todas = todas && j->vistos[i];
    }
    return todas;
}

HS_TEST(descargas, terminal_con_varias)
{
    static const char *const cuanto[] = {"20%", "2 KB", "40%"};
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct juntas juntas = {0};
    struct archivo a[3];
    for (int i = 0; i < 3; i++) {
        a[i] = archivo_de(web, 10000);
        juntas.textos[i] = hs_format("%s %s ", a[i].nombre, cuanto[i]);
    }
    PUBLICAR(web, a[0], .pause_at = 2000);
    PUBLICAR(web, a[1], .pause_at = 3000, .framing = HS_CHUNKED);
    PUBLICAR(web, a[2], .pause_at = 4000);
    struct hs_program *p = EN_TERMINAL(120, a[0].url, a[1].url, a[2].url);
    hs_step("Tres descargas paradas: una al 20%%; otra, que no dice cuánto medirá, con 2 "
            "KB; y otra al 40%%. Deben verse las tres");
    for (int i = 0; i < 3; i++)
        hs_wait_row(p, estado(a[i], cuanto[i]), PRONTO);
    hs_wait_row(p,
                (struct hs_match){.test = se_ven_juntas,
                                  .arg = &juntas,
                                  .what = "el estado de las tres a la vez"},
                PRONTO);
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
    struct archivo nada = archivo_de(web, 0);
    hs_http_on(web, nada.ruta, {.status = 404, .hold = true});
    struct hs_program *p = EN_TERMINAL(200, a.url, b.url, nada.url);
    hs_wait_row(p, estado(a, "50%"), PRONTO);
    hs_wait_row(p, estado(b, "50%"), PRONTO);
    hs_step("Una falla, otra acaba y después la última. Al final solo deben verse las "
            "líneas que se quedan");
    hs_http_wait_requests(web, nada.ruta, 1, PRONTO);
    hs_http_release(web, nada.ruta);
    const char *error = hs_wait_row(p, hs_has("404"), PRONTO);
    hs_expect_eq_str("el principio de la fila del que falló",
                     hs_format("ERROR %s ", nada.url),
                     hs_format("%.*s", (int)strlen(nada.url) + 7, error));
    hs_wait_row(p, estado(a, "50%"), PRONTO); /* ya vuelve a verse el progreso */
    hs_http_advance(web, a.ruta, SIZE_MAX);
    hs_wait_row(p, hs_has(hs_format("LISTO %s", a.nombre)), PRONTO);
    hs_wait_row(p,
                hs_regex(hs_format("^%s 50%%", b.nombre),
                         hs_format("el progreso de %s solo", b.nombre)),
                PRONTO);
    hs_http_advance(web, b.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_eq_str("lo que queda en la pantalla",
                     hs_format("%s\nLISTO %s 30000 bytes\nLISTO %s 100 bytes\n"
                               "RESUMEN listos=2 errores=1 interrumpidos=0 bytes=30100",
                               error, a.nombre, b.nombre),
                     hs_screen(p));
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

/* Lo que ocupa con `n` bytes de `a` recibidos y el servidor parado ahí. */
static int64_t memoria_con(struct hs_http *web, struct archivo a, size_t n,
                           const char *cuanto, struct hs_program **p)
{
    *p = bajar_deprisa(a.url);
    exigir_progreso(*p, a, cuanto);
    int64_t kib = hs_usage(*p).memory_kib;
    hs_step("Con %zu KiB de %s recibidos ocupa %lld KiB de memoria", n / KB, a.nombre,
            (long long)kib);
    hs_http_advance(web, a.ruta, SIZE_MAX);
    return kib;
}

HS_TEST(descargas, memoria_plana)
{
    enum { MIB = 1024 * KB, TOLERADO = 6 * KB };
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo chico = archivo_de(web, 100 * KB), sabido = archivo_de(web, 16 * MIB);
    struct archivo sin_saber = archivo_de(web, 0);
    sin_saber.cuerpo = sabido.cuerpo;
    PUBLICAR(web, chico, .pause_at = 50 * KB);
    PUBLICAR(web, sabido, .pause_at = 13 * MIB);
    PUBLICAR(web, sin_saber, .pause_at = 13 * MIB, .framing = HS_CHUNKED);
    struct hs_program *p;
    int64_t admisible = memoria_con(web, chico, 50 * KB, "50%", &p) + TOLERADO;
    acabar(p, PRONTO);
    hs_expect_memory("la memoria con 13 MiB bajados, en KiB,: ¿va al disco lo que llega?",
                     admisible, memoria_con(web, sabido, 13 * MIB, "81%", &p));
    acabar(p, PRONTO);
    hs_expect_memory("la memoria con 13 MiB de un archivo que no se sabe cuánto medirá, "
                     "en KiB,: ¿va al disco lo que llega?",
                     admisible, memoria_con(web, sin_saber, 13 * MIB, "13312 KB", &p));
    struct hs_exit fin = hs_wait_exit(p, PRONTO);
    hs_expect_memory("la mayor memoria hasta tener los 16 MiB, en KiB,: ¿se vuelve a "
                     "leer el archivo entero?",
                     admisible, fin.peak_kib);
}

HS_TEST(descargas, no_quema_cpu)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000);
    struct archivo muda = archivo_de(web, 1), espera = archivo_de(web, 1);
    PUBLICAR(web, a, .pause_at = 5000);
    PUBLICAR(web, muda, .fault = HS_SILENT);
    hs_step("El servidor se para con la primera y no contesta a la segunda, y la tercera "
            "aguarda su turno: el programa no tiene más que esperar");
    struct hs_program *p = bajar("--refresco", "0.2", "--max", "2", a.url, muda.url,
                                 espera.url);
    hs_wait_line(p, progreso(a, "50%", 0), PRONTO);
    hs_expect_rest(p, 600);
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
    hs_wait_lines(p, 5, hs_regex("^ERROR ", "una línea que empiece por «ERROR »"),
                  2 * PRONTO);
    hs_wait_line(p, progreso(parada, "50%", 0), 2 * PRONTO);
    hs_signal(p, SIGINT);
    acabar(p, 2 * PRONTO);
}
