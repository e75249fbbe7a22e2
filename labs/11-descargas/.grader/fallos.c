/* fallos.c: lo que no llega, el plazo y los nombres. */
#include "bajadas.h"

/* ---- Lo que no llega -------------------------------------------------------------- */

HS_TEST(descargas, error_http)
{
    static const int estados[] = {404, 403, 500, 204, 201, 304, 302};
    enum { N = sizeof estados / sizeof *estados };
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    hs_step("El servidor contesta 404, 403, 500, 204, 201, 304 y un 302 que no dice "
            "adónde ir, "
            "con una página que no es el archivo");
    for (int i = 0; i < N; i++) {
        struct archivo a = archivo_de(web, 0);
        hs_http_on(web, a.ruta, {.status = estados[i]});
        struct hs_program *p = bajar(a.url);
        acabar(p, PRONTO);
        hs_expect_line(p, fallida(a.url));
        hs_expect_contains("el motivo: dice el estado que contestó el servidor",
                           hs_format("%d", estados[i]),
                           hs_find_line(p, fallida(a.url), 1)->text + strlen(a.url));
        exigir_peticiones(web, a, 1, "se pide una sola vez, sin preguntar ni insistir");
        exigir_que_no_esta(dir, a.nombre);
        hs_expect(hs_file_size(dir, part(a)) <= 0,
                  "la página de un error no es el archivo: %s debía estar vacío o no "
                  "existir y tiene algo",
                  part(a));
    }
    const char *larga = hs_format("%s?%%20d%%25s%06000d", archivo_de(web, 0).url, 7);
    hs_step("La línea de un error lleva la URL entera, por larga que sea: esta mide %zu "
            "bytes",
            strlen(larga));
    struct hs_program *p = bajar(larga);
    acabar(p, PRONTO);
    hs_expect_line(p, (struct hs_match){
                          .has = {hs_format("ERROR %s ", larga)},
                          .regex = "0007 .*404",
                          .what = "la línea «ERROR (la URL entera) (motivo, con el 404)»",
                      });
}

/* Ningún fallo lleva a insistir. Todas las conexiones son nuevas: no hay ninguna ya usada que
 * as_http_open pueda repetir por su cuenta. */
static void exigir_que_no_se_insiste(struct hs_http *web)
{
    static const enum hs_fault averias[] = {HS_RESET, HS_CLOSE, HS_GARBAGE};
    enum { N = sizeof averias / sizeof *averias };
    struct archivo a[N];
    const char *argv[N + 5] = {"--dir", DIR, "--max", "4"};
    for (int i = 0; i < N; i++) {
        a[i] = archivo_de(web, 2000);
        PUBLICAR(web, a[i], .fault = averias[i]);
        argv[4 + i] = a[i].url;
    }
    hs_step("Tres fallan sin contestar nada que valga");
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    acabar(p, PRONTO);
    for (int i = 0; i < N; i++) {
        hs_expect_line(p, fallida(a[i].url));
        exigir_peticiones(web, a[i], 1, "no se insiste si falla");
    }
}

HS_TEST(descargas, un_fallo_no_detiene)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 30000), b = archivo_de(web, 20000);
    struct archivo c = archivo_de(web, 3000), sitio = archivo_de(web, 500);
    struct archivo corta = archivo_de(web, 1), basura = archivo_de(web, 1);
    struct archivo nada = archivo_de(web, 0), media = archivo_de(web, 4000);
    PUBLICAR(web, a);
    PUBLICAR(web, b, .pause_at = 10000);
    PUBLICAR(web, c);
    PUBLICAR(web, sitio);
    hs_file_mkdir(dir, sitio.nombre);
    PUBLICAR(web, corta, .fault = HS_RESET);
    PUBLICAR(web, basura, .fault = HS_GARBAGE);
    PUBLICAR(web, media, .fault = HS_CUT_BODY);
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step(
        "De una en una: rechazada, buena, cortada sin respuesta, algo que no es HTTP, "
        "un 404, cortada a la mitad, una que no se puede guardar porque hay un "
        "directorio "
        "con su nombre, y dos buenas");
    struct hs_program *p = bajar_deprisa("--max", "1", rechaza, a.url, corta.url,
                                         basura.url, nada.url, media.url, sitio.url,
                                         b.url, c.url);
    hs_wait_line(p, progreso(b, "50%", 0), PRONTO);
    hs_step(
        "La penúltima está a medias: las líneas de las anteriores ya han salido, y la "
        "última espera");
    hs_wait_lines(p, 2, progreso(b, "50%", 0), PRONTO);
    hs_expect_line(p, fallida(rechaza));
    hs_expect_line(p, fallida(corta.url));
    hs_expect_line(p, fallida(basura.url));
    hs_expect_line(p, fallida(nada.url));
    hs_expect_line(p, fallida(media.url));
    hs_expect_line(p, fallida(sitio.url));
    exigir_peticiones(web, c, 0, "--max es 1 y hay otra a medias");
    hs_http_advance(web, b.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_lines(p, 3, hs_regex("^LISTO ", "una línea que empiece por «LISTO »"));
    hs_expect_lines(p, 6, hs_regex("^ERROR ", "una línea que empiece por «ERROR »"));
    exigir_entero(dir, a);
    exigir_entero(dir, b);
    exigir_entero(dir, c);
    exigir_que_no_se_insiste(web);
}

/* ---- El plazo --------------------------------------------------------------------- */

/* El plazo es de cada descarga: `parado` caduca aunque `otro` reciba algo en cada refresco.
 * Aquí no manda el reloj: se le da de comer hasta que la parada caduca. */
static void exigir_su_propio_plazo(struct hs_http *web)
{
    enum { RACIONES = 90 };
    struct archivo parado = archivo_de(web, 50000), otro = archivo_de(web, 100000);
    PUBLICAR(web, parado, .pause_at = 20000);
    PUBLICAR(web, otro, .pause_at = 1000);
    hs_step(
        "Uno se para y el otro recibe algo en cada refresco: el plazo es de cada uno");
    struct hs_program *p = bajar("--timeout", "1", "--refresco", "0.05", parado.url,
                                 otro.url);
    bool caduca = false;
    for (int i = 1; i <= RACIONES && !caduca; i++) {
        hs_wait_line(p, progreso(otro, hs_format("%d%%", i), 0), PRONTO);
        hs_http_advance(web, otro.ruta, ((size_t)i + 1) * 1000);
        caduca = hs_find_line(p, fallida(parado.url), 1) != NULL;
    }
    if (!caduca)
        hs_fail("%s, sin recibir nada durante %d refrescos de 50 ms, debía caducar con "
                "--timeout 1, y siguió esperando mientras %s recibía",
                parado.nombre, RACIONES, otro.nombre);
}

HS_TEST(descargas, timeout_sin_recibir)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo mudo = archivo_de(web, 1), parado = archivo_de(web, 50000);
    struct archivo salto = archivo_de(web, 1);
    struct archivo buena = archivo_de(web, 3000);
    PUBLICAR(web, mudo, .fault = HS_SILENT);
    PUBLICAR(web, parado, .pause_at = 20000);
    hs_http_on(web, salto.ruta, {.status = 302, .location = mudo.ruta});
    PUBLICAR(web, buena);
    hs_step(
        "A uno, el servidor no le contesta nunca; otro se para a medio archivo; y %s "
        "lleva al primero. Detrás hay uno bueno, y hasta el próximo refresco falta un "
        "minuto",
        salto.nombre);
    struct hs_program *p = bajar("--timeout", "0.4", "--refresco", "60", "--max", "3",
                                 mudo.url, parado.url, salto.url, buena.url);
    hs_wait_line(p, fallida(mudo.url), PRONTO);
    hs_wait_line(p, fallida(parado.url), PRONTO);
    hs_wait_line(p, fallida(salto.url), PRONTO);
    acabar(p, PRONTO);
    exigir_bytes(dir, part(parado), parado, 20000);
    exigir_peticiones(web, parado, 1, "no se insiste, aunque caduque");
    exigir_su_propio_plazo(web);
}

HS_TEST(descargas, lento_no_es_parado)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 1850), detras = archivo_de(web, 3000);
    PUBLICAR(web, a, .fault = HS_TRICKLE, .trickle_bytes = 50, .trickle_ms = 40);
    PUBLICAR(web, detras, .delay_ms = 100);
    hs_step("El archivo llega poco a poco: algo cada 40 ms, más de 1,4 s en total. "
            "--timeout es de 1 s sin recibir nada, no de 1 s en total. Con --max 1 hay "
            "otro detrás, y lo que espera su turno no cuenta");
    struct hs_program *p = bajar("--timeout", "1", "--max", "1", a.url, detras.url);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(detras));
}

/* ---- Los nombres ------------------------------------------------------------------ */

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
    hs_expect_eq_int("el número de peticiones: con un nombre malo no se pide nada", 1,
                     hs_http_stats(web, NULL).requests);
}

/* Se parecen y no son el mismo: cambia una mayúscula, uno empieza como otro, o acaba igual. */
static void exigir_los_que_se_parecen(struct hs_http *web, struct hs_dir *dir)
{
    struct archivo a = archivo_de(web, 1000), b[3], consulta = a;
    const char *const nombres[] = {
        hs_format("%c%s", a.nombre[0] - 'a' + 'A', a.nombre + 1),
        hs_format("%s2", a.nombre),
        a.nombre + 1,
    };
    PUBLICAR(web, a);
    for (int i = 0; i < 3; i++) {
        b[i] = archivo_de(web, 500 + (size_t)i);
        b[i].nombre = nombres[i];
        b[i].ruta = hs_format("/otros/%s", nombres[i]);
        b[i].url = hs_http_url(web, b[i].ruta);
        PUBLICAR(web, b[i]);
    }
    consulta.url = hs_format("%s?v=2#fin", a.url);
    hs_step("Se parecen a %s, y no son el mismo nombre: %s, %s y %s. Con ?v=2#fin detrás "
            "sí lo es",
            a.nombre, nombres[0], nombres[1], nombres[2]);
    struct hs_program *p = bajar(a.url, b[0].url, b[1].url, b[2].url, consulta.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(consulta.url));
    exigir_entero(dir, a);
    for (int i = 0; i < 3; i++) {
        hs_expect_line(p, listo(b[i]));
        exigir_entero(dir, b[i]);
    }
    exigir_peticiones(web, a, 1, "la segunda URL da el mismo nombre, y no se pide");
}

HS_TEST(descargas, nombres_repetidos)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 3000), otro = archivo_de(web, 2000);
    struct archivo nada = archivo_de(web, 0);
    struct archivo b = {.ruta = hs_format("/v2/%%%02x%s", a.nombre[0], a.nombre + 1)};
    b.url = hs_http_url(web, b.ruta);
    hs_http_on(web, b.ruta, {.body = "no debía pedirse"});
    PUBLICAR(web, a, .delay_ms = 50);
    PUBLICAR(web, otro);
    hs_step("Dos URL distintas acaban en %s: vale la primera, aunque tarde más",
            a.nombre);
    struct hs_program *p = bajar(a.url, otro.url, b.url, otro.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(b.url));
    hs_expect_line(p, fallida(otro.url));
    hs_expect_line(p, listo(a));
    hs_expect_line(p, listo(otro));
    exigir_entero(dir, a);
    hs_expect_eq_int("el número de peticiones de la segunda", 0,
                     hs_http_stats(web, b.ruta).requests);
    const char *repetida = hs_http_url(web, hs_format("/v2%s", nada.ruta));
    hs_step("De una en una, y la primera da 404: también entonces vale la primera");
    p = bajar("--max", "1", nada.url, repetida, otro.url);
    acabar(p, PRONTO);
    hs_expect_line(p, fallida(nada.url));
    hs_expect_line(p, fallida(repetida));
    hs_expect_eq_int("el número de peticiones de la segunda", 0,
                     hs_http_stats(web, hs_format("/v2%s", nada.ruta)).requests);
    hs_expect_line(p, listo(otro));
    exigir_los_que_se_parecen(web, dir);
}
