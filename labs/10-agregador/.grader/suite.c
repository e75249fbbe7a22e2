/*
 * La suite del laboratorio 10: leer una respuesta, la media, a la vez y acabar. Lo demás, en
 * cuerpos.c y fallos.c. Cada prueba exige una sola cosa del enunciado: las que no tratan de
 * las formas usan la de WeatherAPI, que es la más simple; las que no tratan de la media no la
 * miran, y solo una mira el orden de las líneas.
 *
 * Las temperaturas van en centésimas de grado y son enteros: lo que hay que esperar se
 * calcula sin coma flotante. Ninguna cae cerca de donde el redondeo podría dudar.
 */
#include "tiempo.h"

HS_SUITE(agregador)

/* ---- Leer una respuesta ----------------------------------------------------------- */

HS_TEST(agregador, lee_weatherapi)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *url = API(web, DA(c));
    hs_step("La API contesta con la forma de WeatherAPI, y current.temp_c vale %s",
            centesimas(c));
    struct hs_program *p = hs_start(SIN_PRISA, url);
    exigir_temperatura(p, url, c);
    hs_expect_exit(p, 0, PRONTO);
}

HS_TEST(agregador, lee_open_meteo)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *url = API(web, DICE(open_meteo(c)));
    hs_step("La API contesta con la forma de Open-Meteo, y current_weather.temperature "
            "vale %s",
            centesimas(c));
    exigir_temperatura(hs_start(SIN_PRISA, url), url, c);
}

HS_TEST(agregador, lee_openweathermap)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *url = API(web, DICE(openweathermap(c)));
    hs_step("La API contesta con la forma de OpenWeatherMap, y main.temp vale %s kelvin",
            centesimas(c + 27315));
    exigir_temperatura(hs_start(SIN_PRISA, url), url, c);
}

/* Un JSON que trae esa temperatura, en centésimas. */
struct dato {
    const char *json;
    int c;
};

/* Una API por JSON, en este orden. */
static void exigir_que_den(const struct dato *datos, int n)
{
    struct hs_http *web = hs_http_start();
    const char *argv[n + 1];
    argv[n] = NULL;
    for (int i = 0; i < n; i++) {
        argv[i] = API(web, {.body = datos[i].json});
        hs_step("%s contesta «%s»", argv[i], datos[i].json);
    }
    struct hs_program *p = preguntar(argv);
    for (int i = 0; i < n; i++)
        exigir_temperatura(p, argv[i], datos[i].c);
}

HS_TEST(agregador, redondea_al_mas_cercano)
{
    int a = grados(), b = grados(), arriba = -hs_random_between(1, 4);
    int abajo = hs_random_between(1, 4);
    const struct dato datos[] = {
        {weatherapi(a + arriba), a + arriba},
        {weatherapi(b + abajo), b + abajo},
        {weatherapi(-a - arriba), -a - arriba},
    };
    exigir_que_den(datos, sizeof datos / sizeof *datos);
}

HS_TEST(agregador, reconoce_por_el_contenido)
{
    int a = grados(), b = grados(), c = grados(), d = grados(), e = grados();
    hs_step("Cada JSON trae la temperatura en su sitio y, en otros, claves que se llaman "
            "igual. El orden no es el de ningún proveedor");
    const struct dato datos[] = {
        {hs_format("{\"hourly\":{\"temperature\":[1.5,2.5]},\"temperature\":3.5,"
                   "\"current\":{\"time\":\"07:30\"},\"ayer\":{\"current_weather\":"
                   "{\"temperature\":4.5}},\"current_weather\":{\"temp\":5.5,"
                   "\"temperature\":%s}}",
                   centesimas(a)),
         a},
        {hs_format("{\"main\":\"Clouds\",\"current\":{\"temp_c\":%s}}", centesimas(b)),
         b},
        {hs_format("{\"ayer\":{\"main\":{\"temp\":1.5}},\"temp\":2.5,"
                   "\"current_weather\":{\"weathercode\":3},\"main\":{\"temp_min\":3.5,"
                   "\"temp_c\":4.5,\"temperature\":5.5,\"temp\":%s}}",
                   centesimas(c + 27315)),
         c},
        {hs_format("{\"forecast\":[{\"current\":{\"temp_c\":1.5}}],\"temp_c\":2.5,"
                   "\"main\":{\"humidity\":64},\"current\":{\"temp\":3.5,\"air\":"
                   "{\"temp_c\":4.5},\"temp_f\":5.5,\"temp_c\":%s}}",
                   centesimas(d)),
         d},
        {hs_format("{\"main\":{\"temp\":\"x\"},\"current\":{\"temp_c\":null},"
                   "\"current_weather\":{\"temperature\":%s}}",
                   centesimas(a)),
         a},
        {hs_format("{\"current_weather\":{\"temperature\":[1.5]},\"main\":"
                   "{\"temp\":{}},\"current\":{\"temp_c\":%s}}",
                   centesimas(b)),
         b},
        {hs_format("{\"current\":{\"temp_c\":\"1.5\"},\"current_weather\":"
                   "{\"temperature\":false},\"main\":{\"temp\":%s}}",
                   centesimas(e + 27315)),
         e},
    };
    exigir_que_den(datos, sizeof datos / sizeof *datos);
    struct hs_http *web = hs_http_start();
    const char *argv[] = {API(web, {.type = "text/plain", .body = weatherapi(d)}), NULL};
    hs_step("%s contesta un JSON, aunque su Content-Type diga text/plain", argv[0]);
    exigir_temperatura(preguntar(argv), argv[0], d);
}

/* Números que no caben en 32 bits, o que con todas sus cifras no caben en un texto corto. */
static void exigir_enormes(void)
{
    static const char *const numeros[] = {"5000000000", "1e40",   "-2.5e35",
                                          "2.5E+120",   "1e-300", "-0.04"};
    enum { N = sizeof numeros / sizeof *numeros };
    struct hs_http *web = hs_http_start();
    const char *argv[N + 1] = {NULL};
    for (int i = 0; i < N; i++)
        argv[i] = API(web, DICE(hs_format("{\"current\":{\"temp_c\":%s}}", numeros[i])));
    hs_step("Otras dan %s, %s, %s, %s, %s y %s", numeros[0], numeros[1], numeros[2],
            numeros[3], numeros[4], numeros[5]);
    struct hs_program *p = preguntar(argv);
    for (int i = 0; i < N; i++)
        hs_expect_eq_str(hs_format("la línea de la API que da %s", numeros[i]),
                         hs_format("%s %.1f °C", argv[i], strtod(numeros[i], NULL)),
                         linea_de(p, argv[i])->text);
}

HS_TEST(agregador, json_de_verdad)
{
    enum { HONDO = 900 };
    int n = hs_random_between(10, 39), a = grados(), b = grados(), c = grados();
    int calor = 10 * hs_random_between(650, 990),
        frio = -10 * hs_random_between(650, 990);
    /* Entre 2^22 y 2^23, un número de 32 bits solo distingue los medios. */
    int mucho = 100 * hs_random_between(4200000, 8300000) + 10 * hs_random_between(1, 4);
    hs_step(
        "Lo mismo se puede escribir de muchas formas: enteros, negativos, el cero, "
        "exponentes, blancos, claves con \\u, comillas dentro de un texto. Y un número "
        "es un número, por raro que sea");
    char dentro[2 * HONDO + 1] = "";
    memset(dentro, '[', HONDO);
    memset(dentro + HONDO, ']', HONDO);
    const struct dato datos[] = {
        {hs_format("{\"x\":%s,\"current\":{\"temp_c\":%s}}", dentro, centesimas(a)), a},
        {hs_format("{\"x\":\"a\\\\\",\"y\":\"}],\",\"current\":{\"temp_c\":%s}}",
                   centesimas(b)),
         b},
        {hs_format("{\"current\":{\"temp_c\":%d}}", n), 100 * n},
        {hs_format("{\"current\":{\"temp_c\":-%d}}", n), -100 * n},
        {"{\"current\":{\"temp_c\":0}}", 0},
        {open_meteo(0), 0},
        {weatherapi(calor), calor},
        {open_meteo(frio), frio},
        {open_meteo(mucho), mucho},
        {openweathermap(-27200), -27200},
        {"{\"current\":{\"temp_c\":1.5e3}}", 150000},
        {hs_format("{\"current\":{\"temp_c\":-%s}}", centesimas(a)), -a},
        {hs_format("{\"current\":{\"temp_c\":%de-2}}", b), b},
        {hs_format("\n{\t\"current\" :\r\n { \"temp_c\"\n:\n%s } }\n", centesimas(c)), c},
        {hs_format("{\"\\u0063urrent\":{\"temp\\u005fc\":%s}}", centesimas(a)), a},
        {hs_format("{\"x\":\"\\\"current\\\":{\\\"temp_c\\\":1.5}}\","
                   "\"current\":{\"temp_c\":%s}}",
                   centesimas(b)),
         b},
    };
    exigir_que_den(datos, sizeof datos / sizeof *datos);
    exigir_enormes();
}

/* ---- La media --------------------------------------------------------------------- */

HS_TEST(agregador, media_y_cuenta)
{
    struct hs_http *web = hs_http_start();
    int a, b, c;
    do
        a = grados(), b = grados(), c = grados();
    while (!media_clara(a + b + c, 3) || strstr(decimas(a + b + c, 3), ".0"));
    const char *ua = API(web, DA(a)), *ub = API(web, DA(b)), *uc = API(web, DA(c));
    hs_step("Tres API dan %s, %s y %s grados", centesimas(a), centesimas(b),
            centesimas(c));
    struct hs_program *p = hs_start(SIN_PRISA, ua, ub, uc);
    exigir_media(p, a + b + c, 3, 3);
    hs_expect_exit(p, 0, PRONTO);
    hs_step("Una línea por API, la media y nada más");
    hs_expect_eq_int("el número de líneas de la salida: una por API y la media", 4,
                     hs_count_lines(p, (struct hs_match){0}));
    hs_expect_eq_str("el principio de la última línea", "MEDIA ",
                     hs_format("%.6s", hs_find_line(p, (struct hs_match){0}, 4)->text));
    hs_step("De una sola también hay media");
    exigir_media(hs_start(SIN_PRISA, ub), b, 1, 1);
}

/* La media, de los números tal como van en el JSON. */
static void exigir_media_de(const char *uno, const char *dos, double media)
{
    struct hs_http *web = hs_http_start();
    hs_step("Dos API dan %s y %s", uno, dos);
    struct hs_program *p = hs_start(
        SIN_PRISA, API(web, DICE(hs_format("{\"current\":{\"temp_c\":%s}}", uno))),
        API(web, DICE(hs_format("{\"current\":{\"temp_c\":%s}}", dos))));
    hs_expect_eq_str("la línea de la media", hs_format("MEDIA %.1f °C (2 de 2)", media),
                     linea_de(p, "MEDIA")->text);
}

HS_TEST(agregador, media_sin_redondear)
{
    struct hs_http *web = hs_http_start();
    int base = 10 * hs_random_between(100, 390);
    hs_step("Tres API dan %s, %s y %s grados: redondeadas, la media bajaría",
            centesimas(base + 4), centesimas(base + 4), centesimas(base + 12));
    struct hs_program *p = hs_start(SIN_PRISA, API(web, DA(base + 4)),
                                    API(web, DA(base + 12)), API(web, DA(base + 4)));
    exigir_media(p, 3 * base + 20, 3, 3);
    hs_step("Vale para cualquier número, con el %%.1f de printf");
    exigir_media_de("-0.04", "-0.02", -0.03);
    exigir_media_de("-12.5", "-17.7", -15.1);
    exigir_media_de("12345678.4", "12345679.8", 12345679.1);
    exigir_media_de("1e300", "3e300", 2e300);
}

HS_TEST(agregador, url_tal_cual)
{
    enum { LARGA = 3000 };
    struct hs_http *web = hs_http_start();
    const char *ruta = hs_random_path(), *otra = hs_random_path();
    const char *sin_consulta = hs_http_url(web, ruta), *repetida = hs_http_url(web, otra);
    int a = grados(), b = grados();
    char *relleno = (char *)hs_format("%*s", LARGA, "");
    const char *larga = hs_format("%s?lat=-0.18&lon=-78.47&id=%s", sin_consulta,
                                  (char *)memset(relleno, 'x', LARGA));
    hs_http_on(web, ruta, DA(a));
    hs_http_on(web, otra, DA(b));
    hs_step("Una URL de %zu bytes, y otra que va dos veces", strlen(larga));
    struct hs_program *p = hs_start(SIN_PRISA, repetida, larga, repetida);
    hs_expect_eq_str(
        "la línea de la URL larga", hs_format("%s %s °C", larga, decimas(a, 1)),
        hs_wait_line(p, hs_has(hs_format("%s?", sin_consulta)), PRONTO)->text);
    hs_wait_lines(p, 2, hs_has(hs_format("%s %s °C", repetida, decimas(b, 1))), PRONTO);
    hs_expect_contains("la línea de la media: son tres API", "(3 de 3)",
                       linea_de(p, "MEDIA")->text);
    hs_expect_eq_int("el número de peticiones a la URL que va dos veces", 2,
                     hs_http_stats(web, otra).requests);
    const char *rara = hs_format("%s?a=%%20d%%25s%%n&b=Quito%%2C+EC&c=[1]#abajo",
                                 sin_consulta);
    const char *falla = hs_format("%s/no%%20hay?%%s%%d=%s", sin_consulta, relleno);
    hs_step("Otras dos llevan %% y otros signos; la segunda, que es larga, contesta 404");
    p = hs_start(SIN_PRISA, rara, falla);
    hs_expect_eq_str("la línea de la URL con signos",
                     hs_format("%s %s °C", rara, decimas(a, 1)),
                     hs_wait_line(p, hs_has("?a="), PRONTO)->text);
    const char *texto = hs_wait_line(p, hs_has("/no%20hay"), PRONTO)->text;
    const char *principio = hs_format("%s ERROR ", falla);
    hs_expect_eq_str("el principio de la línea de la que falla", principio,
                     hs_format("%.*s", (int)strlen(principio), texto));
}

HS_TEST(agregador, media_solo_de_las_buenas)
{
    struct hs_http *web = hs_http_start();
    int a, b;
    do
        a = grados(), b = grados();
    while (!media_clara(a + b, 2));
    hs_step("Dos API dan %s y %s grados; las otras cinco cortan o rechazan la conexión, "
            "contestan un 404 o no traen la temperatura",
            centesimas(a), centesimas(b));
    /* La última, mala: el código de salida no es el de la última. */
    struct hs_program *p = hs_start(
        SIN_PRISA, hs_http_refused_url(hs_random_path()), API(web, DA(a)),
        API(web, {.fault = HS_RESET}), API(web, {.status = 404, .body = weatherapi(a)}),
        API(web, DA(b)), API(web, DICE("{}")), API(web, {.fault = HS_CLOSE}));
    exigir_media(p, a + b, 2, 7);
    hs_expect_exit(p, 0, PRONTO);
}

/* ---- A la vez --------------------------------------------------------------------- */

/* `n` API que no contestan hasta que hayan llegado las `n` peticiones. */
static struct hs_program *todas_a_la_vez(struct hs_options opciones, int n)
{
    const char *argv[n + 1];
    int c[n];
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < n; i++) {
        /* Cuando son muchas, rutas cortas: el relato lleva todas las URL. */
        const char *ruta = n < 10 ? hs_random_path() : hs_format("/%d", i + 1);
        hs_http_on(web, ruta, {.body = weatherapi(c[i] = grados()), .barrier = n});
        argv[i] = hs_http_url(web, ruta);
    }
    argv[n] = NULL;
    hs_step("%d API: el servidor no contesta a nadie hasta que lleguen las %d "
            "peticiones",
            n, n);
    struct hs_program *p = preguntar_con(opciones, argv);
    hs_http_wait_requests(web, NULL, n, PRONTO);
    for (int i = 0; i < n; i++)
        exigir_temperatura(p, argv[i], c[i]);
    return p;
}

HS_TEST(agregador, consulta_a_la_vez)
{
    todas_a_la_vez((struct hs_options){0}, hs_random_between(3, 6));
}

/* Con sitio de sobra para unos descriptores por API. */
HS_TEST(agregador, muchas_apis)
{
    int n = hs_random_between(MUCHAS - 5, MUCHAS);
    struct hs_program *p = todas_a_la_vez((struct hs_options){.files = 700}, n);
    hs_expect_contains("la línea de la media", hs_format("(%d de %d)", n, n),
                       linea_de(p, "MEDIA")->text);
    hs_expect_exit(p, 0, PRONTO);
}

/* Que el cliente cierre la conexión es la señal de que ya leyó su respuesta: por eso cada
 * API tiene su servidor, y no se suelta una hasta ver cerrada la anterior. */
HS_TEST(agregador, orden_de_los_argumentos)
{
    enum { N = 4 };
    struct hs_http *webs[N];
    const char *argv[N + 1] = {NULL};
    for (int i = 0; i < N; i++) {
        int estado = i % 2 == 0 ? 404 : 200;
        webs[i] = hs_http_start();
        argv[i] = API(
            webs[i],
            {.status = estado, .body = weatherapi(grados()), .hold = true, .close = true},
            {.status = estado, .body = weatherapi(grados()), .close = true});
    }
    hs_step("Las API contestan de la última a la primera; la primera y la tercera, un "
            "404, que es un ERROR: también va en su sitio");
    struct hs_program *p = preguntar(argv);
    for (int i = N - 1; i >= 0; i--) {
        hs_http_wait_in_flight(webs[i], NULL, 1, PRONTO);
        hs_http_release(webs[i], NULL);
        hs_http_wait_ended(webs[i], NULL, 1, PRONTO);
        hs_http_wait_closed(webs[i], PRONTO);
        hs_step("%s ha contestado", argv[i]);
    }
    for (int i = 0; i < N; i++)
        linea_de(p, argv[i]);
    for (int i = 0; i < N; i++) {
        const char *texto = hs_find_line(p, (struct hs_match){0}, i + 1)->text;
        hs_expect_eq_str(hs_format("la API de la línea %d", i + 1), argv[i],
                         hs_format("%.*s", (int)strcspn(texto, " "), texto));
    }
}

/* ---- Acabar ------------------------------------------------------------------------- */

HS_TEST(agregador, ninguna_sirve)
{
    struct hs_http *web = hs_http_start();
    const char *a = hs_http_refused_url(hs_random_path());
    const char *b = API(web, {.fault = HS_RESET}), *c = API(web, {.fault = HS_CLOSE});
    hs_step("Las tres API fallan: rechazan o cortan la conexión");
    struct hs_program *p = hs_start(SIN_PRISA, a, b, c);
    hs_expect_eq_str("la línea de la media", "MEDIA ERROR (0 de 3)",
                     linea_de(p, "MEDIA")->text);
    hs_expect_exit(p, 1, PRONTO);
    hs_step("Otras contestan, pero ninguna sirve: un 500, un JSON sin temperatura, otro "
            "roto y nada");
    p = hs_start(SIN_PRISA, API(web, {.status = 500, .body = weatherapi(grados())}),
                 API(web, DICE("{}")), API(web, DICE("{")), API(web, DICE("")));
    hs_expect_eq_str("la línea de la media", "MEDIA ERROR (0 de 4)",
                     linea_de(p, "MEDIA")->text);
    hs_expect_exit(p, 1, PRONTO);
}

HS_TEST(agregador, ctrl_c_lo_deja)
{
    struct hs_http *web = hs_http_start();
    struct hs_http *aparte = hs_http_start();
    const char *ruta = hs_random_path(), *bien = hs_random_path();
    const char *media = hs_random_path();
    hs_http_on(web, ruta, {.hold = true});
    hs_http_on(web, media, {.body = weatherapi(grados()), .pause_at = 20});
    hs_http_on(aparte, bien, {.body = weatherapi(grados()), .close = true});
    hs_step("Una API contesta, otra deja su cuerpo a medias y otra no dice nada");
    struct hs_program *p = hs_start(SIN_PRISA, hs_http_url(web, ruta),
                                    hs_http_url(aparte, bien), hs_http_url(web, media));
    hs_http_wait_in_flight(web, ruta, 1, PRONTO);
    hs_http_wait_paused(web, media, 1, PRONTO);
    hs_http_wait_ended(aparte, bien, 1, PRONTO);
    hs_http_wait_closed(aparte, PRONTO);
    hs_signal(p, SIGINT);
    struct hs_exit fin = hs_wait_exit(p, DESPEDIDA);
    hs_expect_no_line(p, (struct hs_match){.regex = "^MEDIA", .what = "la línea MEDIA"});
    hs_expect(!fin.exited || fin.code != 0,
              "el código de salida debía ser distinto de 0 y es 0: lo dejó a medias");
    hs_expect(fin.leftovers == 0,
              "al acabar el programa no debía quedar ninguno de sus procesos y %s",
              fin.leftovers == 1 ? "sigue vivo 1"
                                 : hs_format("siguen vivos %d", fin.leftovers));
}

HS_TEST(agregador, argumentos_invalidos)
{
    const char *url = hs_http_refused_url(hs_random_path());
    const char *const casos[][4] = {
        {NULL},
        {"--timeout", "0.5", NULL},
        {url, "--timeout", NULL},
        {"--timeout", "pronto", url, NULL},
        {"--timeout", "2x", url, NULL},
        {"--timeout", "0", url, NULL},
        {"--timeout", "-1", url, NULL},
        {"--timeout", "nan", url, NULL},
        {"--no-existe", url, NULL},
        {url, "ftp://127.0.0.1/x", NULL},
        {"127.0.0.1", NULL},
        {"http://", NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_complaint(p, 2, PRONTO);
    }
}

HS_TEST(agregador, no_quema_cpu)
{
    struct hs_http *web = hs_http_start();
    const char *mudo = hs_random_path(), *lenta = hs_random_path();
    const char *pronta = hs_random_path(), *media = hs_random_path();
    hs_http_on(web, mudo, {.hold = true});
    hs_http_on(web, lenta, {.body = weatherapi(grados()), .delay_ms = 1500});
    hs_http_on(web, pronta, DA(grados()));
    hs_http_on(web, media, {.body = weatherapi(grados()), .pause_at = 20});
    hs_step("Una API contesta enseguida y otra falla; una tarda 1,5 s, otra se queda a "
            "medias y otra no contesta: el programa no tiene más que esperar");
    struct hs_program *p = hs_start(SIN_PRISA, hs_http_url(web, mudo),
                                    hs_http_url(web, pronta), hs_http_url(web, lenta),
                                    hs_http_url(web, media),
                                    hs_http_refused_url(hs_random_path()));
    hs_http_wait_requests(web, NULL, 4, PRONTO);
    hs_http_wait_ended(web, pronta, 1, PRONTO);
    hs_http_wait_paused(web, media, 1, PRONTO);
    hs_expect_rest(p, 400);
}

HS_TEST(agregador, memoria_limpia, .segundos = 60)
{
    struct hs_http *web = hs_http_start();
    const char *meta = hs_random_path();
    hs_http_on(web, meta, DICE(openweathermap(grados())));
    const char *enorme = hs_format("%*s", 2 * MIB, "");
    const char *malas[] = {
        API(web, {.status = 404, .body = "no está"}),
        API(web, DICE("{\"current\":")),
        API(web, DICE("{\"current\":{\"temp_c\":\"21.5\"}}")),
        API(web, DICE(enorme)),
        API(web, {.status = 204}),
        API(web, {.fault = HS_CUT_BODY}),
        /* Contesta: quien no cumple el plazo, que no se juzga aquí, también acaba. */
        API(web, {.body = weatherapi(grados()), .delay_ms = 3000}),
        API(web, {.fault = HS_ENDLESS}),
        hs_http_refused_url(hs_random_path()),
    };
    hs_step("Respuestas de toda clase al programa compilado con ASan y UBSan");
    struct hs_program *p = hs_start_with(
        (struct hs_options){.asan = true}, "--timeout", "1.5",
        API(web, {.status = 302, .location = meta}), API(web, DA(grados())), malas[0],
        malas[1], malas[2], malas[3], malas[4], malas[5], malas[6], malas[7], malas[8],
        API(web, DICE(open_meteo(grados()))));
    struct hs_exit fin = hs_wait_exit(p, 2 * PRONTO);
    hs_expect(fin.exited && !fin.asan, "el programa debía acabar por sí solo y %s",
              hs_exit_words(fin));
}
