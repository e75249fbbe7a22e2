/* turnos.c: comprobar ronda tras ronda, sin retrasos, solapes ni turnos de más. */
#include "sitios.h"

/*
 * También desde la segunda, cada línea sale cuando acaba su comprobación y dice lo que duró
 * ella sola. Basta con verlo una vez: una máquina cargada puede atrasar alguna.
 */
static void cada_linea_es_de_su_turno(struct hs_http *web, const char *ruta,
                                      struct hs_program *p, int rondas, int intervalo)
{
    double tarda = 1e9;
    int64_t dura = INT64_MAX;
    for (int k = 3; k < rondas; k++) {
        const struct hs_line *linea = hs_find_line(
            p, comprobacion(hs_http_url(web, ruta), CUALQUIER), k);
        double suya = linea->ms - hs_http_request(web, ruta, k).ended_ms;
        tarda = suya < tarda ? suya : tarda;
        dura = milisegundos(linea) < dura ? milisegundos(linea) : dura;
    }
    hs_expect_at_most("el tiempo desde que el sitio contesta hasta que sale la línea, en "
                      "milisegundos,: ¿espera al turno siguiente?",
                      intervalo / 2, (int64_t)tarda);
    hs_expect_at_most("el tiempo que dicen las líneas desde la tercera, en "
                      "milisegundos,: el sitio contesta en el acto. ¿Se mide desde que "
                      "empieza cada comprobación?",
                      2 * intervalo - 50, dura);
}

/* Y lleva su hora: no la de la primera. */
static void cada_linea_lleva_su_hora(struct hs_program *p, const char *url)
{
    struct hs_match otra = comprobacion(url, CUALQUIER);
    otra.lacks = hs_format("%.19s", hs_find_line(p, otra, 1)->text);
    if (!hs_try_line(p, otra, PRONTO))
        hs_fail("la hora debía avanzar de una línea a otra y todas llevan la misma, %s",
                otra.lacks);
}

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
        hs_format("el tiempo entre las peticiones 1 y %d, en milisegundos,: el intervalo "
                  "es de %d",
                  RONDAS, INTERVALO),
        (RONDAS - 3) * INTERVALO, (int64_t)(ultima.arrived_ms - primera.arrived_ms));
    cada_linea_es_de_su_turno(web, ruta, p, RONDAS, INTERVALO);
    cada_linea_lleva_su_hora(p, hs_http_url(web, ruta));
}

HS_TEST(monitor, repite_aunque_falle)
{
    struct hs_http *web = hs_http_start();
    const char *const urls[] = {
        hs_http_url(web, SITIO(web, {.status = 200})),
        hs_http_refused_url(hs_random_path()),
        hs_http_url(web, SITIO(web, {.fault = HS_RESET})),
        hs_http_url(web, SITIO(web, {.fault = HS_GARBAGE})),
        hs_http_url(web, SITIO(web, {.fault = HS_CUT_BODY})),
        hs_http_url(web, SITIO(web, {.status = 503})),
        hs_format("http://%s.invalid/", hs_random_name()),
    };
    enum { N = sizeof urls / sizeof *urls, VECES = 3 };
    hs_step("Un sitio bueno y otros que fallan, cada uno a su manera: en cada turno se "
            "les vuelve a comprobar a todos");
    struct hs_program *p = hs_start("--intervalo", "0.1", urls[0], urls[1], urls[2],
                                    urls[3], urls[4], urls[5], urls[6]);
    for (int i = 0; i < N; i++)
        hs_wait_lines(p, VECES, comprobacion(urls[i], CUALQUIER), PRONTO);
}

HS_TEST(monitor, sitio_lento_no_retrasa)
{
    struct hs_http *web = hs_http_start();
    const char *lento = SITIO(web, {.hold = true}), *agil = SITIO(web, {.status = 200});
    hs_step("El servidor retiene la respuesta de %s y contesta en el acto a %s. Otro "
            "sitio ni "
            "acepta la conexión ni la rechaza",
            lento, agil);
    struct hs_program *p = hs_start("--intervalo", "0.1", "--timeout", "60",
                                    url_que_no_acepta(), hs_http_url(web, lento),
                                    hs_http_url(web, agil));
    hs_http_wait_in_flight(web, lento, 1, PRONTO);
    hs_step("Con la primera sin contestar, la otra debe comprobarse en cada intervalo");
    esperar_comprobaciones(p, 5, hs_http_url(web, agil));
}

/*
 * Quien duerme `intervalo` después de cada comprobación nunca pide antes de que pasen
 * intervalo + demora desde la petición anterior, por mucho que se atrase la máquina: la
 * demora cuenta desde que llegó. Quien cuenta desde el inicio pide cada `intervalo`. La cota
 * es casi lo primero, y basta con verlo una vez en tres huecos seguidos cualesquiera: aunque
 * en ellos se pierda un turno, cabe.
 */
static void un_turno_tras_otro(struct hs_http *web)
{
    enum { INTERVALO = 250, DEMORA = 150, HUECOS = 3, INTENTOS = 10 };
    enum { COTA = HUECOS * (INTERVALO + DEMORA) - DEMORA / 2 };
    const char *rutas[] = {SITIO(web, {.delay_ms = DEMORA}),
                           SITIO(web, {.delay_ms = DEMORA, .fault = HS_CLOSE}),
                           SITIO(web, {.fault = HS_SILENT})};
    hs_step(
        "El intervalo es de %d ms. Un sitio contesta a los %d ms, otro cierra entonces "
        "sin contestar, y de otro, en otra ejecución, vence ese plazo",
        INTERVALO, DEMORA);
    hs_start("--intervalo", "0.25", hs_http_url(web, rutas[0]),
             hs_http_url(web, rutas[1]));
    hs_start("--intervalo", "0.25", "--timeout", "0.15", hs_http_url(web, rutas[2]));
    for (int i = 0; i < 3; i++) {
        double hueco = COTA + 1;
        for (int k = 1; k <= INTENTOS && hueco > COTA; k++) {
            hs_http_wait_requests(web, rutas[i], k + HUECOS, PRONTO);
            hueco = hs_http_request(web, rutas[i], k + HUECOS).arrived_ms -
                    hs_http_request(web, rutas[i], k).arrived_ms;
        }
        hs_expect_at_most(hs_format("el tiempo entre una petición a %s y la %d.ª "
                                    "siguiente, en milisegundos,: ¿se suma al intervalo "
                                    "lo que tarda el sitio?",
                                    rutas[i], HUECOS),
                          COTA, (int64_t)hueco);
    }
}

/* Lo más cerca que estuvo la petición `i` a `a` de una a `b`. */
static double mas_cerca(struct hs_http *web, const char *a, int i, const char *b)
{
    double cerca = 1e9;
    for (int k = hs_http_stats(web, b).requests; k > 0; k--) {
        double dista = hs_http_request(web, a, i).arrived_ms -
                       hs_http_request(web, b, k).arrived_ms;
        dista = dista < 0 ? -dista : dista;
        cerca = dista < cerca ? dista : cerca;
    }
    return cerca;
}

/*
 * Dos sitios empiezan a la vez y tienen los mismos turnos. Uno tarda turno y medio en
 * contestar la primera vez: quien lo comprueba nada más acabar, o cuenta sus turnos desde
 * entonces, se aparta medio turno del otro. También aquí basta con verlos juntos una vez, cada
 * una con otro programa: a la segunda tardanza, medio turno y medio vuelven a ser uno.
 */
static void tras_un_turno_perdido(struct hs_http *web)
{
    enum {
        INTERVALO = 400,
        TARDE = INTERVALO * 3 / 2,
        JUNTOS = INTERVALO / 4,
        VECES = 3
    };
    double dista = INTERVALO;
    for (int vez = 1; vez <= VECES && dista > JUNTOS; vez++) {
        const char *agil = SITIO(web, {.status = 200});
        const char *lento = SITIO(web, {.delay_ms = TARDE}, {.status = 200});
        hs_step("Cada %d ms, dos sitios. %s tarda turno y medio en contestar la primera "
                "vez; las demás, nada",
                INTERVALO, lento);
        hs_start("--intervalo", "0.4", hs_http_url(web, agil), hs_http_url(web, lento));
        /* La siguiente del que tardó tiene que ir con la 3.ª del otro. */
        hs_http_wait_requests(web, lento, 2, PRONTO);
        hs_http_wait_requests(web, agil, 3, PRONTO);
        dista = mas_cerca(web, lento, 2, agil);
    }
    hs_expect_at_most(
        "el tiempo entre la petición que sigue a un turno perdido y la más cercana al "
        "otro sitio, en milisegundos,: no es al acabar la comprobación, sino en el turno "
        "siguiente, y los turnos siguen siendo los de antes",
        JUNTOS, (int64_t)dista);
}

HS_TEST(monitor, no_deriva)
{
    struct hs_http *web = hs_http_start();
    un_turno_tras_otro(web);
    tras_un_turno_perdido(web);
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
        hs_format("el número de peticiones a %s: la primera aún no tiene respuesta",
                  lento),
        1, hs_http_stats(web, lento).requests);
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
    hs_expect_at_most(hs_format("el número de peticiones a %s en unos %d turnos: los "
                                "perdidos no se recuperan",
                                lento, DESPUES),
                      hs_http_stats(web, agil).requests - antes + 2,
                      hs_http_stats(web, lento).requests - 1);
}
