/* part.c: ningún archivo a medias, y reanudar. */
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
    exigir_guardado(p, dir, a, 150000);
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
    hs_expect_eq_str(hs_format("el contenido de %s con su descarga a medias: hasta que "
                               "está entero, lo nuevo va a su "
                               ".part",
                               bien.nombre),
                     "de ayer\n", hs_file_read(dir, bien.nombre, NULL));
    hs_http_advance(web, NULL, SIZE_MAX);
    acabar(p, PRONTO);
    exigir_entero(dir, bien);
    struct archivo nada = archivo_de(web, 0), sitio = archivo_de(web, 500);
    hs_file_write_text(dir, nada.nombre, "de hace un mes\n");
    PUBLICAR(web, sitio);
    hs_file_mkdir(dir, sitio.nombre);
    hs_step("La descarga del otro se corta; en el servidor ya no está %s; y %s no puede "
            "recibir su nombre, que es el de un directorio: se queda en su .part",
            nada.nombre, sitio.nombre);
    acabar(bajar(mal.url, nada.url, sitio.url), PRONTO);
    exigir_bytes(dir, part(sitio), sitio, sitio.cuerpo.n);
    hs_expect_eq_str(hs_format("el contenido de %s, que dio un 404,", nada.nombre),
                     "de hace un mes\n", hs_file_read(dir, nada.nombre, NULL));
    hs_expect_eq_str(hs_format("el contenido de %s, cuya descarga se cortó,", mal.nombre),
                     "de anteayer\n", hs_file_read(dir, mal.nombre, NULL));
}

static void exigir_corte(const char *paso, enum hs_framing como)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 80000), pronto = archivo_de(web, 1);
    PUBLICAR(web, a, .fault = HS_CUT_BODY, .framing = como);
    PUBLICAR(web, pronto, .fault = HS_CUT_BODY, .framing = como);
    hs_step("%s. Con %s, de 1 byte, cierra tras las cabeceras", paso, pronto.nombre);
    struct hs_program *p = bajar(a.url, pronto.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(a.url));
    hs_expect_line(p, fallida(pronto.url));
    exigir_que_no_esta(dir, a.nombre);
    exigir_que_no_esta(dir, pronto.nombre);
    exigir_bytes(dir, part(a), a, a.cuerpo.n / 2);
    exigir_peticiones(web, a, 1, "no se insiste, aunque se corte");
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
    struct hs_request r = peticion(web, a, 1);
    hs_expect_eq_str("la cabecera Range de la petición", hs_format("bytes=%zu-", hay),
                     hs_request_header(&r, "Range"));
    hs_expect_eq_int("el número de peticiones", 1, hs_http_stats(web, a.ruta).requests);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
}

/* Si se empieza de cero, lo que había en el .part no cuenta para nada. */
static void exigir_progreso_de_cero(struct hs_http *web, struct hs_dir *dir)
{
    struct archivo a = archivo_de(web, 100 * KB), b = archivo_de(web, 100 * KB);
    PUBLICAR(web, a, .pause_at = 20 * KB);
    PUBLICAR(web, b, .pause_at = 30 * KB, .framing = HS_CHUNKED);
    empezada(dir, a, 50 * KB);
    empezada(dir, b, 50 * KB);
    hs_step(
        "El servidor no hace caso de Range: de %s manda 20 KB de 100; de %s, 30 KB sin "
        "decir cuánto medirá",
        a.nombre, b.nombre);
    struct hs_program *p = bajar_deprisa(a.url, b.url);
    exigir_progreso(p, a, "20%");
    exigir_progreso(p, b, "30 KB");
}

/* Con un 206 sin Content-Length vale el porcentaje, que sale de Content-Range, o los KB. */
static void exigir_progreso_sin_longitud(struct hs_http *web, struct hs_dir *dir)
{
    struct archivo a = archivo_de(web, 400 * KB);
    PUBLICAR(web, a, .ranges = true, .pause_at = 100 * KB, .framing = HS_CHUNKED);
    empezada(dir, a, 200 * KB);
    hs_step("Otra reanudada, con un 206 sin Content-Length: tenía 200 KB y llegan 100");
    struct hs_program *p = bajar_deprisa(a.url);
    const struct hs_line *linea = hs_wait_line(p, progreso(a, NULL, 0), PRONTO);
    exigir_progreso(p, a, strstr(linea->text, "% ") ? "75%" : "300 KB");
    hs_http_advance(web, a.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    exigir_resumen(p, 1, 0, 0, 200 * KB);
}

HS_TEST(descargas, progreso_al_reanudar)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 5000 * KB);
    PUBLICAR(web, a, .ranges = true, .pause_at = 2 * KB);
    empezada(dir, a, 3049 * KB);
    hs_step("El servidor manda 2 KB de los que faltan y se para: hay 3051 KB de 5000");
    struct hs_program *p = bajar("--refresco", "0.1", a.url);
    const struct hs_line *linea = exigir_progreso(p, a, "61%");
    hs_expect_at_most(
        "la velocidad, en KB/s,: los bytes que ya estaban no acaban de llegar", 20000,
        (int64_t)velocidad(linea));
    hs_step("Manda los 1949 KB que faltan: en esta ejecución se han recibido 1951");
    hs_http_advance(web, a.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    exigir_resumen(p, 1, 0, 0, 1951 * KB);
    exigir_progreso_sin_longitud(web, dir);
    exigir_progreso_de_cero(web, dir);
}

HS_TEST(descargas, servidor_sin_rangos)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 60000), b = archivo_de(web, 60000);
    struct archivo vacio = archivo_de(web, 0);
    PUBLICAR(web, a);
    PUBLICAR(web, b);
    PUBLICAR(web, vacio);
    struct cuerpo vieja = cuerpo_de(90000);
    empezada(dir, a, 25000);
    hs_file_write(dir, part(vacio), vieja.bytes, 5000);
    hs_file_write(dir, part(b), vieja.bytes, vieja.n);
    hs_step(
        "Y un %s con 90000 bytes de otra versión, y un %s con 5000, que ahora mide 0. "
        "El servidor no hace caso de Range: manda 200 y el archivo entero",
        part(b), part(vacio));
    struct hs_program *p = bajar(a.url, b.url, vacio.url);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    exigir_entero(dir, b);
    exigir_entero(dir, vacio);
    hs_expect_line(p, listo(a));
    hs_expect_line(p, listo(b));
    hs_expect_line(p, listo(vacio));
    exigir_resumen(p, 3, 0, 0, 120000);
}

/* Si tras el 416 la segunda petición falla, no ha llegado nada con que empezar de cero. */
static void exigir_416_y_un_fallo(struct hs_http *web, struct hs_dir *dir)
{
    struct archivo a = archivo_de(web, 9000), b = archivo_de(web, 9000);
    struct archivo sin = archivo_de(web, 0), buena = archivo_de(web, 2000);
    hs_http_on(web, a.ruta, {.status = 416}, {.status = 500});
    hs_http_on(web, b.ruta, {.status = 416});
    hs_http_on(web, sin.ruta, {.status = 416});
    PUBLICAR(web, buena);
    empezada(dir, a, 7000);
    empezada(dir, b, 6000);
    hs_step(
        "El servidor contesta 416, y al pedírselos enteros, 500 a uno y otra vez 416 al "
        "otro. A %s, que se pide entero, también 416. De una en una, y detrás una buena",
        sin.nombre);
    struct hs_program *p = bajar("--max", "1", a.url, b.url, sin.url, buena.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida_con(a.url, 500));
    hs_expect_line(p, fallida_con(b.url, 416));
    hs_expect_line(p, fallida_con(sin.url, 416));
    exigir_bytes(dir, part(a), a, 7000);
    exigir_bytes(dir, part(b), b, 6000);
    exigir_peticiones(web, b, 2, "un 416 a la petición sin Range es un error");
    exigir_peticiones(web, sin, 1, "un 416 a la petición sin Range es un error");
    hs_expect_line(p, listo(buena));
    exigir_resumen(p, 1, 3, 0, buena.cuerpo.n);
}

/* La que se pide otra vez tras un 416 es la misma descarga: ni deja su puesto ni ocupa dos. */
static void exigir_un_puesto_tras_el_416(struct hs_http *web, struct hs_dir *dir)
{
    struct archivo a = archivo_de(web, 4000), b = archivo_de(web, 4000);
    struct archivo c = archivo_de(web, 4000);
    hs_http_on(web, a.ruta, {.status = 416},
               {.body = a.cuerpo.bytes, .body_size = 4000, .pause_at = 1000});
    PUBLICAR(web, b, .pause_at = 1000);
    PUBLICAR(web, c);
    empezada(dir, a, 2000);
    hs_step(
        "Con --max 1, a la primera le contesta 416; se pide entera, y se para a medias");
    struct hs_program *p = bajar_deprisa("--max", "1", a.url, b.url, c.url);
    hs_wait_lines(p, 3, progreso(a, "25%", 0), PRONTO);
    exigir_peticiones(web, b, 0, "--max es 1 y la del 416 sigue a medias");
    hs_http_advance(web, a.ruta, SIZE_MAX);
    hs_wait_lines(p, 3, progreso(b, "25%", 0), PRONTO);
    exigir_peticiones(web, c, 0, "--max es 1 y hay otra a medias");
    hs_http_advance(web, b.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_line(p, listo(c));
}

/* La petición que sigue a un 416 tiene su propio plazo, y también se abandona con Ctrl+C. */
static void exigir_plazos_tras_el_416(struct hs_http *web, struct hs_dir *dir)
{
    struct archivo muda = archivo_de(web, 9000), lenta = archivo_de(web, 2000);
    struct archivo otra = archivo_de(web, 1000);
    hs_http_on(web, muda.ruta, {.status = 416}, {.fault = HS_SILENT});
    hs_http_on(web, lenta.ruta, {.status = 416, .delay_ms = 720},
               {.body = lenta.cuerpo.bytes, .body_size = 2000, .delay_ms = 720});
    hs_http_on(web, otra.ruta, {.status = 416}, {.fault = HS_SILENT});
    empezada(dir, muda, 7000);
    empezada(dir, lenta, 1500);
    empezada(dir, otra, 700);
    hs_step(
        "A %s le contesta 416 a los 720 ms, y al pedírselo entero tarda otros tantos: "
        "cada petición tiene su plazo",
        lenta.nombre);
    struct hs_program *despacio = bajar("--timeout", "1.4", lenta.url);
    hs_step("A %s, tras el 416, no le contesta: caduca, y su .part sigue como estaba",
            muda.nombre);
    struct hs_program *caduca = bajar("--timeout", "0.4", muda.url);
    hs_step("A %s tampoco, y entonces llega Ctrl+C", otra.nombre);
    struct hs_program *p = bajar("--timeout", "3600", otra.url);
    hs_http_wait_requests(web, otra.ruta, 2, PRONTO);
    hs_signal(p, SIGINT);
    acabar(p, DESPEDIDA);
    exigir_resumen(p, 0, 0, 1, 0);
    exigir_bytes(dir, part(otra), otra, 700);
    hs_wait_line(caduca, fallida(muda.url), PRONTO);
    acabar(caduca, PRONTO);
    exigir_bytes(dir, part(muda), muda, 7000);
    exigir_peticiones(web, muda, 2, "tras el 416 se pide entero, una vez");
    acabar(despacio, PRONTO);
    hs_expect_line(despacio, listo(lenta));
    exigir_entero(dir, lenta);
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
    hs_expect_eq_int("el número de peticiones: tras el 416 va otra sin Range", 2,
                     hs_http_stats(web, a.ruta).requests);
    struct hs_request otra = peticion(web, a, 2);
    if (hs_request_header(&otra, "Range"))
        hs_fail("tras un 416 se pide otra vez sin Range, y la segunda petición lo lleva: "
                "«%s»",
                hs_request_header(&otra, "Range"));
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
    exigir_resumen(p, 1, 0, 0, a.cuerpo.n);
    exigir_416_y_un_fallo(web, dir);
    exigir_un_puesto_tras_el_416(web, dir);
    exigir_plazos_tras_el_416(web, dir);
    struct archivo vacio = archivo_de(web, 0);
    PUBLICAR(web, vacio, .ranges = true);
    hs_file_write_text(dir, part(vacio), "");
    hs_step(
        "Un .part vacío no da nada que reanudar: se pide el archivo entero, sin Range");
    acabar(bajar(vacio.url), PRONTO);
    struct hs_request r = peticion(web, vacio, 1);
    if (hs_request_header(&r, "Range"))
        hs_fail("con un .part vacío la petición no debía llevar Range, y lleva «%s»",
                hs_request_header(&r, "Range"));
    exigir_entero(dir, vacio);
}

/* `a` contesta 206 con este Content-Range, que no es el de lo que falta. */
static const char *publicar_otra_parte(struct hs_http *web, struct hs_dir *dir,
                                       struct archivo a, const char *rango)
{
    PUBLICAR(web, a, .status = 206, .headers = rango);
    empezada(dir, a, 1000);
    return a.url;
}

HS_TEST(descargas, rango_equivocado)
{
    static const char *const rangos[] = {
        "Content-Range: bytes 0-29999/30000\r\n",
        "Content-Range: bytes 10000-29999/30000\r\n",
        "Content-Range: bytes 100-29999/30000\r\n",
        "",
    };
    enum { N = sizeof rangos / sizeof *rangos };
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a[N], buena = archivo_de(web, 2000);
    PUBLICAR(web, buena);
    const char *argv[N + 6] = {"--dir", DIR, "--max", "1"};
    for (int i = 0; i < N; i++) {
        a[i] = archivo_de(web, 30000);
        argv[4 + i] = publicar_otra_parte(web, dir, a[i], rangos[i]);
    }
    argv[4 + N] = buena.url;
    hs_step(
        "Falta desde el byte 1000. El servidor contesta 206 con otra parte: desde el 0, "
        "el 10000, el 100, y sin decir cuál. De una en una, y detrás una buena");
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    acabar(p, PRONTO);
    for (int i = 0; i < N; i++) {
        hs_expect_line(p, fallida(a[i].url));
        exigir_que_no_esta(dir, a[i].nombre);
        exigir_bytes(dir, part(a[i]), a[i], 1000);
        exigir_peticiones(web, a[i], 1, "no se insiste si falla");
    }
    hs_expect_line(p, listo(buena));
}

HS_TEST(descargas, un_error_conserva_el_part)
{
    static const int64_t hueco = 5368709120 + 12345; /* 5 GiB y algo */
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 30000), b = archivo_de(web, 30000);
    struct archivo enorme = archivo_de(web, 0);
    hs_http_on(web, a.ruta, {.status = 503});
    hs_http_on(web, enorme.ruta, {.status = 503});
    PUBLICAR(web, b, .fault = HS_CLOSE);
    empezada(dir, a, 10000);
    empezada(dir, b, 20000);
    hs_file_write_at(dir, part(enorme), hueco - 1, "", 1);
    hs_step(
        "Hay otro, %s, de 5 GiB: su tamaño no cabe en 32 bits. El servidor contesta 503 "
        "a dos y al otro le cierra la conexión",
        part(enorme));
    struct hs_program *p = bajar(a.url, b.url, enorme.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida_con(a.url, 503));
    hs_expect_line(p, fallida(b.url));
    exigir_peticiones(web, a, 1, "tras un 503 no se insiste");
    exigir_peticiones(web, b, 1, "no se insiste si falla");
    exigir_bytes(dir, part(a), a, 10000);
    exigir_bytes(dir, part(b), b, 20000);
    struct hs_request r = peticion(web, enorme, 1);
    hs_expect_eq_str(
        hs_format("la cabecera Range con un .part de %lld bytes", (long long)hueco),
        hs_format("bytes=%lld-", (long long)hueco), hs_request_header(&r, "Range"));
    hs_expect_eq_int(hs_format("el número de bytes de %s", part(enorme)), hueco,
                     hs_file_size(dir, part(enorme)));
    exigir_resumen(p, 0, 3, 0, 0);
}

HS_TEST(descargas, corta_y_sigue_otro_dia)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 90000);
    hs_http_on(web, a.ruta,
               {.body = a.cuerpo.bytes, .body_size = a.cuerpo.n, .fault = HS_CUT_BODY},
               {.body = a.cuerpo.bytes,
                .body_size = a.cuerpo.n,
                .ranges = true,
                .framing = HS_CHUNKED,
                .fault = HS_CUT_BODY},
               {.body = a.cuerpo.bytes, .body_size = a.cuerpo.n, .ranges = true});
    hs_step("La primera vez se corta por la mitad");
    acabar(bajar(a.url), PRONTO);
    hs_step("La segunda sigue el trabajo de la primera, y se corta también");
    struct hs_program *p = bajar(a.url);
    acabar(p, PRONTO);
    exigir_bytes(dir, part(a), a, 67500);
    exigir_resumen(p, 0, 1, 0, 22500);
    hs_step("La tercera lo acaba");
    p = bajar(a.url);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
    exigir_resumen(p, 1, 0, 0, 22500);
    struct hs_request r = peticion(web, a, 2), ultima = peticion(web, a, 3);
    hs_expect_eq_str("la cabecera Range de la segunda vez", "bytes=45000-",
                     hs_request_header(&r, "Range"));
    hs_expect_eq_str("la cabecera Range de la tercera vez", "bytes=67500-",
                     hs_request_header(&ultima, "Range"));
}
