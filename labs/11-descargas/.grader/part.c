/* part.c: ningún archivo a medias, reanudar y los nombres. */
#include "bajadas.h"

/* ---- Nada a medias ---------------------------------------------------------------- */

HS_TEST(descargas, part_hasta_el_final)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 200000);
    PUBLICAR(web, a, .pause_at = 150000);
    struct hs_program *p = bajar_deprisa(a.url);
    exigir_progreso(p, a, "75%");
    hs_step("Con tres cuartos del archivo y el servidor parado, miro el directorio");
    exigir_que_no_esta(dir, a.nombre);
    hs_expect_eq_str("lo que hay en " DIR, part(a), lista(dir));
    hs_http_advance(web, a.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    hs_expect_eq_str("lo que hay en " DIR " al final", a.nombre, lista(dir));
}

HS_TEST(descargas, lo_anterior_se_conserva)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo bien = archivo_de(web, 20000), mal = archivo_de(web, 20000);
    PUBLICAR(web, bien, .pause_at = 10000);
    PUBLICAR(web, mal, .fault = HS_CUT_BODY);
    hs_file_write_text(dir, bien.nombre, "de ayer\n");
    hs_file_write_text(dir, mal.nombre, "de anteayer\n");
    hs_step(
        "En el directorio ya hay archivos con los nombres de los dos que se van a bajar");
    struct hs_program *p = bajar_deprisa(bien.url);
    exigir_progreso(p, bien, "50%");
    hs_expect_eq_str(hs_format("%s, con su descarga a medias", bien.nombre), "de ayer\n",
                     hs_file_read(dir, bien.nombre, NULL));
    hs_http_advance(web, NULL, SIZE_MAX);
    acabar(p, PRONTO);
    exigir_entero(dir, bien);
    hs_step("La descarga del otro se corta");
    acabar(bajar(mal.url), PRONTO);
    hs_expect_eq_str(hs_format("%s, cuya descarga se cortó", mal.nombre), "de anteayer\n",
                     hs_file_read(dir, mal.nombre, NULL));
}

static void exigir_corte(const char *paso, enum hs_framing como)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 80000);
    PUBLICAR(web, a, .fault = HS_CUT_BODY, .framing = como);
    hs_step("%s", paso);
    struct hs_program *p = bajar(a.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(a.url));
    exigir_que_no_esta(dir, a.nombre);
    exigir_bytes(dir, part(a), a, a.cuerpo.n / 2);
}

HS_TEST(descargas, corte_deja_part)
{
    exigir_corte("El servidor promete 80000 bytes y cierra a la mitad", HS_SIZED);
}

HS_TEST(descargas, corte_sin_longitud)
{
    exigir_corte(
        "El servidor manda el archivo en trozos (chunked), sin decir cuánto medirá, y "
        "cierra antes del trozo final",
        HS_CHUNKED);
}

HS_TEST(descargas, error_http)
{
    static const int estados[] = {404, 403, 500, 204};
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    hs_step(
        "El servidor contesta 404, 403, 500 y 204, con una página que no es el archivo");
    for (int i = 0; i < 4; i++) {
        struct archivo a = archivo_de(web, 0);
        hs_http_on(web, a.ruta, {.status = estados[i]});
        struct hs_program *p = bajar(a.url);
        acabar(p, PRONTO);
        hs_expect_line(p, fallida(a.url));
        hs_expect_contains("el motivo dice el estado", hs_format("%d", estados[i]),
                           hs_find_line(p, fallida(a.url), 1)->text + strlen(a.url));
        exigir_que_no_esta(dir, a.nombre);
        hs_expect(
            hs_file_size(dir, part(a)) <= 0,
            "la página de un error no es el archivo: %s debe estar vacío o no existir",
            part(a));
    }
}

HS_TEST(descargas, un_fallo_no_detiene)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 30000), b = archivo_de(web, 20000);
    struct archivo corta = archivo_de(web, 1), basura = archivo_de(web, 1);
    PUBLICAR(web, a);
    PUBLICAR(web, b);
    PUBLICAR(web, corta, .fault = HS_RESET);
    PUBLICAR(web, basura, .fault = HS_GARBAGE);
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step(
        "De una en una: rechazada, buena, cortada sin respuesta, algo que no es HTTP y "
        "otra buena");
    struct hs_program *p = bajar("--max", "1", rechaza, a.url, corta.url, basura.url,
                                 b.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(rechaza));
    hs_expect_line(p, fallida(corta.url));
    hs_expect_line(p, fallida(basura.url));
    hs_expect_line(p, listo(a));
    hs_expect_line(p, listo(b));
    exigir_entero(dir, a);
    exigir_entero(dir, b);
}

HS_TEST(descargas, timeout_sin_recibir)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo mudo = archivo_de(web, 1), parado = archivo_de(web, 50000);
    PUBLICAR(web, mudo, .fault = HS_SILENT);
    PUBLICAR(web, parado, .pause_at = 20000);
    hs_step("Un servidor no contesta nunca; el otro se para a medio archivo");
    struct hs_program *p = bajar("--timeout", "0.4", mudo.url, parado.url);
    hs_wait_line(p, fallida(mudo.url), PRONTO);
    hs_wait_line(p, fallida(parado.url), PRONTO);
    acabar(p, PRONTO);
    exigir_bytes(dir, part(parado), parado, 20000);
}

HS_TEST(descargas, lento_no_es_parado)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 1850);
    PUBLICAR(web, a, .fault = HS_TRICKLE, .trickle_bytes = 50, .trickle_ms = 40);
    hs_step("El archivo llega poco a poco: algo cada 40 ms, más de 1,4 s en total. "
            "--timeout es de 1 s sin recibir nada, no de 1 s en total");
    struct hs_program *p = bajar("--timeout", "1", a.url);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
}

/* ---- Reanudar --------------------------------------------------------------------- */

HS_TEST(descargas, reanuda)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 100000);
    size_t hay = (size_t)hs_random_between(30000, 70000);
    PUBLICAR(web, a, .ranges = true);
    empezada(dir, a, hay);
    struct hs_program *p = bajar(a.url);
    acabar(p, PRONTO);
    struct hs_request r = hs_http_request(web, a.ruta, 1);
    hs_expect_eq_str("la cabecera Range de la petición", hs_format("bytes=%zu-", hay),
                     hs_request_header(&r, "Range"));
    hs_expect_eq_int("peticiones", 1, hs_http_stats(web, a.ruta).requests);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
}

HS_TEST(descargas, progreso_al_reanudar)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 5000 * KB);
    PUBLICAR(web, a, .ranges = true, .pause_at = 50 * KB);
    empezada(dir, a, 3000 * KB);
    hs_step("El servidor manda 50 KB de los que faltan y se para: hay 3050 KB de 5000");
    struct hs_program *p = bajar("--refresco", "0.1", a.url);
    const struct hs_line *linea = exigir_progreso(p, a, "61%");
    hs_expect_at_most("KB/s: los bytes que ya estaban no acaban de llegar", 20000,
                      (int64_t)velocidad(linea));
    hs_step("Manda los 1950 KB que faltan: en esta ejecución se han recibido 2000");
    hs_http_advance(web, a.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_line(p, hs_regex(hs_format("^RESUMEN .* bytes=%d$", 2000 * KB)));
}

HS_TEST(descargas, servidor_sin_rangos)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 60000), b = archivo_de(web, 60000);
    PUBLICAR(web, a);
    PUBLICAR(web, b);
    struct cuerpo vieja = cuerpo_de(90000);
    empezada(dir, a, 25000);
    hs_file_write(dir, part(b), vieja.bytes, vieja.n);
    hs_step("Y un %s con 90000 bytes de otra versión. El servidor no hace caso de Range: "
            "manda 200 y el archivo entero",
            part(b));
    acabar(bajar(a.url, b.url), PRONTO);
    exigir_entero(dir, a);
    exigir_entero(dir, b);
}

HS_TEST(descargas, rango_imposible)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 40000);
    PUBLICAR(web, a, .ranges = true);
    struct cuerpo vieja = cuerpo_de(40000 + hs_random(20000));
    hs_file_write(dir, part(a), vieja.bytes, vieja.n);
    hs_step(
        "Hay un %s con %zu bytes de otra versión y el archivo mide 40000: el servidor "
        "contesta 416",
        part(a), vieja.n);
    struct hs_program *p = bajar(a.url);
    acabar(p, PRONTO);
    hs_expect_eq_int("peticiones: tras el 416, otra sin Range", 2,
                     hs_http_stats(web, a.ruta).requests);
    exigir_entero(dir, a);
}

HS_TEST(descargas, rango_equivocado)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 30000);
    PUBLICAR(web, a, .status = 206, .headers = "Content-Range: bytes 0-29999/30000\r\n");
    empezada(dir, a, 10000);
    hs_step("El servidor contesta 206, pero con otra parte: desde el byte 0");
    struct hs_program *p = bajar(a.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(a.url));
    exigir_que_no_esta(dir, a.nombre);
    exigir_bytes(dir, part(a), a, 10000);
}

HS_TEST(descargas, un_error_conserva_el_part)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 30000), b = archivo_de(web, 30000);
    hs_http_on(web, a.ruta, {.status = 503});
    PUBLICAR(web, b, .fault = HS_CLOSE);
    empezada(dir, a, 10000);
    empezada(dir, b, 20000);
    hs_step("El servidor contesta 503 a uno y al otro le cierra la conexión");
    acabar(bajar(a.url, b.url), PRONTO);
    exigir_bytes(dir, part(a), a, 10000);
    exigir_bytes(dir, part(b), b, 20000);
}

HS_TEST(descargas, corta_y_sigue_otro_dia)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 90000);
    hs_http_on(web, a.ruta,
               {.body = a.cuerpo.bytes, .body_size = a.cuerpo.n, .fault = HS_CUT_BODY},
               {.body = a.cuerpo.bytes, .body_size = a.cuerpo.n, .ranges = true});
    hs_step("La primera vez se corta por la mitad");
    acabar(bajar(a.url), PRONTO);
    hs_step("La segunda acaba el trabajo de la primera");
    acabar(bajar(a.url), PRONTO);
    exigir_entero(dir, a);
    struct hs_request r = hs_http_request(web, a.ruta, 2);
    hs_expect_eq_str("la cabecera Range de la segunda vez", "bytes=45000-",
                     hs_request_header(&r, "Range"));
}

/* ---- Los nombres ------------------------------------------------------------------ */

/* Publica `ruta` con un cuerpo y devuelve el archivo que debe salir, con ese nombre. */
static struct archivo publicada(struct hs_http *web, const char *ruta, const char *nombre)
{
    struct archivo a = {nombre, ruta, hs_http_url(web, ruta), cuerpo_de(2000)};
    PUBLICAR(web, a);
    return a;
}

HS_TEST(descargas, nombre_de_la_url)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    const char *al = hs_random_name();
    struct archivo a[] = {
        publicada(web, hs_format("/x/y/%s.tar.gz", al), hs_format("%s.tar.gz", al)),
        publicada(web, hs_format("/mi%%20%s.txt", al), hs_format("mi %s.txt", al)),
        publicada(web, hs_format("/%s%%C3%%b1.txt", al), hs_format("%sñ.txt", al)),
        publicada(web, hs_format("/%s+uno.txt", al), hs_format("%s+uno.txt", al)),
        publicada(web, hs_format("/v%%201/%s", al), al),
    };
    const char *con_consulta = hs_format("%s?de=/otro/sitio&v=2", a[0].url);
    const char *con_marca = hs_format("%s#parte/dos", a[4].url);
    struct hs_program *p = bajar(con_consulta, a[1].url, a[2].url, a[3].url, con_marca);
    acabar(p, PRONTO);
    for (size_t i = 0; i < sizeof a / sizeof *a; i++) {
        hs_step("De %s debe salir el archivo «%s»", a[i].ruta, a[i].nombre);
        exigir_entero(dir, a[i]);
        hs_expect_line(p, hs_has(hs_format("LISTO %s 2000 bytes", a[i].nombre)));
    }
}

HS_TEST(descargas, nombres_que_se_escapan)
{
    static const char *const malas[] = {
        "/",          "",       "/dir/",  "/..",       "/.",          "/%2e%2e",
        "/%2E",       "/x%00y", "/a%0Ab", "/%1b%5b2J", "/%2Ftmp%2Fx", "/..%2fescapa",
        "/a%2f..%2f", "/x%7f",  "/y.part"};
    enum { N = sizeof malas / sizeof *malas };
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo buena = archivo_de(web, 2000);
    PUBLICAR(web, buena);
    const char *argv[N + 4] = {"--dir", DIR "/dentro"};
    for (int i = 0; i < N; i++) {
        argv[2 + i] = hs_http_url(web, malas[i]);
        hs_http_on(web, malas[i], {.body = "no debía pedirse"});
    }
    argv[2 + N] = buena.url;
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    acabar(p, PRONTO);
    for (int i = 0; i < N; i++)
        hs_expect_line(p, fallida(argv[2 + i]));
    hs_expect_eq_str("lo que hay en " DIR, "dentro/", lista(dir));
    exigir_bytes(dir, hs_format("dentro/%s", buena.nombre), buena, buena.cuerpo.n);
    hs_expect_eq_int("peticiones: con un nombre malo no se pide nada", 1,
                     hs_http_stats(web, NULL).requests);
}

HS_TEST(descargas, nombres_repetidos)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 3000), otro = archivo_de(web, 2000);
    struct archivo b = publicada(web, hs_format("/v2/%s", a.nombre), a.nombre);
    PUBLICAR(web, a, .delay_ms = 50);
    PUBLICAR(web, otro);
    hs_step("Dos URL distintas acaban en %s: vale la primera, aunque tarde más",
            a.nombre);
    struct hs_program *p = bajar(a.url, b.url, otro.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(b.url));
    hs_expect_line(p, listo(a));
    hs_expect_line(p, listo(otro));
    exigir_entero(dir, a);
    hs_expect_eq_int("peticiones de la segunda", 0, hs_http_stats(web, b.ruta).requests);
}
