/*
 * La suite del laboratorio 07. Cada prueba exige una sola cosa del enunciado.
 *
 * Aquí casi nada se mide con el reloj: un servidor que no contesta hasta tener todas las
 * peticiones demuestra que iban a la vez, y otro que retiene una demuestra que las demás
 * no la esperan. Donde el tiempo es la cuestión (el intervalo, lo que tarda una
 * respuesta), la cota es de un solo lado y basta con que se cumpla una vez.
 */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

HS_SUITE(monitor)

/* Plazos nominales: el banco los alarga en una máquina lenta. */
enum { PRONTO = 4000, DESPEDIDA = 1000 };

/* ---- El vocabulario del enunciado ----------------------------------------------- */

#define FECHA     "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
#define CUALQUIER "([1-5][0-9]{2}|ERROR .+)"
#define ERROR     "ERROR .+"

static const char *en_palabras(const char *como)
{
    return strcmp(como, CUALQUIER) == 0 ? "(estado o ERROR motivo)"
           : strcmp(como, ERROR) == 0   ? "ERROR (motivo)"
                                        : como;
}

/* La línea de una comprobación de `url`; `como` es "200", ERROR o CUALQUIER. */
static struct hs_match comprobacion(const char *url, const char *como)
{
    return (struct hs_match){
        .regex = hs_format("^" FECHA " %s %s [0-9]+ ms$", url, como),
        .what = hs_format("la línea «(hora) %s %s (n) ms»", url, en_palabras(como)),
    };
}

/* Un aviso de `url`: la palabra, la URL y lo que se quiera detrás. */
static struct hs_match aviso(const char *palabra, const char *url)
{
    return (struct hs_match){
        .regex = hs_format("^%s %s( .*)?$", palabra, url),
        .what = hs_format("una línea que empiece por «%s %s»", palabra, url),
    };
}

static struct hs_match alerta(const char *url)
{
    return aviso("ALERTA", url);
}

static struct hs_match recuperado(const char *url)
{
    return aviso("RECUPERADO", url);
}

/* Los milisegundos con que acaba una línea de comprobación. */
static long milisegundos(const struct hs_line *linea)
{
    const char *fin = linea->text + linea->length - strlen(" ms");
    while (fin > linea->text && fin[-1] != ' ')
        fin--;
    return strtol(fin, NULL, 10);
}

/* Cuántas comprobaciones de `url` se escribieron antes de `linea`. */
static int comprobaciones_antes(struct hs_program *p, const char *url,
                                const struct hs_line *linea)
{
    int antes = 0;
    for (const struct hs_line *l;
         (l = hs_find_line(p, comprobacion(url, CUALQUIER), antes + 1)) &&
         l->number < linea->number;)
        antes++;
    return antes;
}

static void esperar_comprobaciones(struct hs_program *p, int n, const char *url)
{
    hs_wait_lines(p, n, comprobacion(url, CUALQUIER), PRONTO);
}

/* La primera comprobación de `url` debe dar esto. Mira esa línea, y no espera a que llegue
 * otra mejor: así el fallo se ve en el acto. */
static const struct hs_line *exigir_primera(struct hs_program *p, const char *url,
                                            const char *como)
{
    const struct hs_line *linea = hs_wait_line(p, comprobacion(url, CUALQUIER), PRONTO);
    const struct hs_line *buena = hs_find_line(p, comprobacion(url, como), 1);
    if (!buena || buena->number != linea->number)
        hs_fail("la comprobación de %s debía dar %s, y su línea es «%s»", url,
                en_palabras(como), linea->text);
    return linea;
}

/* Ctrl+C y fin con 0. */
static void despedir(struct hs_program *p)
{
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, DESPEDIDA);
}

/* Un sitio de mentira en `web` que sigue este guion. */
#define SITIO(web, ...)                                                                  \
    ({                                                                                   \
        const char *ruta_ = hs_random_path();                                            \
        hs_http_on(web, ruta_, __VA_ARGS__);                                             \
        ruta_;                                                                           \
    })

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
        hs_fail("la línea de la comprobación solo salió al terminar el programa. Escribe "
                "en una tubería, y ahí stdio guarda las líneas: usa setvbuf o fflush");
    hs_fail("el sitio contestó y el programa no escribió ninguna línea con su URL");
}

/* Dice qué parte de la línea no cumple, para no dejar a nadie mirando una regex. */
static void exigir_formato(const char *linea, const char *url)
{
    static const char forma[] = "AAAA-MM-DDThh:mm:ss";
    const char *resto = linea;
    for (const char *f = forma; *f; f++, resto++)
        if (strchr("AMDhms", *f) ? !strchr("0123456789", *resto) || !*resto
                                 : *resto != *f)
            hs_fail("la línea «%s» debe empezar por la hora, así: 2026-11-21T10:00:00",
                    linea);
    hs_expect_contains("tras la hora van un espacio, la URL y otro espacio",
                       hs_format(" %s ", url),
                       hs_format("%.*s ", (int)strlen(url) + 2, resto));
    resto += strlen(url) + 2;
    hs_expect(strncmp(resto, "200 ", 4) == 0,
              "tras la URL va el estado, 200, y un espacio; en «%s» va «%s»", linea,
              resto);
    char *fin;
    long ms = strtol(resto + 4, &fin, 10);
    hs_expect(
        fin > resto + 4 && ms >= 0 && strcmp(fin, " ms") == 0,
        "la línea acaba con los milisegundos, un entero, y « ms»; «%s» acaba con «%s»",
        linea, resto + 4);
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

HS_TEST(monitor, registra_estado)
{
    static const int estados[] = {200, 201, 204, 304, 401, 404, 418, 500, 503};
    enum { N = sizeof estados / sizeof *estados };
    const char *argv[N + 1] = {NULL};
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < N; i++)
        argv[i] = hs_http_url(web, SITIO(web, {.status = estados[i]}));
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    for (int i = 0; i < N; i++)
        exigir_primera(p, argv[i], hs_format("%d", estados[i]));
}

HS_TEST(monitor, registra_error_de_red)
{
    struct hs_http *web = hs_http_start();
    const char *bien = hs_http_url(web, SITIO(web, {.status = 200}));
    const char *rechaza = hs_http_refused_url(hs_random_path());
    const char *corta = hs_http_url(web, SITIO(web, {.fault = HS_RESET}));
    const char *cierra = hs_http_url(web, SITIO(web, {.fault = HS_CLOSE}));
    const char *no_es_http = hs_http_url(web, SITIO(web, {.fault = HS_GARBAGE}));
    hs_step("Un sitio bueno y cuatro malos: rechaza la conexión, la corta, la cierra sin "
            "contestar y contesta algo que no es HTTP");
    struct hs_program *p = hs_start("--intervalo", "0.1", rechaza, corta, cierra,
                                    no_es_http, bien);
    exigir_primera(p, rechaza, ERROR);
    exigir_primera(p, corta, ERROR);
    exigir_primera(p, cierra, ERROR);
    exigir_primera(p, no_es_http, ERROR);
    hs_step("Los fallos de unos no acaban con el programa ni con los demás");
    hs_wait_lines(p, 3, comprobacion(rechaza, ERROR), PRONTO);
    hs_wait_lines(p, 3, comprobacion(bien, "200"), PRONTO);
}

HS_TEST(monitor, respuesta_cortada_es_error)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.fault = HS_CUT_BODY}));
    hs_step("El servidor promete un cuerpo entero y cierra a la mitad");
    exigir_primera(hs_start(url), url, ERROR);
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
    hs_expect_at_least("milisegundos de la comprobación: no pueden ser menos de los que "
                       "tardó el servidor",
                       demora - 2, milisegundos(linea));
    /* Desde antes de arrancar hasta leer la línea cabe entera, con 1 s de cortesía. */
    hs_expect_at_most("milisegundos de la comprobación: no pueden ser más de los que "
                      "llevaba el programa en marcha (¿están en milisegundos?)",
                      (int64_t)(linea->ms - antes) + 1000, milisegundos(linea));
}

HS_TEST(monitor, sigue_redirecciones)
{
    struct hs_http *web = hs_http_start();
    const char *meta = SITIO(web, {.status = 200});
    const char *medio = SITIO(web, {.status = 301, .location = meta});
    const char *bien = hs_http_url(web, SITIO(web, {.status = 302, .location = medio}));
    const char *nada = SITIO(web, {.status = 410});
    const char *mal = hs_http_url(web, SITIO(web, {.status = 301, .location = nada}));
    hs_step("%s lleva, en dos saltos, a una página que contesta 200", bien);
    hs_step("%s lleva a una que contesta 410", mal);
    struct hs_program *p = hs_start(bien, mal);
    exigir_primera(p, bien, "200");
    exigir_primera(p, mal, "410");
}

/* ---- A la vez ------------------------------------------------------------------- */

/* `n` sitios que no contestan hasta que hayan llegado las `n` peticiones. */
static void todas_a_la_vez(int n)
{
    const char *argv[n + 1];
    struct hs_http *web = hs_http_start();
    for (int i = 0; i < n; i++)
        argv[i] = hs_http_url(web, SITIO(web, {.status = 200, .barrier = n}));
    argv[n] = NULL;
    hs_step("%d sitios: el servidor no contesta a nadie hasta que lleguen las %d "
            "peticiones",
            n, n);
    struct hs_program *p = hs_start_argv((struct hs_options){0}, argv);
    hs_http_wait_requests(web, NULL, n, PRONTO);
    for (int i = 0; i < n; i++)
        exigir_primera(p, argv[i], "200");
}

HS_TEST(monitor, verifica_todas_a_la_vez)
{
    todas_a_la_vez(hs_random_between(3, 6));
}

HS_TEST(monitor, muchas_urls)
{
    todas_a_la_vez(hs_random_between(14, 16));
}

HS_TEST(monitor, timeout_por_sitio)
{
    struct hs_http *web = hs_http_start();
    const char *mudo = SITIO(web, {.fault = HS_SILENT}), *url = hs_http_url(web, mudo);
    int plazo = hs_random_between(200, 400);
    hs_step("El sitio acepta la conexión y no contesta nunca");
    struct hs_program *p = hs_start("--timeout", hs_format("0.%d", plazo), url);
    const struct hs_line *linea = exigir_primera(p, url, ERROR);
    hs_expect_at_least("milisegundos de una comprobación que agota su plazo", plazo - 2,
                       milisegundos(linea));
    hs_step("Vencido el plazo, el programa debe cerrar la conexión");
    hs_http_wait_abandoned(web, mudo, 1, PRONTO);
}

HS_TEST(monitor, timeout_cubre_toda_la_respuesta)
{
    struct hs_http *web = hs_http_start();
    const char *cuerpo = hs_format("%*s", 10000, "fin");
    const char *url = hs_http_url(
        web, SITIO(web, {.fault = HS_TRICKLE, .trickle_ms = 2, .body = cuerpo}));
    hs_step(
        "El sitio contesta a gotas, un byte cada 2 ms: las cabeceras llegan a tiempo, "
        "pero el cuerpo tarda más de 20 s");
    struct hs_program *p = hs_start("--timeout", "0.8", url);
    exigir_primera(p, url, ERROR);
}

/* ---- Ronda tras ronda ----------------------------------------------------------- */

HS_TEST(monitor, repite_cada_intervalo)
{
    enum { RONDAS = 7, INTERVALO = 200 };
    struct hs_http *web = hs_http_start();
    const char *ruta = SITIO(web, {.status = 200});
    struct hs_program *p = hs_start("--intervalo", "0.2", hs_http_url(web, ruta));
    esperar_comprobaciones(p, RONDAS, hs_http_url(web, ruta));
    struct hs_request primera = hs_http_request(web, ruta, 1);
    struct hs_request ultima = hs_http_request(web, ruta, RONDAS);
    /* La primera pudo llegar tarde al servidor: de ahí las dos rondas de cortesía. */
    hs_expect_at_least(
        hs_format("milisegundos entre las peticiones 1 y %d, con intervalo "
                  "de %d ms",
                  RONDAS, INTERVALO),
        (RONDAS - 3) * INTERVALO, (int64_t)(ultima.arrived_ms - primera.arrived_ms));
}

HS_TEST(monitor, sitio_lento_no_retrasa)
{
    struct hs_http *web = hs_http_start();
    const char *lento = SITIO(web, {.hold = true}), *agil = SITIO(web, {.status = 200});
    hs_step("El servidor retiene la respuesta de %s y contesta en el acto a %s", lento,
            agil);
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "60",
                                    hs_http_url(web, lento), hs_http_url(web, agil));
    hs_http_wait_in_flight(web, lento, 1, PRONTO);
    hs_step("Con la primera sin contestar, la otra debe comprobarse en cada intervalo");
    esperar_comprobaciones(p, 5, hs_http_url(web, agil));
}

/*
 * Quien duerme `intervalo` después de cada comprobación nunca pide antes de que pasen
 * intervalo + demora desde la petición anterior; quien cuenta desde el inicio pide cada
 * `intervalo`. Basta verlo una vez en tres huecos seguidos: así una máquina cargada, que
 * a veces atrasa una petición, no decide la nota.
 */
HS_TEST(monitor, no_deriva)
{
    enum { INTERVALO = 250, DEMORA = 150, HUECOS = 3, INTENTOS = 4 };
    enum { COTA = HUECOS * INTERVALO + HUECOS * DEMORA / 2 };
    struct hs_http *web = hs_http_start();
    const char *ruta = SITIO(web, {.delay_ms = DEMORA});
    hs_step("El servidor tarda %d ms en contestar, y el intervalo es de %d ms", DEMORA,
            INTERVALO);
    hs_start("--intervalo", "0.25", hs_http_url(web, ruta));
    double hueco = COTA + 1;
    for (int k = 1; k <= INTENTOS * HUECOS && hueco > COTA; k += HUECOS) {
        hs_http_wait_requests(web, ruta, k + HUECOS, PRONTO);
        hueco = hs_http_request(web, ruta, k + HUECOS).arrived_ms -
                hs_http_request(web, ruta, k).arrived_ms;
    }
    hs_expect_at_most(hs_format("milisegundos entre una petición y la %d.ª siguiente: lo "
                                "que tarda el sitio no debe sumarse al intervalo",
                                HUECOS),
                      COTA, (int64_t)hueco);
}

HS_TEST(monitor, sin_solapes)
{
    struct hs_http *web = hs_http_start();
    const char *lento = SITIO(web, {.hold = true}), *agil = SITIO(web, {.status = 200});
    hs_step("El servidor retiene la respuesta de %s durante varios turnos", lento);
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "60",
                                    hs_http_url(web, lento), hs_http_url(web, agil));
    hs_http_wait_in_flight(web, lento, 1, PRONTO);
    esperar_comprobaciones(p, 6, hs_http_url(web, agil));
    hs_expect_eq_int(
        hs_format("peticiones a %s, que sigue sin contestar a la primera", lento), 1,
        hs_http_stats(web, lento).requests);
    hs_step("Contesto por fin: en su próximo turno debe volver a comprobarse");
    hs_http_release(web, lento);
    hs_http_wait_requests(web, lento, 2, PRONTO);
}

HS_TEST(monitor, turno_perdido_se_salta)
{
    enum { PERDIDOS = 8, DESPUES = 4 };
    struct hs_http *web = hs_http_start();
    const char *lento = SITIO(web, {.hold = true}, {.status = 200});
    const char *agil = SITIO(web, {.status = 200});
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "60",
                                    hs_http_url(web, lento), hs_http_url(web, agil));
    hs_http_wait_in_flight(web, lento, 1, PRONTO);
    hs_http_wait_requests(web, agil, PERDIDOS, PRONTO);
    hs_step("%s ha perdido varios turnos; contesto, y desde ahora contesta en el acto",
            lento);
    int antes = hs_http_stats(web, agil).requests;
    hs_http_release(web, lento);
    esperar_comprobaciones(p, antes + DESPUES, hs_http_url(web, agil));
    /* Los dos van al mismo paso; dos de cortesía por los que lleguen a la vez. */
    hs_expect_at_most(hs_format("peticiones a %s en unos %d turnos: los perdidos no se "
                                "recuperan",
                                lento, DESPUES),
                      hs_http_stats(web, agil).requests - antes + 2,
                      hs_http_stats(web, lento).requests - 1);
}

/* ---- Fallos, alertas y recuperaciones ------------------------------------------- */

/* La primera alerta de `url` sale tras `n` comprobaciones, ni antes ni después. Va detrás
 * de su línea: si hay dos comprobaciones más, ya no va a salir. */
static void exigir_alerta_tras(struct hs_program *p, const char *url, int n)
{
    esperar_comprobaciones(p, n + 2, url);
    const struct hs_line *linea = hs_find_line(p, alerta(url), 1);
    if (!linea)
        hs_fail("tras %d fallos seguidos de %s ya debía haber una línea «ALERTA %s»", n,
                url, url);
    hs_step("El programa escribió: «%s»", linea->text);
    hs_expect_eq_int(hs_format("comprobaciones de %s antes de su ALERTA", url), n,
                     comprobaciones_antes(p, url, linea));
}

static void exigir_sin_alerta_tras(struct hs_program *p, const char *url, int n)
{
    esperar_comprobaciones(p, n, url);
    hs_expect_no_line(p, alerta(url));
}

HS_TEST(monitor, alerta_al_tercer_fallo)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web,
                                  SITIO(web, {.status = hs_random_between(500, 504)}));
    hs_step("El sitio falla siempre; sin --umbral, la alerta sale al tercer fallo");
    exigir_alerta_tras(hs_start("--intervalo", "0.1", url), url, 3);
}

HS_TEST(monitor, umbral_configurable)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 500}));
    int umbral = hs_random_between(4, 6);
    struct hs_program *p = hs_start("--intervalo", "0.1", "--umbral",
                                    hs_format("%d", umbral), url);
    exigir_alerta_tras(p, url, umbral);
    const char *otra = hs_http_url(web, SITIO(web, {.status = 500}));
    exigir_alerta_tras(hs_start("--intervalo", "0.1", "--umbral", "1", otra), otra, 1);
}

HS_TEST(monitor, cuatrocientos_cuenta_como_fallo)
{
    static const int malos[] = {400, 404, 499}, buenos[] = {204, 304, 399};
    struct hs_http *web = hs_http_start();
    const char *mal[3], *bien[3];
    for (int i = 0; i < 3; i++) {
        mal[i] = hs_http_url(web, SITIO(web, {.status = malos[i]}));
        bien[i] = hs_http_url(web, SITIO(web, {.status = buenos[i]}));
    }
    hs_step(
        "Tres sitios contestan 400, 404 y 499: son fallos. Otros tres, 204, 304 y 399: "
        "no lo son");
    struct hs_program *p = hs_start("--intervalo", "0.1", mal[0], mal[1], mal[2], bien[0],
                                    bien[1], bien[2]);
    for (int i = 0; i < 3; i++)
        exigir_alerta_tras(p, mal[i], 3);
    for (int i = 0; i < 3; i++)
        exigir_sin_alerta_tras(p, bien[i], 4);
}

HS_TEST(monitor, toda_clase_de_fallo_cuenta)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 500}, {.fault = HS_RESET},
                                             {.fault = HS_SILENT}, {.fault = HS_CLOSE},
                                             {.status = 503}));
    hs_step("El sitio falla cada vez de una forma: 500, conexión cortada, silencio, "
            "conexión cerrada, 503; el umbral es 5");
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "0.3", "--umbral",
                                    "5", url);
    exigir_alerta_tras(p, url, 5);
}

HS_TEST(monitor, alerta_una_vez_por_racha)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 500}));
    hs_step("El sitio falla siempre: es una sola racha, por larga que sea");
    struct hs_program *p = hs_start("--intervalo", "0.05", url);
    esperar_comprobaciones(p, 13, url);
    hs_expect_lines(p, 1, alerta(url));
}

HS_TEST(monitor, racha_se_reinicia)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web,
                                  SITIO(web, {.status = 500, .times = 2}, {.status = 200},
                                        {.status = 500, .times = 2}, {.status = 200},
                                        {.status = 500}, {.status = 200}));
    hs_step(
        "El sitio falla dos veces, se repone, falla otras dos, se repone, falla otra: "
        "nunca tres seguidas");
    exigir_sin_alerta_tras(hs_start("--intervalo", "0.05", url), url, 9);
}

HS_TEST(monitor, cada_sitio_lleva_su_cuenta)
{
    struct hs_http *web = hs_http_start();
    const char *a = hs_http_url(web,
                                SITIO(web, {.status = 500, .times = 2}, {.status = 200}));
    const char *b = hs_http_url(web,
                                SITIO(web, {.status = 500, .times = 2}, {.status = 200}));
    const char *c = hs_http_url(web, SITIO(web, {.status = 500}));
    hs_step("Dos sitios fallan dos veces y se reponen; un tercero falla siempre");
    struct hs_program *p = hs_start("--intervalo", "0.1", a, c, b);
    exigir_alerta_tras(p, c, 3);
    exigir_sin_alerta_tras(p, a, 5);
    exigir_sin_alerta_tras(p, b, 5);
}

HS_TEST(monitor, recuperado)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(
        web, SITIO(web, {.status = 500, .times = 4}, {.status = 200, .times = 3},
                   {.status = 503, .times = 3}, {.status = 200}));
    const char *breve = hs_http_url(
        web, SITIO(web, {.status = 500, .times = 2}, {.status = 200}));
    hs_step("%s cae (4 fallos), vuelve, cae otra vez (3) y vuelve", url);
    hs_step("%s falla solo dos veces: no hay alerta, y por tanto nada que recuperar",
            breve);
    struct hs_program *p = hs_start("--intervalo", "0.1", url, breve);
    esperar_comprobaciones(p, 6, url);
    const struct hs_line *vuelta = hs_find_line(p, recuperado(url), 1);
    if (!vuelta)
        hs_fail("%s ha vuelto y no hay ninguna línea «RECUPERADO %s»", url, url);
    hs_expect_eq_int("comprobaciones antes del primer RECUPERADO", 5,
                     comprobaciones_antes(p, url, vuelta));
    esperar_comprobaciones(p, 13, url);
    hs_expect_lines(p, 2, alerta(url));
    hs_expect_lines(p, 2, recuperado(url));
    esperar_comprobaciones(p, 5, breve);
    hs_expect_no_line(p, recuperado(breve));
}

/* ---- Despedirse ----------------------------------------------------------------- */

HS_TEST(monitor, ctrl_c_sale_con_0)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 200}));
    struct hs_program *p = hs_start(url);
    esperar_comprobaciones(p, 1, url);
    hs_step("El programa duerme hasta dentro de 30 s");
    despedir(p);
}

HS_TEST(monitor, ctrl_c_con_comprobaciones_en_vuelo)
{
    struct hs_http *web = hs_http_start();
    const char *a = SITIO(web, {.hold = true}), *b = SITIO(web, {.fault = HS_SILENT});
    hs_step("El servidor no contesta a ninguno de los dos sitios");
    struct hs_program *p = hs_start(hs_http_url(web, a), hs_http_url(web, b));
    hs_http_wait_in_flight(web, a, 1, PRONTO);
    hs_http_wait_in_flight(web, b, 1, PRONTO);
    despedir(p);
    hs_step("Una comprobación abandonada ni se escribe ni se cuenta");
    hs_expect_no_line(p, comprobacion(hs_http_url(web, a), CUALQUIER));
    hs_expect_no_line(p, comprobacion(hs_http_url(web, b), CUALQUIER));
}

/* Compara la línea RESUMEN de `url` con las comprobaciones que el programa escribió. */
static const struct hs_line *exigir_resumen(struct hs_program *p, const char *url)
{
    int total = hs_count_lines(p, comprobacion(url, CUALQUIER));
    int mal = hs_count_lines(p, comprobacion(url, "(4[0-9]{2}|5[0-9]{2}|ERROR .+)"));
    long suma = 0;
    for (int i = 1; i <= total; i++)
        suma += milisegundos(hs_find_line(p, comprobacion(url, CUALQUIER), i));
    const char *inicio = hs_format("RESUMEN %s comprobaciones=%d fallos=%d media=", url,
                                   total, mal);
    hs_expect_lines(p, 1, aviso("RESUMEN", url));
    const struct hs_line *linea = hs_find_line(p, aviso("RESUMEN", url), 1);
    const char *texto = linea->text;
    hs_expect_eq_str("principio del resumen, según las líneas escritas", inicio,
                     hs_format("%.*s", (int)strlen(inicio), texto));
    char *fin;
    long media = strtol(texto + strlen(inicio), &fin, 10);
    hs_expect(strcmp(fin, " ms") == 0, "el resumen acaba con la media y « ms»: «%s»",
              texto);
    hs_expect(labs(media * total - suma) <= total,
              "la media de %d comprobaciones que suman %ld ms: «%s»", total, suma, texto);
    return linea;
}

HS_TEST(monitor, resumen_por_sitio)
{
    struct hs_http *web = hs_http_start();
    const char *a = hs_http_url(web, SITIO(web, {.delay_ms = hs_random_between(20, 60)}));
    const char *b = hs_http_url(web,
                                SITIO(web, {.status = 404, .times = 2}, {.status = 200}));
    const char *c = hs_http_refused_url(hs_random_path());
    struct hs_program *p = hs_start("--intervalo", "0.1", a, b, c);
    esperar_comprobaciones(p, 3 + (int)hs_random(3), a);
    esperar_comprobaciones(p, 3, b);
    esperar_comprobaciones(p, 3, c);
    despedir(p);
    const struct hs_line *ra = exigir_resumen(p, a), *rb = exigir_resumen(p, b),
                         *rc = exigir_resumen(p, c);
    hs_expect(ra->number < rb->number && rb->number < rc->number,
              "los sitios salen en el resumen en el orden de los argumentos");
}

HS_TEST(monitor, argumentos_invalidos)
{
    const char *url = hs_http_refused_url(hs_random_path());
    const char *const casos[][5] = {
        {NULL},
        {"--intervalo", "0.5", NULL},
        {url, "--intervalo", NULL},
        {"--intervalo", "pronto", url, NULL},
        {"--intervalo", "2x", url, NULL},
        {"--intervalo", "0", url, NULL},
        {"--intervalo", "-1", url, NULL},
        {"--timeout", "0", url, NULL},
        {"--timeout", "nan", url, NULL},
        {"--umbral", "0", url, NULL},
        {"--umbral", "2.5", url, NULL},
        {"--no-existe", url, NULL},
        {"ftp://127.0.0.1/x", NULL},
        {"127.0.0.1", NULL},
        {"http://", NULL},
        {url, url, NULL},
    };
    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        struct hs_program *p = hs_start_argv((struct hs_options){0}, casos[i]);
        hs_expect_exit(p, 2, PRONTO);
        hs_expect_eq_str("con argumentos inválidos no se escribe nada en stdout", "",
                         hs_stdout(p));
        hs_expect_eq_int("líneas en stderr", 1, hs_mark(p));
    }
}

/* ---- Durar ---------------------------------------------------------------------- */

HS_TEST(monitor, no_pierde_descriptores)
{
    enum { AL_PRINCIPIO = 10, AL_FINAL = 50, CORTESIA = 8 };
    struct hs_http *web = hs_http_start();
    const char *bien = hs_http_url(web, SITIO(web, {.status = 200}));
    const char *mal = hs_http_url(web, SITIO(web, {.status = 500, .close = true}));
    const char *corta = hs_http_url(web, SITIO(web, {.fault = HS_RESET}));
    const char *cierra = hs_http_url(web, SITIO(web, {.fault = HS_CUT_BODY}));
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step("Un sitio bueno y cuatro que fallan de distinta forma, muchas rondas");
    struct hs_program *p = hs_start("--intervalo", "0.02", bien, mal, corta, cierra,
                                    rechaza);
    hs_wait_lines(p, AL_PRINCIPIO, comprobacion(bien, CUALQUIER), PRONTO);
    int antes = hs_usage(p).fds;
    hs_step("Tras %d rondas tiene %d descriptores abiertos", AL_PRINCIPIO, antes);
    hs_wait_lines(p, AL_FINAL, comprobacion(bien, CUALQUIER), PRONTO);
    int despues = hs_usage(p).fds;
    hs_step("Tras %d rondas tiene %d", AL_FINAL, despues);
    if (hs_find_line(p, comprobacion(bien, ERROR), 1))
        hs_fail("un sitio que siempre contesta ha dado ERROR: «%s». ¿Te has quedado sin "
                "descriptores?",
                hs_find_line(p, comprobacion(bien, ERROR), 1)->text);
    hs_expect_at_most(hs_format("descriptores abiertos tras %d rondas (con %d tenía %d)",
                                AL_FINAL, AL_PRINCIPIO, antes),
                      antes + CORTESIA, despues);
}

HS_TEST(monitor, no_quema_cpu)
{
    struct hs_http *web = hs_http_start();
    const char *lento = hs_http_url(web, SITIO(web, {.hold = true}));
    const char *agil = hs_http_url(web, SITIO(web, {.status = 200}));
    hs_step("Un sitio no contesta y el otro sí: el programa no tiene más que esperar");
    struct hs_program *p = hs_start("--intervalo", "0.3", "--timeout", "60", lento, agil);
    esperar_comprobaciones(p, 1, agil);
    double desde = hs_now();
    int64_t antes = hs_usage(p).cpu_ms;
    esperar_comprobaciones(p, 6, agil);
    int64_t gasto = hs_usage(p).cpu_ms - antes;
    double ms = hs_now() - desde;
    hs_step("En %.0f ms ha gastado %lld ms de procesador", ms, (long long)gasto);
    hs_expect_at_most(
        hs_format("milisegundos de procesador gastados en %.0f ms de espera", ms),
        30 + (int64_t)(ms / 50), gasto);
}

HS_TEST(monitor, memoria_limpia, .segundos = 60)
{
    struct hs_http *web = hs_http_start();
    const char *bien = SITIO(web, {.status = 200});
    const char *vuelve = hs_http_url(
        web, SITIO(web, {.status = 500, .times = 3}, {.status = 200}));
    const char *corta = hs_http_url(web, SITIO(web, {.fault = HS_CUT_BODY}));
    const char *mudo = hs_http_url(web, SITIO(web, {.fault = HS_SILENT}));
    const char *salta = hs_http_url(web, SITIO(web, {.status = 302, .location = bien}));
    const char *retiene = SITIO(web, {.hold = true});
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step("Una sesión entera con el programa compilado con ASan y UBSan");
    struct hs_program *p = hs_start_with((struct hs_options){.asan = true}, "--intervalo",
                                         "0.1", "--timeout", "0.5",
                                         hs_http_url(web, bien), vuelve, corta, mudo,
                                         salta, rechaza, hs_http_url(web, retiene));
    hs_wait_line(p, recuperado(vuelve), 2 * PRONTO);
    hs_wait_lines(p, 2, comprobacion(mudo, ERROR), 2 * PRONTO);
    hs_http_wait_in_flight(web, retiene, 1, PRONTO);
    hs_signal(p, SIGINT);
    hs_expect_exit(p, 0, 2 * PRONTO);
}
