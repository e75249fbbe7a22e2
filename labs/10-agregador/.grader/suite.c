/*
 * La suite del laboratorio 10. Cada prueba exige una sola cosa del enunciado: las que no
 * tratan de las formas usan la de WeatherAPI, que es la más simple; las que no tratan de
 * la media no la miran, y solo una mira el orden de las líneas.
 *
 * Las temperaturas van en centésimas de grado y son enteros: lo que hay que esperar se
 * calcula sin coma flotante. Ninguna cae cerca de donde el redondeo podría dudar.
 */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

HS_SUITE(agregador)

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, DESPEDIDA = 1000 };

/* Las API a las que se pregunta como mucho: más de las 100 peticiones en vuelo que admite
 * la biblioteca si no se le dice otra cosa. El enunciado dice este número. */
enum { MUCHAS = 120 };

/* Un plazo que ninguna prueba agota: si algo acaba, no es por él. */
#define SIN_PRISA "--timeout", "60"

/* ---- Temperaturas --------------------------------------------------------------- */

/* Décimas justas, de 10 a 39 grados: solo la prueba del redondeo redondea. */
static int grados(void)
{
    return 10 * hs_random_between(100, 390);
}

/* Centésimas, con las dos cifras: como van en el JSON. */
static const char *centesimas(int c)
{
    return hs_format("%s%d.%02d", c < 0 ? "-" : "", abs(c) / 100, abs(c) % 100);
}

/* `suma` centésimas entre `n`, con una cifra: como las escribe el programa. */
static const char *decimas(int suma, int n)
{
    int d = (2 * abs(suma) + 10 * n) / (20 * n);
    return hs_format("%s%d.%d", suma < 0 ? "-" : "", d / 10, d % 10);
}

/* ¿Se redondea esa media sin dudas? */
static bool media_clara(int suma, int n)
{
    return abs(abs(suma) % (10 * n) - 5 * n) > 1 && abs(suma) > 10 * n;
}

/* ---- Lo que contestan las API ----------------------------------------------------- */

static const char *openweathermap(int c)
{
    int k = c + 27315;
    return hs_format(
        "{\"coord\":{\"lon\":-78.47,\"lat\":-0.18},\"weather\":[{\"id\":803,\"main\":"
        "\"Clouds\",\"description\":\"muy nuboso\",\"icon\":\"04d\"}],\"base\":"
        "\"stations\",\"main\":{\"temp\":%s,\"feels_like\":%s,\"temp_min\":%s,"
        "\"temp_max\":%s,\"pressure\":1013,\"humidity\":64},\"visibility\":10000,"
        "\"wind\":{\"speed\":3.1,\"deg\":140},\"clouds\":{\"all\":75},\"dt\":1763710868,"
        "\"sys\":{\"country\":\"EC\",\"sunrise\":1763722800},\"timezone\":-18000,"
        "\"id\":3652462,\"name\":\"Quito\",\"cod\":200}",
        centesimas(k), centesimas(k - 140), centesimas(k - 310), centesimas(k + 270));
}

static const char *weatherapi(int c)
{
    return hs_format(
        "{\"location\":{\"name\":\"Quito\",\"country\":\"Ecuador\",\"lat\":-0.22,"
        "\"lon\":-78.5,\"tz_id\":\"America/Guayaquil\",\"localtime\":\"2026-11-21 "
        "02:41\"},\"current\":{\"last_updated\":\"2026-11-21 02:30\",\"temp_c\":%s,"
        "\"temp_f\":%s,\"is_day\":0,\"condition\":{\"text\":\"Nublado\",\"code\":1006},"
        "\"wind_kph\":11.2,\"humidity\":64,\"feelslike_c\":%s,\"uv\":1}}",
        centesimas(c), centesimas(c * 9 / 5 + 3200), centesimas(c - 140));
}

static const char *open_meteo(int c)
{
    return hs_format(
        "{\"latitude\":-0.125,\"longitude\":-78.5,\"generationtime_ms\":0.06,"
        "\"utc_offset_seconds\":0,\"timezone\":\"GMT\",\"elevation\":2850.0,"
        "\"current_weather_units\":{\"time\":\"iso8601\",\"temperature\":\"°C\"},"
        "\"current_weather\":{\"time\":\"2026-11-21T07:30\",\"interval\":900,"
        "\"temperature\":%s,\"windspeed\":11.2,\"winddirection\":140,\"is_day\":0,"
        "\"weathercode\":3}}",
        centesimas(c));
}

/* Una API de mentira en `web` que sigue este guion, y su URL. */
#define API(web, ...)                                                                    \
    ({                                                                                   \
        const char *ruta_ = hs_random_path();                                            \
        hs_http_on(web, ruta_, __VA_ARGS__);                                             \
        hs_http_url(web, ruta_);                                                         \
    })
#define DA(c)                                                                            \
    {                                                                                    \
        .body = weatherapi(c)                                                            \
    }
#define DICE(...)                                                                        \
    {                                                                                    \
        .body = (__VA_ARGS__)                                                            \
    }

/* Arranca el programa con estas URL, hasta NULL, y sin prisa. */
static struct hs_program *preguntar_con(struct hs_options opciones,
                                        const char *const *urls)
{
    const char *argv[MUCHAS + 3] = {"--timeout", "60"};
    for (size_t i = 0; urls[i] && i < MUCHAS; i++)
        argv[i + 2] = urls[i];
    return hs_start_argv(opciones, argv);
}

static struct hs_program *preguntar(const char *const *urls)
{
    return preguntar_con((struct hs_options){0}, urls);
}

/* ---- Lo que escribe el programa --------------------------------------------------- */

/* La línea que empieza por `palabra` y un espacio. */
static const struct hs_line *linea_de(struct hs_program *p, const char *palabra)
{
    return hs_wait_line(p,
                        (struct hs_match){
                            .regex = hs_format("^%s( |$)", palabra),
                            .what = hs_format("la línea «%s ...»", palabra),
                        },
                        PRONTO);
}

/* `url` dio `c` centésimas de grado. */
static void exigir_temperatura(struct hs_program *p, const char *url, int c)
{
    hs_expect_eq_str("la línea de esta API", hs_format("%s %s °C", url, decimas(c, 1)),
                     linea_de(p, url)->text);
}

/* `url` falló: devuelve el motivo, que aquí puede faltar. */
static const char *exigir_error(struct hs_program *p, const char *url)
{
    const char *texto = linea_de(p, url)->text;
    const char *inicio = hs_format("%s ERROR", url);
    size_t n = strlen(inicio);
    hs_expect(strncmp(texto, inicio, n) == 0 && (!texto[n] || texto[n] == ' '),
              "la línea de esta API debía ser «%s (motivo)», y es «%s»", inicio, texto);
    return texto + n;
}

static void exigir_media(struct hs_program *p, int suma, int buenas, int total)
{
    hs_expect_eq_str(
        "la línea de la media",
        hs_format("MEDIA %s °C (%d de %d)", decimas(suma, buenas), buenas, total),
        linea_de(p, "MEDIA")->text);
}

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
        hs_step("%s contesta %s", argv[i], datos[i].json);
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
    int a = grados(), b = grados(), c = grados(), d = grados();
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
    };
    exigir_que_den(datos, sizeof datos / sizeof *datos);
}

HS_TEST(agregador, json_de_verdad)
{
    int n = hs_random_between(10, 39), a = grados(), b = grados(), c = grados();
    hs_step("Lo mismo se puede escribir de muchas formas: enteros, negativos, el cero, "
            "exponentes, blancos, claves con \\u, comillas dentro de un texto");
    const struct dato datos[] = {
        {hs_format("{\"current\":{\"temp_c\":%d}}", n), 100 * n},
        {hs_format("{\"current\":{\"temp_c\":-%d}}", n), -100 * n},
        {"{\"current\":{\"temp_c\":0}}", 0},
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
    hs_expect_eq_int("líneas en la salida estándar", 4, hs_count_lines(p, hs_regex("")));
    hs_expect_eq_str("la última línea empieza por", "MEDIA ",
                     hs_format("%.6s", hs_find_line(p, hs_regex(""), 4)->text));
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
}

HS_TEST(agregador, media_solo_de_las_buenas)
{
    struct hs_http *web = hs_http_start();
    int a, b;
    do
        a = grados(), b = grados();
    while (!media_clara(a + b, 2));
    hs_step("Dos API dan %s y %s grados; otras tres cortan o rechazan la conexión",
            centesimas(a), centesimas(b));
    struct hs_program *p = hs_start(SIN_PRISA, hs_http_refused_url(hs_random_path()),
                                    API(web, DA(a)), API(web, {.fault = HS_RESET}),
                                    API(web, {.fault = HS_CLOSE}), API(web, DA(b)));
    exigir_media(p, a + b, 2, 5);
    hs_expect_exit(p, 0, PRONTO);
}

/* ---- A la vez --------------------------------------------------------------------- */

/* `n` API que no contestan hasta que hayan llegado las `n` peticiones. */
static void todas_a_la_vez(struct hs_options opciones, int n)
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
}

HS_TEST(agregador, consulta_a_la_vez)
{
    todas_a_la_vez((struct hs_options){0}, hs_random_between(3, 6));
}

/* Con sitio de sobra para un hilo, o un proceso y unos descriptores, por API. */
HS_TEST(agregador, muchas_apis)
{
    todas_a_la_vez((struct hs_options){.files = 700, .processes = 400},
                   hs_random_between(MUCHAS - 5, MUCHAS));
}

/* Que el cliente cierre la conexión es la señal de que ya leyó su respuesta: por eso cada
 * API tiene su servidor, y no se suelta una hasta ver cerrada la anterior. */
HS_TEST(agregador, orden_de_los_argumentos)
{
    enum { N = 4 };
    struct hs_http *webs[N];
    const char *argv[N + 1] = {NULL};
    for (int i = 0; i < N; i++) {
        webs[i] = hs_http_start();
        argv[i] = API(webs[i],
                      {.body = weatherapi(grados()), .hold = true, .close = true},
                      {.body = weatherapi(grados()), .close = true});
    }
    hs_step("Las API contestan de la última a la primera");
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
        const char *texto = hs_find_line(p, hs_regex(""), i + 1)->text;
        hs_expect_eq_str(hs_format("la línea %d es de la API", i + 1), argv[i],
                         hs_format("%.*s", (int)strcspn(texto, " "), texto));
    }
}

/* ---- Fallos de la red y de HTTP ---------------------------------------------------- */

HS_TEST(agregador, registra_error_de_red)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *rechaza = hs_http_refused_url(hs_random_path());
    const char *corta = API(web, {.fault = HS_RESET});
    const char *cierra = API(web, {.fault = HS_CLOSE});
    const char *no_es_http = API(web, {.fault = HS_GARBAGE});
    const char *bien = API(web, {.body = weatherapi(c), .delay_ms = 50});
    hs_step("Cuatro API malas: rechaza la conexión, la corta, la cierra sin contestar y "
            "contesta algo que no es HTTP. La quinta es buena, y la más lenta");
    const char *malas[] = {rechaza, corta, cierra, no_es_http};
    struct hs_program *p = hs_start(SIN_PRISA, rechaza, corta, cierra, no_es_http, bien);
    for (int i = 0; i < 4; i++) {
        const char *motivo = exigir_error(p, malas[i]);
        hs_expect(strlen(motivo) > 1, "tras ERROR van un espacio y el motivo");
    }
    exigir_temperatura(p, bien, c);
}

HS_TEST(agregador, respuesta_cortada_es_error)
{
    struct hs_http *web = hs_http_start();
    const char *json = weatherapi(grados());
    const char *cuerpo = hs_format("%s%*s", json, (int)strlen(json) + 8, "");
    const char *medio = API(web, {.fault = HS_CUT_BODY, .body = cuerpo});
    const char *cabeceras = API(web, {.fault = HS_CUT_HEADER, .body = json});
    hs_step("Una promete un cuerpo y cierra a la mitad: lo que llegó ya es un JSON "
            "entero, pero no es la respuesta. Otra cierra a mitad de las cabeceras");
    struct hs_program *p = hs_start(SIN_PRISA, medio, cabeceras);
    exigir_error(p, medio);
    exigir_error(p, cabeceras);
}

HS_TEST(agregador, estado_http_es_error)
{
    static const int malos[] = {300, 400, 401, 404, 429, 500, 503}, buenos[] = {201, 203};
    enum { MALOS = sizeof malos / sizeof *malos, BUENOS = 2 };
    const char *argv[MALOS + BUENOS + 1] = {NULL};
    int c = grados();
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < MALOS; i++)
        argv[i] = API(web, {.status = malos[i], .body = weatherapi(c)});
    for (int i = 0; i < BUENOS; i++)
        argv[MALOS + i] = API(web, {.status = buenos[i], .body = weatherapi(c)});
    hs_step("Todas contestan un JSON con su temperatura; las %d primeras, con un estado "
            "que no es de éxito",
            MALOS);
    struct hs_program *p = preguntar(argv);
    for (int i = 0; i < MALOS; i++) {
        hs_step("%s contesta %d", argv[i], malos[i]);
        exigir_error(p, argv[i]);
    }
    for (int i = 0; i < BUENOS; i++) {
        hs_step("%s contesta %d", argv[MALOS + i], buenos[i]);
        exigir_temperatura(p, argv[MALOS + i], c);
    }
}

HS_TEST(agregador, motivo_con_el_estado)
{
    struct hs_http *web = hs_http_start();
    const char *a = API(web, {.status = 404}), *b = API(web, {.status = 503});
    struct hs_program *p = hs_start(SIN_PRISA, a, b);
    hs_expect_contains("el motivo del ERROR", "404", exigir_error(p, a));
    hs_expect_contains("el motivo del ERROR", "503", exigir_error(p, b));
}

HS_TEST(agregador, una_peticion_por_api)
{
    static const struct hs_reply respuestas[] = {
        {.status = 500}, {.status = 503}, {.status = 404}, {.body = "{}"}, {.body = ""}};
    enum { N = sizeof respuestas / sizeof *respuestas + 1 };
    struct hs_http *web = hs_http_start();
    const char *argv[N + 1] = {API(web, DA(grados()))};
    for (int i = 1; i < N; i++) {
        const char *ruta = hs_random_path();
        hs_http_script(web, ruta, &respuestas[i - 1], 1);
        argv[i] = hs_http_url(web, ruta);
    }
    hs_step("%d API: una buena y otras que fallan. A ninguna se le pregunta dos veces",
            N);
    hs_wait_exit(preguntar(argv), PRONTO);
    hs_expect_eq_int("peticiones recibidas", N, hs_http_stats(web, NULL).requests);

    /* Cada corte, en su propio servidor: al cliente que reutiliza una conexión ya cerrada se
     * le permite volver a intentarlo con otra nueva. */
    static const enum hs_fault cortes[] = {HS_CLOSE, HS_RESET, HS_CUT_BODY};
    enum { C = sizeof cortes / sizeof *cortes };
    struct hs_http *rotas[C];
    const char *urls[C + 1] = {NULL};
    for (int i = 0; i < C; i++) {
        rotas[i] = hs_http_start();
        urls[i] = API(rotas[i], {.fault = cortes[i]});
    }
    hs_step("%d API que cortan la conexión. Tampoco se les pregunta dos veces", C);
    hs_wait_exit(preguntar(urls), PRONTO);
    for (int i = 0; i < C; i++)
        hs_expect_eq_int(hs_format("peticiones a %s", urls[i]), 1,
                         hs_http_stats(rotas[i], NULL).requests);
}

HS_TEST(agregador, sigue_redirecciones)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *meta = hs_random_path(), *vuelta = hs_random_path();
    const char *nada = hs_random_path();
    hs_http_on(web, meta, DA(c));
    hs_http_on(web, nada, {.status = 410});
    hs_http_on(web, vuelta, {.status = 302, .location = vuelta});
    const char *paso = meta, *diez = NULL;
    for (int i = 0; i < 11; i++) {
        static const int estados[] = {301, 302, 303, 307, 308};
        const char *antes = hs_random_path();
        hs_http_on(web, antes, {.status = estados[i % 5], .location = paso});
        diez = i == 9 ? antes : diez;
        paso = antes;
    }
    const char *bien = hs_http_url(web, diez), *larga = hs_http_url(web, paso);
    const char *bucle = hs_http_url(web, vuelta);
    const char *mal = API(web, {.status = 302, .location = nada});
    hs_step("%s lleva a la temperatura en diez saltos, y %s, en once", bien, larga);
    hs_step("%s lleva a un 410, y %s a sí misma", mal, bucle);
    struct hs_program *p = hs_start(SIN_PRISA, bien, larga, mal, bucle);
    exigir_temperatura(p, bien, c);
    exigir_error(p, larga);
    exigir_error(p, mal);
    exigir_error(p, bucle);
    hs_expect_at_most("peticiones a la que se redirige a sí misma, con holgura", 25,
                      hs_http_stats(web, vuelta).requests);
}

/* ---- Cuerpos ------------------------------------------------------------------------ */

HS_TEST(agregador, cuerpo_vacio)
{
    struct hs_http *web = hs_http_start();
    const char *sin = API(web, {.status = 204}), *cero = API(web, {.body = ""});
    hs_step("Una contesta 204, que no lleva cuerpo; la otra, 200 con un cuerpo de cero "
            "bytes");
    struct hs_program *p = hs_start(SIN_PRISA, sin, cero);
    exigir_error(p, sin);
    exigir_error(p, cero);
}

/* Un cuerpo del que no se puede sacar la temperatura, y qué tiene de malo. */
struct caso {
    const char *que, *cuerpo;
    size_t n; /* 0: hasta el primer cero */
};

/* Cada caso es la respuesta de una API, de pocas en pocas: todos son ERROR. */
static void exigir_que_fallen(const struct caso *casos, int n)
{
    enum { TANDA = 6 };
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < n; i += TANDA) {
        const char *argv[TANDA + 1] = {NULL};
        int m = n - i < TANDA ? n - i : TANDA;
        for (int j = 0; j < m; j++) {
            const struct caso *c = &casos[i + j];
            argv[j] = API(web, {.body = c->cuerpo, .body_size = c->n});
            hs_step("%s contesta %s: %.80s%s", argv[j], c->que, c->cuerpo,
                    strlen(c->cuerpo) > 80 ? "..." : "");
        }
        struct hs_program *p = preguntar(argv);
        for (int j = 0; j < m; j++)
            exigir_error(p, argv[j]);
        hs_wait_exit(p, PRONTO);
        hs_expect_no_line(
            p, (struct hs_match){.regex = "^([^hM]|$)",
                                 .what = "una línea que no es de una API ni MEDIA"});
    }
}

HS_TEST(agregador, json_roto)
{
    const char *json = hs_format("{\"current\":{\"temp_c\":%s}}", centesimas(grados()));
    int n = (int)strlen(json);
    char corchetes[5001] = "";
    memset(corchetes, '[', sizeof corchetes - 1);
    char *cola = (char *)hs_format("%s.}", json);
    cola[n] = '\0';
    const struct caso casos[] = {
        {"un JSON sin acabar", hs_format("%.*s", n - 1, json), 0},
        {"una llave de más", hs_format("%s}", json), 0},
        {"un JSON y algo detrás", hs_format("%s hasta luego", json), 0},
        {"un JSON y, tras un byte cero, una llave (HTTP dice cuánto mide el cuerpo: no "
         "acaba en el primer cero)",
         cola, strlen(json) + 2},
        {"comillas simples", "{'current': {'temp_c': 21.5}}", 0},
        {"una coma de más", "{\"current\":{\"temp_c\":21.5,}}", 0},
        {"NaN, que no existe en JSON", "{\"current\":{\"temp_c\":NaN}}", 0},
        {"un número con signo +", "{\"current\":{\"temp_c\":+21.5}}", 0},
        {"un número con coma", "{\"current\":{\"temp_c\":21,5}}", 0},
        {"una página HTML de varias líneas",
         "<html>\n<body>\"current\":{\"temp_c\":21.5}\n</body>\n</html>\n", 0},
        {"5000 corchetes abiertos", corchetes, 0},
    };
    exigir_que_fallen(casos, sizeof casos / sizeof *casos);
}

HS_TEST(agregador, tipos_equivocados)
{
    static const struct caso casos[] = {
        {"un texto", "{\"current\":{\"temp_c\":\"21.5\"}}", 0},
        {"null", "{\"current\":{\"temp_c\":null}}", 0},
        {"true", "{\"current\":{\"temp_c\":true}}", 0},
        {"una lista", "{\"current\":{\"temp_c\":[21.5]}}", 0},
        {"un objeto", "{\"current\":{\"temp_c\":{\"value\":21.5}}}", 0},
        {"un texto que dice NaN", "{\"current\":{\"temp_c\":\"NaN\"}}", 0},
        {"otra clave", "{\"current\":{\"temp_f\":70.7}}", 0},
        {"un número donde va el objeto", "{\"current\":21.5}", 0},
        {"una lista donde va el objeto", "{\"current\":[{\"temp_c\":21.5}]}", 0},
        {"null donde va el objeto", "{\"current\":null}", 0},
        {"un texto en main.temp", "{\"main\":{\"temp\":\"294.65\"}}", 0},
        {"un main vacío", "{\"main\":{}}", 0},
        {"null en la de Open-Meteo", "{\"current_weather\":{\"temperature\":null}}", 0},
        {"una lista con el objeto dentro", "[{\"current\":{\"temp_c\":21.5}}]", 0},
        {"la clave en la raíz", "{\"temp_c\":21.5}", 0},
        {"un objeto vacío", "{}", 0},
        {"un número a secas", "21.5", 0},
        {"null a secas", "null", 0},
    };
    exigir_que_fallen(casos, sizeof casos / sizeof *casos);
}

enum { MIB = 1024 * 1024 };

HS_TEST(agregador, cuerpo_enorme)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *json = weatherapi(c), *cola = hs_format(",%s", json + 1);
    int relleno = MIB - (int)strlen(cola) - (int)strlen("{\"x\":\"\"");
    const char *justo = hs_format("{\"x\":\"%*s\"%s", relleno, "", cola);
    const char *pasa = hs_format("%s%*s", json, MIB + 1 - (int)strlen(json), "");
    const char *triple = hs_format("%s%*s", json, 3 * MIB, "");
    const char *cabe = API(web, DICE(justo)), *uno = API(web, DICE(pasa));
    const char *tres = API(web, {.body = triple, .framing = HS_CHUNKED});
    hs_step("El cuerpo de %s mide 1 MiB justo: %zu bytes", cabe, strlen(justo));
    hs_step(
        "El de %s, uno más, y el de %s, más de tres MiB, sin Content-Length que lo diga "
        "antes; los dos son un JSON correcto con espacios detrás",
        uno, tres);
    struct hs_program *p = hs_start(SIN_PRISA, cabe, uno, tres);
    exigir_temperatura(p, cabe, c);
    exigir_error(p, uno);
    exigir_error(p, tres);
}

HS_TEST(agregador, cuerpo_sin_fin)
{
    struct hs_http *web = hs_http_start();
    const char *ruta = hs_random_path(), *url = hs_http_url(web, ruta);
    hs_http_on(web, ruta, {.fault = HS_ENDLESS, .body = weatherapi(grados())});
    hs_step("El cuerpo no acaba nunca y HTTP no dice cuánto mide: hay que dejar de leer "
            "al pasar de 1 MiB, mucho antes de que venza el plazo");
    struct hs_program *p = hs_start(SIN_PRISA, url);
    exigir_error(p, url);
    hs_http_wait_abandoned(web, ruta, 1, PRONTO);
}

/* ---- Plazos ------------------------------------------------------------------------- */

HS_TEST(agregador, timeout_por_api)
{
    struct hs_http *web = hs_http_start();
    int c = grados(), plazo = hs_random_between(1200, 1500);
    const char *a = API(web, {.fault = HS_SILENT}), *b = API(web, {.fault = HS_SILENT});
    const char *bien = API(web, DA(c));
    hs_step("Dos API aceptan la conexión y no contestan nunca; la otra, al momento");
    double antes = hs_now();
    struct hs_program *p = hs_start("--timeout", hs_format("%.3f", plazo / 1e3), a, bien,
                                    b);
    exigir_error(p, a);
    exigir_temperatura(p, bien, c);
    exigir_error(p, b);
    struct hs_exit fin = hs_expect_exit(p, 0, PRONTO);
    hs_expect_at_least("milisegundos hasta rendirse", plazo - 2,
                       (int64_t)(fin.ms - antes));
}

HS_TEST(agregador, timeout_cubre_toda_la_respuesta)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *meta = hs_random_path(), *medio = hs_random_path();
    const char *cuerpo = hs_format("%s%*s", weatherapi(c), 60000, "");
    hs_http_on(web, meta, {.body = weatherapi(c), .delay_ms = 450});
    hs_http_on(web, medio, {.status = 302, .location = meta, .delay_ms = 450});
    const char *gotas = API(web, {.fault = HS_TRICKLE, .trickle_ms = 2, .body = cuerpo});
    const char *saltos = API(web, {.status = 302, .location = medio, .delay_ms = 450});
    hs_step("%s contesta a gotas, un byte cada 2 ms: las cabeceras llegan a tiempo, pero "
            "el cuerpo tarda más de 2 min",
            gotas);
    hs_step("%s redirige dos veces, y cada paso tarda 450 ms: ninguno agota el plazo, y "
            "entre los tres sí",
            saltos);
    struct hs_program *p = hs_start("--timeout", "0.8", gotas, saltos);
    exigir_error(p, gotas);
    exigir_error(p, saltos);
}

HS_TEST(agregador, timeout_normal)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *tarda = API(web, {.body = weatherapi(c), .delay_ms = 1500});
    const char *demasiado = API(web, {.body = weatherapi(c), .delay_ms = 5000});
    hs_step("Sin --timeout, el plazo es de 3 s. Una API tarda 1,5 s en contestar; la "
            "otra, 5 s");
    struct hs_program *p = hs_start(tarda, demasiado);
    hs_wait_exit(p, 2 * PRONTO);
    exigir_temperatura(p, tarda, c);
    exigir_error(p, demasiado);
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
}

HS_TEST(agregador, ctrl_c_lo_deja)
{
    struct hs_http *web = hs_http_start();
    const char *ruta = hs_random_path(), *bien = hs_random_path();
    hs_http_on(web, ruta, {.hold = true});
    hs_http_on(web, bien, DA(grados()));
    hs_step("Una API contesta y la otra no");
    struct hs_program *p = hs_start(SIN_PRISA, hs_http_url(web, ruta),
                                    hs_http_url(web, bien));
    hs_http_wait_in_flight(web, ruta, 1, PRONTO);
    hs_http_wait_ended(web, bien, 1, PRONTO);
    hs_signal(p, SIGINT);
    struct hs_exit fin = hs_wait_exit(p, DESPEDIDA);
    hs_expect_no_line(p, (struct hs_match){.regex = "^MEDIA", .what = "la línea MEDIA"});
    hs_expect(!fin.exited || fin.code != 0,
              "lo dejó a medias: el código de salida no puede ser 0");
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
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
    }
}

HS_TEST(agregador, no_quema_cpu)
{
    struct hs_http *web = hs_http_start();
    const char *mudo = hs_random_path(), *lenta = hs_random_path();
    hs_http_on(web, mudo, {.hold = true});
    hs_http_on(web, lenta, {.body = weatherapi(grados()), .delay_ms = 1500});
    hs_step("Una API tarda 1,5 s y la otra no contesta: el programa no tiene más que "
            "esperar");
    struct hs_program *p = hs_start(SIN_PRISA, hs_http_url(web, mudo),
                                    hs_http_url(web, lenta));
    hs_http_wait_in_flight(web, NULL, 2, PRONTO);
    double desde = hs_now();
    int64_t antes = hs_usage(p).cpu_ms;
    hs_http_wait_ended(web, lenta, 1, PRONTO);
    int64_t gasto = hs_usage(p).cpu_ms - antes;
    double ms = hs_now() - desde;
    hs_step("En %.0f ms ha gastado %lld ms de procesador", ms, (long long)gasto);
    hs_expect_at_most(
        hs_format("milisegundos de procesador gastados en %.0f ms de espera", ms),
        20 + (int64_t)(ms / 100), gasto);
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
    hs_expect(fin.exited && !fin.asan, "sin errores de memoria; el programa %s",
              hs_exit_words(fin));
}
