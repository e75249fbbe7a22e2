/*
 * La suite del laboratorio 07: una comprobación, y muchas a la vez. Cada prueba exige una
 * sola cosa del enunciado. Lo demás, en turnos.c, alertas.c y final.c.
 *
 * Aquí casi nada se mide con el reloj: un servidor que no contesta hasta tener todas las
 * peticiones demuestra que iban a la vez, y otro que retiene una demuestra que las demás
 * no la esperan. Donde el tiempo es la cuestión (el intervalo, lo que tarda una
 * respuesta), la cota es de un solo lado y basta con que se cumpla una vez.
 */
#include "sitios.h"

#include <time.h>

HS_SUITE(monitor)

/* ---- Una comprobación ---------------------------------------------------------- */

HS_TEST(monitor, escribe_al_momento)
{
    struct hs_http *web = hs_http_start();
    const char *ruta = SITIO(web, {.status = 200}), *url = hs_http_url(web, ruta);
    hs_step("Un sitio que contesta 200; el intervalo es el normal, 30 s, y la primera "
            "comprobación es inmediata");
    struct hs_program *p = hs_start(url);
    /* Ni en la máquina más lenta tanto como el intervalo: quien duerme primero no llega. */
    hs_http_wait_requests(web, ruta, 1, PRONTO / 2);
    hs_http_wait_ended(web, ruta, 1, PRONTO);
    hs_step("El servidor ya ha contestado a la primera comprobación");
    if (hs_try_line(p, hs_has(url), PRONTO)) {
        hs_expect(true, "la línea llega");
        return;
    }
    hs_step("Su línea no llega: le mando Ctrl+C por si la tenía guardada");
    hs_signal(p, SIGINT);
    hs_wait_exit(p, PRONTO);
    if (hs_find_line(p, hs_has(url), 1))
        hs_fail("la línea de la comprobación debía salir en cuanto contestó el sitio y "
                "salió al terminar el programa. ¿Sigue en main el setvbuf del esqueleto? "
                "Sin él, stdio junta las líneas que van a una tubería");
    hs_fail("el programa debía escribir una línea con la URL del sitio que contestó y no "
            "ha escrito ninguna");
}

/* Dice qué parte de la línea no cumple, para no dejar a nadie mirando una regex. */
static void exigir_formato(const char *linea, const char *url)
{
    static const char forma[] = "AAAA-MM-DDThh:mm:ss";
    const char *resto = linea;
    for (const char *f = forma; *f; f++, resto++)
        if (strchr("AMDhms", *f) ? !strchr("0123456789", *resto) || !*resto
                                 : *resto != *f)
            hs_fail("la línea debía empezar por la hora, como 2026-11-21T10:00:00, y es "
                    "«%s»",
                    linea);
    const char *sitio = hs_format(" %s ", url);
    hs_expect(strncmp(resto, sitio, strlen(sitio)) == 0,
              "tras la hora debía venir «%s», con sus dos espacios, y viene «%s»", sitio,
              resto);
    resto += strlen(sitio);
    if (strcmp(resto, "200") == 0)
        hs_fail(
            "a la línea le faltan los milisegundos: tras «200» debía venir « (n) ms» y "
            "no viene nada");
    hs_expect(strncmp(resto, "200 ", 4) == 0,
              "tras la URL debía venir el estado, «200 », y viene «%s»", resto);
    char *fin;
    long ms = strtol(resto + 4, &fin, 10);
    hs_expect(fin > resto + 4 && ms >= 0 && strcmp(fin, " ms") == 0,
              "la línea debía acabar con los milisegundos, un entero, y « ms», y acaba "
              "con «%s»",
              resto + 4);
}

HS_TEST(monitor, formato_de_linea)
{
    const char *urls[4] = {NULL};
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < 3; i++)
        urls[i] = hs_http_url(web, SITIO(web, {.status = 200}));
    struct hs_program *p = hs_start_argv((struct hs_options){0}, urls);
    for (int i = 0; i < 3; i++)
        exigir_formato(hs_wait_line(p, hs_has(urls[i]), PRONTO)->text, urls[i]);
}

/* Una línea que se acaba de escribir: su hora es la de ahora, allí donde corre. */
static void exigir_hora(const struct hs_line *linea, time_t antes, time_t desfase)
{
    time_t despues = time(NULL) + desfase;
    struct tm partes = {0};
    strptime(linea->text, "%Y-%m-%dT%H:%M:%S", &partes);
    time_t escrita = timegm(&partes);
    char texto[20];
    strftime(texto, sizeof texto, "%Y-%m-%dT%H:%M:%S", gmtime_r(&despues, &partes));
    if (escrita < antes + desfase - 1 || escrita > despues + 1)
        hs_fail("la línea debía llevar la hora local, %s, y el programa escribió «%s»",
                texto, linea->text);
}

/* Arranca el programa donde los relojes van tanto por delante de UTC, porque es verano. */
static struct hs_program *en_otra_zona(int horas, int minutos, const char *url)
{
    /* Lo es todo el año: sin horario de verano irían una hora menos por delante. */
    const char *zona = hs_format("<+%02d%02d>-%d:%02d<+%02d%02d>-%d:%02d,0/0,J365/23",
                                 horas - 1, minutos, horas - 1, minutos, horas, minutos,
                                 horas, minutos);
    hs_step("El programa corre donde los relojes van %d h y %d min por delante de UTC, "
            "porque es verano",
            horas, minutos);
    return hs_start_with((struct hs_options){.timezone = zona}, url);
}

HS_TEST(monitor, hora_local)
{
    enum { MEDIO_DIA = 12 };
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 200}));
    int horas = hs_random_between(3, 11), minutos = 15 * hs_random_between(1, 3);
    time_t desfase = horas * 3600 + minutos * 60, antes = time(NULL);
    struct hs_program *p = en_otra_zona(horas, minutos, url);
    exigir_hora(exigir_primera(p, url, "200"), antes, desfase);

    /* Si antes era por la mañana, ahora es por la tarde. */
    antes = time(NULL);
    p = en_otra_zona(horas + MEDIO_DIA, minutos, url);
    exigir_hora(exigir_primera(p, url, "200"), antes, desfase + MEDIO_DIA * 3600);
}

/* La línea lleva la URL entera, sin cambiarle nada, y detrás lo que falta. */
static void exigir_url_entera(struct hs_program *p, const char *url)
{
    enum { BASTA = 28 }; /* con estas letras ya no se confunde con otra */
    const struct hs_line *linea = hs_wait_line(p, hs_has(hs_format("%.*s", BASTA, url)),
                                               PRONTO);
    const char *debia = hs_format(" %s 200 ", url);
    if (linea->length <= 19 || strncmp(linea->text + 19, debia, strlen(debia)) != 0 ||
        strcmp(linea->text + linea->length - 3, " ms") != 0)
        hs_fail(
            "la línea de una URL de %zu letras debía llevarla entera, y detrás «200 (n) "
            "ms»; tiene %zu letras y acaba en «%s»",
            strlen(url), linea->length,
            linea->text + (linea->length > 40 ? linea->length - 40 : 0));
}

HS_TEST(monitor, url_tal_cual)
{
    struct hs_http *web = hs_http_start(), *sin_ruta = hs_http_start();
    const char *larga = hs_http_url(web, SITIO_LARGO(web, MUY_LARGO, {.status = 200}));
    const char *ruta = SITIO(web, {.status = 200});
    const char *rara = hs_format("%s?q=100%%25d&de=%%25s", hs_http_url(web, ruta));
    hs_http_on(sin_ruta, "/", {.status = 200});
    const char *corta = hs_http_url(sin_ruta, "");
    hs_step("Una URL muy larga, otra con «%%» y «&», y otra sin más que el servidor");
    struct hs_program *p = hs_start(larga, rara, corta);
    exigir_url_entera(p, larga);
    exigir_url_entera(p, rara);
    hs_expect_eq_str("lo que pide al servidor: la URL entera, con su consulta",
                     hs_format("%s?q=100%%25d&de=%%25s", ruta),
                     hs_http_request(web, ruta, 1).path);
    exigir_url_entera(p, corta);
}

/* Un cuerpo de tantos bytes. */
static const char *cuerpo_de(int bytes)
{
    return hs_format("%*s", bytes, "fin");
}

HS_TEST(monitor, registra_estado)
{
    static const int estados[] = {200, 201, 204, 226, 300, 302, 304, 308,
                                  401, 404, 418, 500, 503, 599, 600, 999};
    enum { N = sizeof estados / sizeof *estados };
    const char *argv[N + 1] = {NULL};
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < N; i++)
        argv[i] = hs_http_url(web, SITIO(web, {.status = estados[i]}));
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    for (int i = 0; i < N; i++)
        exigir_primera(p, argv[i], hs_format("%d", estados[i]));
}

HS_TEST(monitor, cuerpos_enteros)
{
    enum { MIB = 1 << 20, GRANDE = 12 };
    struct hs_http *web = hs_http_start();
    const char *grande = hs_http_url(web, SITIO(web, {.body = cuerpo_de(GRANDE * MIB)}));
    const char *sin_medida = hs_http_url(
        web, SITIO(web, {.framing = HS_CHUNKED, .body = cuerpo_de(MIB / 2)}));
    const char *hasta_cerrar = hs_http_url(
        web, SITIO(web, {.framing = HS_UNTIL_CLOSE, .body = cuerpo_de(MIB / 2)}));
    const char *vacia = hs_http_url(web, SITIO(web, {.body = ""}));
    const char *con_ceros = hs_http_url(
        web, SITIO(web, {.body = "\0uno\0dos", .body_size = 8}));
    hs_step("Una página de %d MiB, dos que no dicen cuánto miden, una vacía y una con "
            "bytes cero: todas llegan "
            "enteras",
            GRANDE);
    struct hs_program *p = hs_start(grande, sin_medida, hasta_cerrar, vacia, con_ceros);
    exigir_primera(p, grande, "200");
    exigir_primera(p, sin_medida, "200");
    exigir_primera(p, hasta_cerrar, "200");
    exigir_primera(p, vacia, "200");
    exigir_primera(p, con_ceros, "200");
}

HS_TEST(monitor, registra_error_de_red)
{
    struct hs_http *web = hs_http_start();
    const char *bien = hs_http_url(web, SITIO(web, {.status = 200}));
    const char *malos[] = {
        hs_http_refused_url(hs_random_path()),
        hs_http_url(web, SITIO(web, {.fault = HS_RESET})),
        hs_http_url(web, SITIO(web, {.fault = HS_CLOSE})),
        hs_http_url(web, SITIO(web, {.fault = HS_GARBAGE})),
        hs_format("http://%s.invalid/", hs_random_name()),
    };
    enum { N = sizeof malos / sizeof *malos };
    hs_step("Un sitio bueno y cinco malos: rechaza la conexión, la corta, la cierra sin "
            "contestar, contesta algo que no es HTTP y tiene un nombre que no existe");
    struct hs_program *p = hs_start(malos[0], malos[1], malos[2], malos[3], malos[4],
                                    bien);
    for (int i = 0; i < N; i++)
        exigir_primera(p, malos[i], ERROR);
    hs_step("Los fallos de unos no acaban con el programa ni con los demás");
    exigir_primera(p, bien, "200");
}

/* Uno que cierra tras enviar `cuerpo`, que no es todo lo que dice la cabecera. */
#define FALTA(web, cabecera, cuerpo)                                                     \
    hs_http_url(web, SITIO(web, {.framing = HS_UNTIL_CLOSE,                              \
                                 .headers = (cabecera "\r\n"),                           \
                                 .body = (cuerpo)}))

HS_TEST(monitor, respuesta_cortada_es_error)
{
    enum { DEMORA = 120 };
    struct hs_http *web = hs_http_start();
    const char *cuerpo = hs_http_url(
        web, SITIO(web, {.fault = HS_CUT_BODY, .delay_ms = DEMORA}));
    const char *trozos = hs_http_url(
        web, SITIO(web, {.fault = HS_CUT_BODY, .framing = HS_CHUNKED}));
    hs_step(
        "El servidor promete un cuerpo entero y cierra a la mitad; y a otra petición, a "
        "la mitad de uno que va por trozos");
    const char *uno = FALTA(web, "Content-Length: 101", cuerpo_de(100));
    const char *todo = FALTA(web, "Content-Length: 100", "");
    const char *fallo = hs_http_url(
        web, SITIO(web, {.status = 503, .fault = HS_CUT_BODY, .body = cuerpo_de(500)}));
    const char *final = FALTA(web, "Transfer-Encoding: chunked", "4\r\nhola\r\n");
    hs_step("A otra le falta un byte, a otra todo el cuerpo, y a otra que va por trozos, "
            "el último, que dice que no hay más. La última es un 503, y se corta igual");
    struct hs_program *p = hs_start(cuerpo, trozos, uno, todo, final, fallo);
    hs_expect_at_least("el tiempo que dice la línea de la primera, en milisegundos,: "
                       "también es lo que tardó",
                       DEMORA - 2, milisegundos(exigir_primera(p, cuerpo, ERROR)));
    exigir_primera(p, trozos, ERROR);
    exigir_primera(p, uno, ERROR);
    exigir_primera(p, todo, ERROR);
    exigir_primera(p, final, ERROR);
    exigir_primera(p, fallo, ERROR);
}

HS_TEST(monitor, registra_tiempo)
{
    struct hs_http *web = hs_http_start();
    int demora = hs_random_between(300, 500);
    const char *url = hs_http_url(web, SITIO(web, {.delay_ms = demora}));
    hs_step("El servidor tarda %d ms en contestar", demora);
    struct hs_program *p = hs_start(url);
    double antes = hs_now();
    const struct hs_line *linea = exigir_primera(p, url, "200");
    hs_expect_at_least("el tiempo que dice la línea, en milisegundos,: el servidor tardó "
                       "eso en contestar",
                       demora - 2, milisegundos(linea));
    /* Desde antes de arrancar hasta leer la línea cabe entera, con 1 s de cortesía. */
    hs_expect_at_most("el tiempo que dice la línea, en milisegundos,: el programa no "
                      "llevaba más en marcha. ¿Está en milisegundos?",
                      (int64_t)(linea->ms - antes) + 1000, milisegundos(linea));
}

HS_TEST(monitor, tiempo_del_cuerpo)
{
    enum { TROZOS = 10, CADA = 40 };
    struct hs_http *web = hs_http_start();
    const char *lenta = hs_http_url(web, SITIO(web, {.fault = HS_TRICKLE,
                                                     .trickle_ms = CADA,
                                                     .trickle_bytes = 400,
                                                     .body = cuerpo_de(400 * TROZOS)}));
    hs_step("La página empieza a llegar en el acto, y tarda %d ms en llegar entera",
            TROZOS * CADA);
    hs_expect_at_least(
        "el tiempo que dice la línea, en milisegundos,: la comprobación acaba "
        "cuando llega lo último",
        (TROZOS - 1) * CADA, milisegundos(exigir_primera(hs_start(lenta), lenta, "200")));
}

/* Un sitio en `ruta` que lleva a `location`, y de ahí a una página que contesta 200. */
static const char *lleva(struct hs_http *web, const char *ruta, int estado,
                         const char *location)
{
    hs_http_on(web, ruta, {.status = estado, .location = location}, {.status = 200});
    hs_step("%s contesta %d, con «Location: %s»", ruta, estado, location);
    return hs_http_url(web, ruta);
}

/* Las formas de decir adónde ir. */
static void toda_clase_de_destinos(struct hs_http *web)
{
    struct hs_http *otro = hs_http_start();
    const char *meta = SITIO(otro, {.status = 200}), *base = hs_random_path();
    hs_http_on(web, hs_format("%s/junto", base), {.status = 200});
    hs_http_on(web, hs_format("%s/dentro/junto", base), {.status = 200});
    const char *const urls[] = {
        lleva(web, hs_format("%s/dentro/a", base), 303, "junto"),
        lleva(web, hs_format("%s/dentro/b", base), 307, "../junto"),
        lleva(web, hs_format("%s/dentro/c", base), 308, "?pagina=2"),
        lleva(web, hs_random_path(), 302, hs_http_url(otro, meta)),
        lleva(web, hs_random_path(), 301,
              hs_format("//127.0.0.1:%d%s", hs_http_port(otro), meta)),
        NULL,
    };
    struct hs_program *p = hs_start_argv((struct hs_options){0}, urls);
    for (int i = 0; urls[i]; i++)
        exigir_primera(p, urls[i], "200");
}

HS_TEST(monitor, sigue_redirecciones)
{
    enum { DEMORA = 150 };
    struct hs_http *web = hs_http_start();
    const char *meta = SITIO(web, {.status = 200});
    const char *medio = SITIO(web, {.status = 301, .location = meta, .delay_ms = DEMORA});
    const char *bien = hs_http_url(web, SITIO(web, {.status = 302, .location = medio}));
    const char *nada = SITIO(web, {.status = 410});
    const char *mal = hs_http_url(web, SITIO(web, {.status = 301, .location = nada}));
    const char *creada = hs_http_url(web, SITIO(web, {.status = 201, .location = nada}));
    hs_step("%s lleva, en dos saltos, a una página que contesta 200", bien);
    hs_step("%s lleva a una que contesta 410; %s contesta 201, que no redirige", mal,
            creada);
    struct hs_program *p = hs_start(bien, mal, creada);
    const struct hs_line *linea = exigir_primera(p, bien, "200");
    exigir_primera(p, mal, "410");
    exigir_primera(p, creada, "201");
    hs_expect_at_least("el tiempo que dice la línea de la primera, en milisegundos,: uno "
                       "de los saltos tardó eso",
                       DEMORA - 2, milisegundos(linea));
    toda_clase_de_destinos(web);

    const char *cerrado = hs_http_refused_url(hs_random_path());
    const char *corta = SITIO(web, {.fault = HS_RESET});
    const char *a_cerrado = hs_http_url(web,
                                        SITIO(web, {.status = 302, .location = cerrado}));
    const char *a_corta = hs_http_url(web,
                                      SITIO(web, {.status = 301, .location = corta}));
    hs_step(
        "%s lleva a un puerto donde no escucha nadie, y %s, a una página que corta la "
        "conexión: de ninguna llega una respuesta",
        a_cerrado, a_corta);
    p = hs_start(a_cerrado, a_corta);
    exigir_primera(p, a_cerrado, ERROR);
    exigir_primera(p, a_corta, ERROR);
}

/* ---- A la vez ------------------------------------------------------------------- */

/* `n` sitios que no contestan hasta que hayan llegado las `n` peticiones. El plazo es largo:
 * que en una máquina lenta no sea él quien hace sitio a las que faltan. Devuelve cuánto pasó
 * entre la primera petición y la última. */
static double todas_a_la_vez(struct hs_options caja, int n)
{
    const char *argv[n + 3], **urls = argv + 2;
    struct hs_http *web = hs_http_start();
    argv[0] = "--timeout";
    argv[1] = "60";
    for (int i = 0; i < n; i++)
        urls[i] = hs_http_url(web, SITIO(web, {.status = 200, .barrier = n}));
    urls[n] = NULL;
    hs_step("%d sitios: el servidor no contesta a nadie hasta que lleguen las %d "
            "peticiones",
            n, n);
    struct hs_program *p = hs_start_argv(caja, argv);
    hs_http_wait_requests(web, NULL, n, PRONTO);
    for (int i = 0; i < n; i++)
        exigir_primera(p, urls[i], "200");
    return hs_http_request(web, NULL, n).arrived_ms -
           hs_http_request(web, NULL, 1).arrived_ms;
}

HS_TEST(monitor, verifica_todas_a_la_vez)
{
    todas_a_la_vez((struct hs_options){0}, hs_random_between(3, 6));
}

HS_TEST(monitor, muchas_urls)
{
    /* Más de cien, que son las que atiende a la vez un cliente de asinc si no se le dice. Si
     * salen de una en una, aunque sea cada poco, la última llega tarde siempre; si no, basta
     * con verlas juntas una vez. */
    enum { JUNTAS = 700, A_LO_SUMO = 1800, INTENTOS = 5 };
    int cota = hs_ms(JUNTAS) < A_LO_SUMO ? hs_ms(JUNTAS) : A_LO_SUMO;
    double reparto = cota + 1;
    for (int i = 0; i < INTENTOS && reparto > cota; i++)
        reparto = todas_a_la_vez((struct hs_options){.files = 512},
                                 hs_random_between(105, 115));
    hs_expect_at_most("el tiempo entre la primera petición y la última, en "
                      "milisegundos,: la primera comprobación de cada sitio es inmediata",
                      cota, (int64_t)reparto);
}

HS_TEST(monitor, timeout_por_sitio)
{
    enum { INTENTOS = 3, UN_SEGUNDO = 1000 };
    struct hs_http *web = hs_http_start();
    const char *mudo = SITIO(web, {.fault = HS_SILENT}), *url = hs_http_url(web, mudo);
    int plazo = hs_random_between(200, 400);
    hs_step("El sitio acepta la conexión y no contesta nunca");
    struct hs_program *p = hs_start("--timeout", hs_format("0.%d", plazo), url);
    const struct hs_line *linea = exigir_primera(p, url, ERROR);
    hs_expect_at_least("el tiempo que dice la línea de quien agota su plazo, en "
                       "milisegundos,",
                       plazo - 2, milisegundos(linea));
    /* Quien redondea los segundos no baja de uno nunca: basta con verlo una vez. */
    for (int i = 1; i < INTENTOS && milisegundos(linea) >= UN_SEGUNDO; i++)
        linea = exigir_primera(hs_start("--timeout", hs_format("0.%d", plazo), url), url,
                               ERROR);
    hs_expect_at_most("el tiempo que dice esa línea, en milisegundos,: --timeout admite "
                      "decimales",
                      UN_SEGUNDO - 1, milisegundos(linea));
    hs_step("Vencido el plazo, el programa debe cerrar la conexión");
    hs_http_wait_abandoned(web, mudo, 1, PRONTO);

    const char *sorda = url_que_no_acepta();
    hs_step("%s ni acepta la conexión ni la rechaza", sorda);
    p = hs_start("--timeout", hs_format("0.%d", plazo), sorda);
    hs_expect_at_least("el tiempo que dice su línea, en milisegundos,", plazo - 2,
                       milisegundos(exigir_primera(p, sorda, ERROR)));
}

HS_TEST(monitor, timeout_cubre_toda_la_respuesta)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(
        web,
        SITIO(web, {.fault = HS_TRICKLE, .trickle_ms = 2, .body = cuerpo_de(100000)}));
    hs_step(
        "El sitio contesta a gotas, un byte cada 2 ms: las cabeceras llegan a tiempo, "
        "pero el cuerpo tarda más de 200 s");
    struct hs_program *p = hs_start("--timeout", "0.8", url);
    exigir_primera(p, url, ERROR);

    enum { SALTO = 300, SALTOS = 5 };
    const char *meta = SITIO(web, {.delay_ms = SALTO});
    for (int i = 1; i < SALTOS; i++)
        meta = SITIO(web, {.status = 302, .location = meta, .delay_ms = SALTO});
    url = hs_http_url(web, meta);
    hs_step(
        "Otro llega a su página en %d redirecciones, y cada respuesta tarda %d ms: el "
        "plazo es uno para todas",
        SALTOS - 1, SALTO);
    exigir_primera(hs_start("--timeout", "0.8", url), url, ERROR);
}
