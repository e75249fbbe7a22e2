/*
 * La suite del laboratorio 11. Cada prueba exige una sola cosa del enunciado.
 *
 * El servidor manda la mitad de un archivo y se para: mientras no le dejen seguir, lo que
 * el programa enseña y lo que hay en su directorio no pueden cambiar, y se miran con calma.
 * Así se juzgan el porcentaje, el .part o la pantalla sin medir casi nada con el reloj.
 */
#include "bajadas.h"

HS_SUITE(descargas)

/* ---- Bajar ------------------------------------------------------------------------ */

HS_TEST(descargas, descarga_un_archivo)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, (size_t)hs_random_between(100, 200) * 1000);
    PUBLICAR(web, a);
    struct hs_program *p = bajar(a.url);
    hs_http_wait_requests(web, a.ruta, 1, PRONTO);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
}

HS_TEST(descargas, escribe_al_momento)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 5000), b = archivo_de(web, 5000);
    PUBLICAR(web, a);
    PUBLICAR(web, b, .pause_at = 1000);
    hs_step("Un archivo llega entero; el otro se queda a medias");
    struct hs_program *p = bajar("--timeout", "3600", a.url, b.url);
    hs_http_wait_paused(web, b.ruta, 1, PRONTO);
    hs_http_wait_ended(web, a.ruta, 1, PRONTO);
    if (hs_try_line(p, listo(a), PRONTO)) {
        hs_expect(true, "la línea llega");
        return;
    }
    hs_step("La línea del que acabó no llega: dejo que acabe el otro");
    hs_http_advance(web, NULL, SIZE_MAX);
    hs_wait_exit(p, PRONTO);
    if (hs_find_line(p, listo(a), 1))
        hs_fail(
            "la línea LISTO solo salió al terminar el programa. Escribe en una tubería, "
            "y ahí stdio guarda las líneas: usa setvbuf o fflush");
    hs_fail("%s llegó entero y no hay %s", a.nombre, listo(a).what);
}

HS_TEST(descargas, crea_el_directorio)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR), *normal = hs_dir("descargas");
    struct archivo a = archivo_de(web, 3000);
    PUBLICAR(web, a);
    hs_step("Sin --dir, los archivos van a «descargas»");
    acabar(hs_start(a.url), PRONTO);
    exigir_entero(normal, a);
    const char *nuevo = hs_random_name();
    hs_step("Con --dir, se crea lo que falte del camino");
    acabar(hs_start("--dir", hs_format(DIR "/%s/dentro", nuevo), a.url), PRONTO);
    exigir_bytes(dir, hs_format("%s/dentro/%s", nuevo, a.nombre), a, a.cuerpo.n);
}

HS_TEST(descargas, archivo_vacio)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 0);
    PUBLICAR(web, a);
    hs_step("El archivo mide cero bytes: es un archivo como los demás");
    struct hs_program *p = bajar(a.url);
    acabar(p, PRONTO);
    hs_expect_line(p, listo(a));
    exigir_entero(dir, a);
}

HS_TEST(descargas, sigue_redirecciones)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 4000), meta = archivo_de(web, 0);
    hs_http_on(web, meta.ruta, {.body = a.cuerpo.bytes, .body_size = a.cuerpo.n});
    hs_http_on(web, a.ruta, {.status = 302, .location = meta.ruta});
    hs_step("%s lleva a %s; el nombre es el de la URL que se pidió", a.ruta, meta.ruta);
    acabar(bajar(a.url), PRONTO);
    exigir_entero(dir, a);
}

/* ---- A la vez --------------------------------------------------------------------- */

HS_TEST(descargas, varias_a_la_vez)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a[3];
    const char *argv[] = {"--dir", DIR, NULL, NULL, NULL, NULL};
    for (int i = 0; i < 3; i++) {
        a[i] = archivo_de(web, 50000);
        PUBLICAR(web, a[i], .barrier = 3);
        argv[2 + i] = a[i].url;
    }
    hs_step("El servidor no contesta a nadie hasta que lleguen las 3 peticiones");
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    hs_http_wait_requests(web, NULL, 3, PRONTO);
    acabar(p, PRONTO);
    for (int i = 0; i < 3; i++)
        exigir_entero(dir, a[i]);
}

/* `n` archivos que se paran a medias, y las opciones para bajarlos de `max` en `max`. */
static struct hs_program *bajar_con_max(struct hs_http *web, int max, int n,
                                        struct archivo a[])
{
    const char *argv[n + 9];
    memset(argv, 0, sizeof argv);
    argv[0] = "--dir", argv[1] = DIR, argv[2] = "--refresco", argv[3] = "0.05";
    argv[4] = "--timeout", argv[5] = "3600", argv[6] = "--max",
    argv[7] = hs_format("%d", max);
    for (int i = 0; i < n; i++) {
        a[i] = archivo_de(web, 4000);
        PUBLICAR(web, a[i], .pause_at = 1000);
        argv[8 + i] = a[i].url;
    }
    return hs_start_argv((struct hs_options){0}, argv);
}

HS_TEST(descargas, nunca_mas_de_max)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    int max = hs_random_between(4, 5), n = max + 3;
    struct archivo a[n];
    struct hs_program *p = bajar_con_max(web, max, n, a);
    hs_http_wait_paused(web, NULL, max, PRONTO);
    hs_step("Están todas a medias y el servidor parado: no debe empezar ninguna más");
    hs_wait_line(p, progreso(a[max - 1], NULL, 0), PRONTO);
    hs_expect_eq_int(hs_format("peticiones con --max %d y ninguna descarga acabada", max),
                     max, hs_http_stats(web, NULL).requests);
    hs_step("Las dejo seguir de una en una, hasta el final");
    for (int i = 0; i < n; i++) {
        hs_http_wait_paused(web, a[i].ruta, 1, PRONTO);
        hs_http_advance(web, a[i].ruta, SIZE_MAX);
    }
    acabar(p, PRONTO);
    hs_expect_eq_int(hs_format("descargas a la vez, como mucho, con --max %d", max), max,
                     hs_http_stats(web, NULL).max_in_flight);
}

HS_TEST(descargas, entra_la_siguiente)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a[4];
    bajar_con_max(web, 2, 4, a);
    hs_http_wait_paused(web, a[0].ruta, 1, PRONTO);
    hs_http_wait_paused(web, a[1].ruta, 1, PRONTO);
    hs_step("Acaba la segunda y la primera sigue a medias: debe empezar la tercera");
    hs_http_advance(web, a[1].ruta, SIZE_MAX);
    hs_http_wait_requests(web, a[2].ruta, 1, PRONTO);
    hs_step("Y cuando acabe la tercera, la cuarta");
    hs_http_wait_paused(web, a[2].ruta, 1, PRONTO);
    hs_http_advance(web, a[2].ruta, SIZE_MAX);
    hs_http_wait_requests(web, a[3].ruta, 1, PRONTO);
}

/* ---- El progreso ------------------------------------------------------------------ */

HS_TEST(descargas, porcentaje)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000);
    size_t uno = (size_t)hs_random_between(11, 45), otro = uno + 37;
    PUBLICAR(web, a, .pause_at = uno * 1000);
    struct hs_program *p = bajar_deprisa(a.url);
    hs_http_wait_paused(web, a.ruta, 1, PRONTO);
    hs_step("El servidor ha mandado el %zu%% y se ha parado", uno);
    exigir_progreso(p, a, hs_format("%zu%%", uno));
    hs_step("Manda hasta el %zu%%", otro);
    hs_http_advance(web, a.ruta, otro * 1000);
    exigir_progreso(p, a, hs_format("%zu%%", otro));
    hs_http_advance(web, a.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_line(p, listo(a));
}

HS_TEST(descargas, porcentaje_hacia_abajo)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000);
    PUBLICAR(web, a, .pause_at = a.cuerpo.n - 1);
    hs_step("El servidor manda todo menos el último byte: aún no es el 100%%");
    exigir_progreso(bajar_deprisa(a.url), a, "99%");
}

HS_TEST(descargas, progreso_de_cada_una)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000), b = archivo_de(web, 30000);
    PUBLICAR(web, a, .pause_at = 7000);
    PUBLICAR(web, b, .pause_at = 6000);
    struct archivo muda = archivo_de(web, 1);
    PUBLICAR(web, muda, .fault = HS_SILENT);
    hs_step("Dos descargas paradas, una al 70%% y otra al 20%%, y otra sin contestar");
    struct hs_program *p = bajar_deprisa(muda.url, a.url, b.url);
    hs_http_wait_requests(web, muda.ruta, 1, PRONTO);
    exigir_progreso(p, a, "70%");
    exigir_progreso(p, b, "20%");
    exigir_progreso(p, a, "70%");
    hs_expect_eq_int("líneas PROGRESO de la que aún no ha recibido nada", 0,
                     hs_count_lines(p, progreso(muda, NULL, 0)));
}

HS_TEST(descargas, velocidad)
{
    enum { ANTES = 10 * KB, DESPUES = 810 * KB, REFRESCO = 100 };
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000 * KB);
    PUBLICAR(web, a, .pause_at = ANTES);
    struct hs_program *p = bajar("--refresco", "0.1", a.url);
    exigir_progreso(p, a, "1%");
    hs_step("El servidor manda de golpe 800 KB más y se vuelve a parar");
    int marca = hs_mark(p);
    double desde = hs_now();
    hs_http_advance(web, a.ruta, DESPUES);
    const struct hs_line *ultima = exigir_progreso(p, a, "81%"), *linea;
    double media = 800 / ((ultima->ms - desde + REFRESCO) / 1000), mayor = 0;
    for (int i = 1; (linea = hs_find_line(p, progreso(a, NULL, marca), i)); i++)
        if (velocidad(linea) > mayor)
            mayor = velocidad(linea);
    /* Entre refrescos, alguna vez tuvo que ir al menos tan deprisa como de media. */
    hs_expect_at_least(
        "la mayor velocidad escrita, en KB/s: 800 KB llegaron en menos de lo "
        "que dice esa cuenta",
        (int64_t)(media * 0.8), (int64_t)mayor);
    hs_expect_at_most("la mayor velocidad escrita: ¿son KB por segundo?",
                      800 * 20 * 1000 / REFRESCO, (int64_t)mayor);
}

HS_TEST(descargas, velocidad_cae_a_cero)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000000);
    PUBLICAR(web, a, .pause_at = 500000);
    struct hs_program *p = bajar_deprisa(a.url);
    exigir_progreso(p, a, "50%");
    hs_step("El servidor se ha parado: desde el refresco anterior no llega nada");
    int marca = hs_mark(p);
    const struct hs_line *linea = hs_wait_lines(p, 3, progreso(a, "50%", marca), PRONTO);
    hs_expect(velocidad(linea) == 0,
              "la velocidad es la de desde el refresco anterior: con el servidor parado "
              "debe ser 0 KB/s, y la línea es «%s»",
              linea->text);
}

/* Baja un archivo que se para, y devuelve cuánto pasa entre la primera línea de progreso y
 * la `n`. */
static double entre_refrescos(const char *refresco, int n, int plazo)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000);
    PUBLICAR(web, a, .pause_at = 3000);
    struct hs_program *p = bajar("--refresco", refresco, "--timeout", "3600", a.url);
    hs_http_wait_paused(web, a.ruta, 1, PRONTO);
    hs_step("El servidor se ha parado; el progreso debe seguir saliendo cada refresco");
    double antes = hs_wait_line(p, progreso(a, NULL, 0), PRONTO)->ms;
    return hs_wait_lines(p, n, progreso(a, NULL, 0), plazo)->ms - antes;
}

HS_TEST(descargas, refresca_aunque_no_llegue_nada)
{
    entre_refrescos("0.1", 4, PRONTO);
}

HS_TEST(descargas, refresco_configurable)
{
    enum { REFRESCO = 20, LINEAS = 30, PLAZO = 1400 };
    double ms = entre_refrescos("0.02", LINEAS, PLAZO);
    /* La primera pudo leerse tarde: de ahí los nueve de cortesía. */
    hs_expect_at_least(
        hs_format("milisegundos entre la línea 1 y la %d, con --refresco %d ms", LINEAS,
                  REFRESCO),
        (LINEAS - 10) * REFRESCO, (int64_t)ms);
}

HS_TEST(descargas, solo_refresca_cuando_toca)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 40000);
    PUBLICAR(web, a, .fault = HS_TRICKLE, .trickle_bytes = 500, .trickle_ms = 2);
    hs_step("El archivo llega en 80 trozos y --refresco es de 30 s");
    struct hs_program *p = bajar("--refresco", "30", a.url);
    acabar(p, PRONTO);
    hs_expect_at_most("líneas PROGRESO en una descarga más corta que el refresco", 1,
                      hs_count_lines(p, hs_has("PROGRESO")));
}

static void exigir_sin_longitud(struct hs_http *web, struct hs_dir *dir,
                                enum hs_framing como)
{
    int kb = hs_random_between(200, 300);
    struct archivo a = archivo_de(web, 400 * KB);
    PUBLICAR(web, a, .framing = como, .pause_at = (size_t)kb * KB);
    hs_step("El servidor no dice cuánto medirá el archivo (%s); manda %d KB y se para",
            como == HS_CHUNKED ? "va en trozos" : "acaba cuando cierra", kb);
    struct hs_program *p = bajar_deprisa(a.url);
    exigir_progreso(p, a, hs_format("%d KB", kb));
    hs_http_advance(web, NULL, SIZE_MAX);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
}

HS_TEST(descargas, sin_longitud)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    exigir_sin_longitud(web, dir, HS_CHUNKED);
    exigir_sin_longitud(web, dir, HS_UNTIL_CLOSE);
}

HS_TEST(descargas, tuberia_sin_control)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000);
    PUBLICAR(web, a, .pause_at = 500);
    hs_step("La salida es una tubería: lo que se lee ahí son líneas, no una pantalla");
    struct hs_program *p = bajar_deprisa(a.url);
    hs_wait_lines(p, 3, hs_has("50%"), PRONTO);
    hs_http_advance(web, NULL, SIZE_MAX);
    acabar(p, PRONTO);
    const char *salida = hs_stdout(p);
    hs_expect(!strchr(salida, '\r'), "en una tubería no se escribe ningún \\r");
    hs_expect(!strchr(salida, '\x1b'), "en una tubería no se escribe ningún ESC (\\x1b)");
}
