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
            "la línea LISTO debía salir al llegar entero el archivo y salió al terminar "
            "el "
            "programa. ¿Sigue en main el setvbuf del esqueleto? Sin él, stdio junta las "
            "líneas que van a una tubería");
    hs_fail("%s llegó entero: debía salir %s y no ha salido", a.nombre, listo(a).what);
}

/* Un archivo cuyo nombre, descodificado, mide 200 bytes y lleva un espacio, un % y una ñ. */
static struct archivo archivo_de_nombre_largo(struct hs_http *web)
{
    struct archivo a = {.nombre = hs_random_name(), .cuerpo = cuerpo_de(3000)};
    int ceros = 200 - (int)strlen(a.nombre) - (int)strlen(" %d ñ.bin");
    a.ruta = hs_format("/%s%%20%%25d%%20%%c3%%b1%0*d.bin", a.nombre, ceros, 0);
    a.nombre = hs_format("%s %%d ñ%0*d.bin", a.nombre, ceros, 0);
    a.url = hs_http_url(web, a.ruta);
    return a;
}

HS_TEST(descargas, crea_el_directorio)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR), *normal = hs_dir("descargas");
    struct archivo a = archivo_de(web, 3000), largo = archivo_de_nombre_largo(web);
    PUBLICAR(web, a);
    PUBLICAR(web, largo);
    hs_step("Sin --dir, los archivos van a «descargas»");
    acabar(hs_start(a.url), PRONTO);
    exigir_entero(normal, a);
    const char *nuevo = hs_random_name();
    hs_step("Con --dir, se crea lo que falte del camino");
    acabar(hs_start("--dir", hs_format(DIR "/%s/dentro", nuevo), a.url), PRONTO);
    exigir_bytes(dir, hs_format("%s/dentro/%s", nuevo, a.nombre), a, a.cuerpo.n);
    const char *hondo = hs_format("%s/%0200d/%0200d", nuevo, 1, 2);
    hs_step("Y un camino de más de 400 bytes, con un nombre de 200");
    struct hs_program *p = hs_start("--dir", hs_format(DIR "/%s", hondo), largo.url);
    acabar(p, PRONTO);
    exigir_bytes(dir, hs_format("%s/%s", hondo, largo.nombre), largo, largo.cuerpo.n);
    hs_expect_line(p, listo(largo));
}

HS_TEST(descargas, archivo_vacio)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 0), b = archivo_de(web, 0);
    PUBLICAR(web, a);
    PUBLICAR(web, b, .framing = HS_CHUNKED);
    hs_step("El archivo mide cero bytes: es un archivo como los demás. Del segundo, el "
            "servidor no dice antes cuánto medirá");
    struct hs_program *p = bajar(a.url, b.url);
    acabar(p, PRONTO);
    hs_expect_line(p, listo(a));
    hs_expect_line(p, listo(b));
    exigir_entero(dir, a);
    exigir_entero(dir, b);
}

HS_TEST(descargas, sigue_redirecciones)
{
    struct hs_http *web = hs_http_start();
    struct hs_dir *dir = hs_dir(DIR);
    struct archivo a = archivo_de(web, 4000), meta = archivo_de(web, 0);
    struct archivo salto = archivo_de(web, 0), perdido = archivo_de(web, 0);
    struct archivo otro = archivo_de(web, 0), ultimo = archivo_de(web, 0);
    hs_http_on(web, meta.ruta, {.body = a.cuerpo.bytes, .body_size = a.cuerpo.n});
    hs_http_on(web, a.ruta, {.status = 302, .location = salto.ruta});
    hs_http_on(web, salto.ruta, {.status = 307, .location = otro.ruta});
    hs_http_on(web, otro.ruta, {.status = 303, .location = ultimo.ruta});
    hs_http_on(web, ultimo.ruta, {.status = 308, .location = meta.ruta});
    hs_http_on(web, perdido.ruta, {.status = 301, .location = "/no-existe"});
    hs_step(
        "%s lleva a %s, en cuatro saltos: 302, 307, 303 y 308; el nombre es el de la URL "
        "que se pidió. %s lleva a una página que no existe",
        a.ruta, meta.ruta, perdido.ruta);
    struct hs_program *p = bajar(a.url, perdido.url);
    acabar(p, PRONTO);
    exigir_entero(dir, a);
    hs_expect_line(p, listo(a));
    hs_expect_line(p, fallida_con(perdido.url, 404));
    exigir_que_no_esta(dir, perdido.nombre);
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

/* `n` archivos que se paran a medias, y las opciones para bajarlos de `max` en `max`. Al número
 * `retenido`, si lo hay, no le contesta hasta que se le suelta. */
static struct hs_program *bajar_con_max(struct hs_http *web, const char *refresco,
                                        int max, int n, struct archivo a[], int retenido)
{
    const char *argv[n + 9];
    memset(argv, 0, sizeof argv);
    argv[0] = "--dir", argv[1] = DIR, argv[2] = "--refresco", argv[3] = refresco;
    argv[4] = "--timeout", argv[5] = "3600", argv[6] = "--max",
    argv[7] = hs_format("%d", max);
    for (int i = 0; i < n; i++) {
        a[i] = archivo_de(web, 4000);
        PUBLICAR(web, a[i], .pause_at = 1000, .hold = i == retenido);
        argv[8 + i] = a[i].url;
    }
    return hs_start_argv((struct hs_options){.files = 256}, argv);
}

HS_TEST(descargas, nunca_mas_de_max)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    int max = hs_random_between(4, 5), n = max + 3;
    struct archivo a[n];
    struct hs_program *p = bajar_con_max(web, "0.05", max, n, a, 0);
    hs_http_wait_paused(web, NULL, max - 1, PRONTO);
    hs_step(
        "A una no le ha contestado, las otras %d están a medias y el servidor parado: no "
        "debe empezar ninguna más",
        max - 1);
    hs_wait_line(p, progreso(a[max - 1], NULL, 0), PRONTO);
    hs_expect_eq_int(
        hs_format("el número de peticiones sin ninguna descarga acabada: --max es %d",
                  max),
        max, hs_http_stats(web, NULL).requests);
    hs_step("Las dejo seguir de una en una, hasta el final");
    hs_http_release(web, a[0].ruta);
    for (int i = 0; i < n; i++) {
        hs_http_wait_paused(web, a[i].ruta, 1, PRONTO);
        hs_http_advance(web, a[i].ruta, SIZE_MAX);
    }
    acabar(p, PRONTO);
    hs_expect_eq_int(hs_format("el mayor número de descargas a la vez: --max es %d", max),
                     max, hs_http_stats(web, NULL).max_in_flight);
}

HS_TEST(descargas, entra_la_siguiente)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a[4];
    struct hs_program *p = bajar_con_max(web, "60", 2, 4, a, -1);
    hs_http_wait_paused(web, a[0].ruta, 1, PRONTO);
    hs_http_wait_paused(web, a[1].ruta, 1, PRONTO);
    hs_step("Acaba la segunda y la primera sigue a medias: debe empezar la tercera");
    hs_http_advance(web, a[1].ruta, SIZE_MAX);
    hs_http_wait_requests(web, a[2].ruta, 1, PRONTO);
    hs_wait_line(p, listo(a[1]), PRONTO);
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
    hs_step("Manda hasta el %zu%%, y algo menos del siguiente", otro);
    hs_http_advance(web, a.ruta, otro * 1000 + 999);
    exigir_progreso(p, a, hs_format("%zu%%", otro));
    hs_http_advance(web, a.ruta, SIZE_MAX);
    acabar(p, PRONTO);
    hs_expect_line(p, listo(a));
    /* Quien guarda el total en 32 bits lo lee como los 100 000 que pasan de 2 elevado a 32. */
    struct archivo grande = archivo_de(web, 60000);
    PUBLICAR(web, grande, .pause_at = 50000, .framing = HS_UNTIL_CLOSE,
             .headers = "Content-Length: 4295067296\r\n");
    hs_step("Otro archivo medirá 4295067296 bytes, más de lo que cabe en 32 bits. El "
            "servidor ha mandado 50000");
    exigir_progreso(bajar_deprisa(grande.url), grande, "0%");
}

/* Tantas a la vez que no caben en una tabla pequeña. */
static void exigir_progreso_de_muchas(struct hs_http *web)
{
    enum { MUCHAS = 36 };
    struct archivo a[MUCHAS];
    hs_step("%d a la vez: cada refresco lleva una línea de cada una", MUCHAS);
    struct hs_program *p = bajar_con_max(web, "0.1", MUCHAS, MUCHAS, a, -1);
    for (int i = 0; i < MUCHAS; i++)
        hs_http_wait_paused(web, a[i].ruta, 1, PRONTO);
    for (int i = MUCHAS - 1; i >= 0; i--)
        hs_wait_line(p, progreso(a[i], "25%", 0), PRONTO);
}

HS_TEST(descargas, progreso_de_cada_una)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000), b = archivo_de(web, 30000);
    PUBLICAR(web, a, .pause_at = 7000);
    PUBLICAR(web, b, .pause_at = 6000);
    struct archivo muda = archivo_de(web, 1), corta = archivo_de(web, 80000);
    struct archivo tarde = archivo_de(web, 1000);
    PUBLICAR(web, muda, .fault = HS_SILENT);
    PUBLICAR(web, corta, .fault = HS_CUT_BODY);
    PUBLICAR(web, tarde, .pause_at = 500);
    hs_step(
        "Dos descargas paradas, una al 70%% y otra al 20%%, otra sin contestar y otra "
        "que se corta. En su lugar entra otra, que se para al 50%%");
    struct hs_program *p = bajar_deprisa("--max", "4", muda.url, corta.url, a.url, b.url,
                                         tarde.url);
    hs_http_wait_requests(web, muda.ruta, 1, PRONTO);
    exigir_progreso(p, a, "70%");
    exigir_progreso(p, b, "20%");
    exigir_progreso(p, a, "70%");
    hs_expect_eq_int("el número de líneas PROGRESO de la que aún no ha recibido nada", 0,
                     hs_count_lines(p, progreso(muda, NULL, 0)));
    hs_step("La del 20%% acaba: ya no tiene progreso, como la que se cortó");
    hs_http_advance(web, b.ruta, SIZE_MAX);
    int cortada = hs_wait_line(p, fallida(corta.url), PRONTO)->number;
    int acabada = hs_wait_line(p, listo(b), PRONTO)->number;
    hs_wait_lines(p, 2, progreso(a, "70%", acabada), PRONTO);
    exigir_progreso(p, tarde, "50%");
    hs_expect_eq_int(
        "el número de líneas PROGRESO que no son como «PROGRESO nombre 42% 120.5 KB/s»",
        0,
        hs_count_lines(p, hs_has("PROGRESO")) -
            hs_count_lines(p, hs_regex("^PROGRESO [a-z]+[.]bin [0-9]+% " VELOCIDAD "$",
                                       "una línea de progreso")));
    hs_expect_eq_int("el número de líneas PROGRESO de la que se cortó, tras su ERROR", 0,
                     hs_count_lines(p, progreso(corta, NULL, cortada)));
    hs_expect_eq_int("el número de líneas PROGRESO de la que acabó, tras su LISTO", 0,
                     hs_count_lines(p, progreso(b, NULL, acabada)));
    exigir_progreso_de_muchas(web);
}

/* La mayor velocidad escrita en una línea de `a` posterior a la número `marca`. */
static double mayor_velocidad(struct hs_program *p, struct archivo a, int marca)
{
    const struct hs_line *linea;
    double mayor = 0;
    for (int i = 1; (linea = hs_find_line(p, progreso(a, NULL, marca), i)); i++)
        if (velocidad(linea) > mayor)
            mayor = velocidad(linea);
    return mayor;
}

/*
 * La primera línea no cuenta lo que se esperó antes de empezar a recibir: con un refresco largo,
 * el archivo llega poco antes del primero. Si la máquina se atrasa y llega antes del segundo, no
 * dice nada; y si recibir y escribir caen en el mismo milisegundo, no hay tiempo que dividir. Basta
 * con verlo bien una vez.
 */
static void exigir_velocidad_desde_que_recibe(struct hs_http *web)
{
    enum { REFRESCO = 800, DEMORA = 560, KBS = 200, INTENTOS = 4, GRANO = 20 };
    enum { DESDE_ANTES = KBS * 1000 / REFRESCO }; /* lo que diría quien cuenta de más */
    double minima = 0, mayor = 0;
    hs_step(
        "Con --refresco 0.8, otro archivo tarda %d ms en empezar a llegar, y llega la "
        "mitad de golpe",
        DEMORA);
    for (int i = 0; i < INTENTOS && mayor <= minima; i++) {
        struct archivo a = archivo_de(web, 400 * KB);
        PUBLICAR(web, a, .delay_ms = DEMORA, .pause_at = KBS * KB);
        struct hs_program *p = bajar("--refresco", "0.8", a.url);
        double desde = peticion(web, a, 1).arrived_ms + DEMORA;
        double dura = exigir_progreso(p, a, "50%")->ms - desde;
        double esta = 0.8 * KBS * 1000 / (dura + GRANO);
        if (esta <= DESDE_ANTES)
            continue;
        minima = esta;
        mayor = mayor_velocidad(p, a, 0);
    }
    hs_expect_at_least(
        hs_format(
            "la mayor velocidad escrita, en KB/s,: llegaron %d KB, y se cuenta desde "
            "que empezó a recibir, no desde antes",
            KBS),
        (int64_t)minima, (int64_t)mayor);
}

HS_TEST(descargas, velocidad)
{
    enum { ANTES = 10 * KB, APENAS = 20 * KB, DESPUES = 820 * KB };
    /* 800 KB en menos de medio milisegundo: ni en memoria. */
    enum { IMPOSIBLE = 2000000 };
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 1000 * KB);
    PUBLICAR(web, a, .pause_at = ANTES);
    struct hs_program *p = bajar("--refresco", "0.1", a.url);
    exigir_progreso(p, a, "1%");
    /* La línea que dice 2% se escribe después de `desde`, y la que diga 82% cuenta, como mucho,
     * desde ella: así no importa cuándo caiga cada refresco ni cuánto se atrase. */
    double desde = hs_now();
    hs_http_advance(web, a.ruta, APENAS);
    exigir_progreso(p, a, "2%");
    hs_step("El servidor manda de golpe 800 KB más y se vuelve a parar");
    int marca = hs_mark(p);
    hs_http_advance(web, a.ruta, DESPUES);
    const struct hs_line *ultima = exigir_progreso(p, a, "82%");
    double media = 800 / ((ultima->ms - desde) / 1000);
    double mayor = mayor_velocidad(p, a, marca);
    /* Entre refrescos, alguna vez tuvo que ir al menos tan deprisa como de media. */
    hs_expect_at_least(
        "la mayor velocidad escrita, en KB/s,: 800 KB llegaron más deprisa",
        (int64_t)(media * 0.8), (int64_t)mayor);
    hs_expect_at_most("la mayor velocidad escrita: ¿son KB por segundo?", IMPOSIBLE,
                      (int64_t)mayor);
    exigir_velocidad_desde_que_recibe(web);
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
              "con el servidor parado la velocidad debía ser 0 KB/s y la línea es «%s»: "
              "cuenta lo que llegó desde el refresco anterior",
              linea->text);
}

/* Baja un archivo que se para, hasta que salgan `n` líneas de progreso. */
static struct hs_program *parado(const char *refresco, int n)
{
    struct hs_http *web = hs_http_start();
    hs_dir(DIR);
    struct archivo a = archivo_de(web, 10000);
    PUBLICAR(web, a, .pause_at = 3000);
    struct hs_program *p = bajar("--refresco", refresco, "--timeout", "3600", a.url);
    hs_http_wait_paused(web, a.ruta, 1, PRONTO);
    hs_step("El servidor se ha parado; el progreso debe seguir saliendo cada refresco");
    hs_wait_line(p, progreso(a, NULL, 0), PRONTO);
    hs_wait_lines(p, n, progreso(a, NULL, 0), PRONTO);
    return p;
}

HS_TEST(descargas, refresca_aunque_no_llegue_nada)
{
    enum { OTROS = 24 };
    parado("0.1", 4);
    struct hs_http *web = hs_http_start();
    struct archivo a = archivo_de(web, 15000);
    const char *argv[OTROS + 6] = {"--dir", DIR, "--refresco", "0.25", a.url};
    PUBLICAR(web, a, .fault = HS_TRICKLE, .trickle_bytes = 50, .trickle_ms = 10);
    for (int i = 0; i < OTROS; i++) {
        struct archivo otro = archivo_de(web, 100);
        PUBLICAR(web, otro, .status = i % 4 < 2 ? 200 : 404, .delay_ms = 100);
        argv[5 + i] = otro.url;
    }
    hs_step("Otro llega sin parar, algo cada 10 ms durante 3 s, y a su lado empiezan y "
            "acaban más, dos cada 100 ms durante 1,2 s: con --refresco 0.25, nada de eso "
            "retrasa el progreso");
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    int segunda = hs_wait_lines(p, 2, progreso(a, NULL, 0), PRONTO)->number;
    const struct hs_line *ultimo = hs_find_line(
        p, hs_regex("^(LISTO|ERROR) ", "una línea LISTO o ERROR"), OTROS);
    if (ultimo && ultimo->number < segunda)
        hs_fail("con --refresco 0.25 debían salir dos líneas PROGRESO de %s en medio "
                "segundo y no salieron hasta que acabaron los otros %d archivos",
                a.nombre, OTROS);
}

/*
 * Menos a menudo: de diez huecos seguidos basta con que unos, los que sean, quepan en lo que nunca
 * tardaría quien no baja de 100 ms. Más a menudo: se cuenta desde antes de arrancar, y así nada de
 * lo que se atrase la máquina lo acorta.
 */
HS_TEST(descargas, refresco_configurable)
{
    enum { REFRESCO = 20, LINEAS = 30, HUECOS = 10, COTA = 900, INTENTOS = 40 };
    double antes = hs_now(), hueco = COTA + 1;
    struct hs_program *p = parado("0.02", LINEAS);
    struct hs_match linea = hs_has("PROGRESO ");
    hs_expect_at_least(
        hs_format("el tiempo desde que arranqué hasta la línea %d, en milisegundos,: el "
                  "refresco es de %d",
                  LINEAS, REFRESCO),
        (LINEAS - 2) * REFRESCO, (int64_t)(hs_find_line(p, linea, LINEAS)->ms - antes));
    for (int k = 1; k <= INTENTOS && hueco > COTA; k++)
        hueco = hs_wait_lines(p, k + HUECOS, linea, PRONTO)->ms -
                hs_find_line(p, linea, k)->ms;
    hs_expect_at_most(hs_format("el tiempo entre una línea y la %d.ª siguiente, en "
                                "milisegundos,: el refresco es de %d",
                                HUECOS, REFRESCO),
                      COTA, (int64_t)hueco);
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
    hs_expect_at_most(
        "el número de líneas PROGRESO en una descarga más corta que el refresco", 1,
        hs_count_lines(p, hs_has("PROGRESO")));
}

static void exigir_sin_longitud(struct hs_http *web, struct hs_dir *dir,
                                enum hs_framing como)
{
    int kb = hs_random_between(200, 300);
    struct archivo a = archivo_de(web, 400 * KB);
    PUBLICAR(web, a, .framing = como, .pause_at = (size_t)kb * KB + 1000);
    hs_step(
        "El servidor no dice cuánto medirá el archivo (%s); manda %d KB y casi otro, y "
        "se para",
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
