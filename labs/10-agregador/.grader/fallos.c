/* fallos.c: lo que falla en la red y en HTTP, y lo que no llega a su hora. */
#include "tiempo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * La URL de una API que ni siquiera acepta la conexión. Su cola de llegada está llena, y el
 * núcleo deja sin respuesta a quien llama: conectar tarda minutos en rendirse.
 */
static const char *url_que_no_acepta(void)
{
    enum { COLA = 2 };
    struct sockaddr_in aqui = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof aqui;
    int puerta = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (puerta < 0 || bind(puerta, (struct sockaddr *)&aqui, n) < 0 ||
        getsockname(puerta, (struct sockaddr *)&aqui, &n) < 0 || listen(puerta, 0) < 0)
        hs_broken("no puedo abrir un puerto que no acepte conexiones");
    for (int i = 0; i < COLA; i++) {
        int c = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (c < 0 ||
            (connect(c, (struct sockaddr *)&aqui, n) < 0 && errno != EINPROGRESS))
            hs_broken("no puedo llenar la cola de un puerto");
    }
    return hs_format("http://127.0.0.1:%d%s", ntohs(aqui.sin_port), hs_random_path());
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
        hs_expect(strlen(motivo) > 1,
                  "tras ERROR debían ir un espacio y el motivo y no va nada");
    }
    exigir_temperatura(p, bien, c);
    const char *otras[] = {
        API(web, DICE("")), API(web, DICE("{\"current\":")), API(web, DICE("{}")),
        API(web, DICE(hs_format("%*s", 2 * MIB, ""))), API(web, {.fault = HS_CUT_BODY})};
    enum { OTRAS = sizeof otras / sizeof *otras };
    hs_step("Otras fallan de otra manera: no traen nada, ni JSON, ni temperatura, pasan "
            "de 1 MiB o se cortan");
    p = hs_start(SIN_PRISA, otras[0], otras[1], otras[2], otras[3], otras[4]);
    for (int i = 0; i < OTRAS; i++)
        hs_expect(strlen(exigir_error(p, otras[i])) > 1,
                  "tras ERROR debían ir un espacio y el motivo y no va nada");
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("el número de líneas de la salida: una por API y la media",
                     OTRAS + 1, hs_count_lines(p, (struct hs_match){0}));
}

HS_TEST(agregador, respuesta_cortada_es_error)
{
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *json = weatherapi(c);
    const char *cuerpo = hs_format("%s%*s", json, (int)strlen(json) + 8, "");
    const char *medio = API(web, {.fault = HS_CUT_BODY, .body = cuerpo});
    const char *cabeceras = API(web, {.fault = HS_CUT_HEADER, .body = json});
    hs_step("Una promete un cuerpo y cierra a la mitad: lo que llegó ya es un JSON "
            "entero, pero no es la respuesta. Otra cierra a mitad de las cabeceras");
    const char *trozos = API(
        web, {.fault = HS_CUT_BODY, .framing = HS_CHUNKED, .body = cuerpo});
    const char *hasta_el_cierre = API(web, {.framing = HS_UNTIL_CLOSE, .body = cuerpo});
    hs_step(
        "%s va a trozos y se corta antes del último. %s no dice cuánto mide y acaba al "
        "cerrarse la conexión: esa sí está entera",
        trozos, hasta_el_cierre);
    const char *sin_estado = API(web, {.fault = HS_GARBAGE, .body = json});
    struct hs_http *rota = hs_http_start();
    const char *ruta = hs_random_path(), *de_golpe = hs_http_url(rota, ruta);
    hs_http_on(rota, ruta,
               {.framing = HS_UNTIL_CLOSE, .body = cuerpo, .pause_at = strlen(json)});
    hs_step("%s suelta el JSON a secas, sin estado ni cabeceras: no es HTTP. %s tampoco "
            "dice cuánto mide, pero se corta de golpe (RST)",
            sin_estado, de_golpe);
    struct hs_program *p = hs_start(SIN_PRISA, medio, cabeceras, trozos, hasta_el_cierre,
                                    sin_estado, de_golpe);
    hs_http_wait_paused(rota, ruta, 1, PRONTO);
    hs_http_stop_listening(rota, true);
    exigir_error(p, sin_estado);
    exigir_error(p, de_golpe);
    exigir_error(p, medio);
    exigir_error(p, cabeceras);
    exigir_error(p, trozos);
    exigir_temperatura(p, hasta_el_cierre, c);
}

HS_TEST(agregador, estado_http_es_error)
{
    static const int malos[] = {300, 304, 400, 401, 404, 429, 500, 503, 599},
                     buenos[] = {201, 203, 299};
    enum { MALOS = sizeof malos / sizeof *malos, BUENOS = 3 };
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
    const char *pagina = "<html>\n\r\nAhora no\n</html>\n";
    const char *a = API(web, {.status = 404});
    const char *b = API(web, {.status = 503, .body = pagina});
    const char *a_ninguna = API(web, {.status = 302, .body = weatherapi(grados())});
    const char *sin_cambios = API(web, {.status = 304});
    const char *meta = hs_random_path();
    hs_http_on(web, meta, {.status = 410});
    const char *lejos = API(web, {.status = 302, .location = meta});
    hs_step("%s contesta 302 y no dice adónde ir; %s, 304; y %s lleva a un 410",
            a_ninguna, sin_cambios, lejos);
    struct hs_program *p = hs_start(SIN_PRISA, a, b, a_ninguna, sin_cambios, lejos);
    hs_expect_contains("el motivo del ERROR", "302", exigir_error(p, a_ninguna));
    hs_expect_contains("el motivo del ERROR", "304", exigir_error(p, sin_cambios));
    hs_expect_contains("el motivo del ERROR", "410", exigir_error(p, lejos));
    hs_expect_contains("el motivo del ERROR", "404", exigir_error(p, a));
    hs_step("La segunda trae una página de varias líneas; el motivo cabe en la suya");
    hs_expect_contains("el motivo del ERROR", "503", exigir_error(p, b));
    hs_wait_exit(p, PRONTO);
    hs_expect_eq_int("el número de líneas de la salida: una por API y la media", 6,
                     hs_count_lines(p, (struct hs_match){0}));
}

HS_TEST(agregador, una_peticion_por_api)
{
    static const struct hs_reply respuestas[] = {
        {.status = 500}, {.status = 503},
        {.status = 404}, {.body = "{}"},
        {.body = ""},    {.status = 429, .headers = "Retry-After: 0\r\n"},
        {.status = 302}};
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
    hs_expect_eq_int("el número de peticiones recibidas: va una a cada API", N,
                     hs_http_stats(web, NULL).requests);

    /* Cada corte, en su propio servidor: al cliente que reutiliza una conexión ya cerrada se
     * le permite volver a intentarlo con otra nueva. */
    static const enum hs_fault cortes[] = {HS_CLOSE, HS_RESET, HS_CUT_BODY, HS_CUT_HEADER,
                                           HS_GARBAGE};
    enum { C = sizeof cortes / sizeof *cortes };
    struct hs_http *rotas[C];
    const char *urls[C + 3] = {SIN_PRISA};
    for (int i = 0; i < C; i++) {
        rotas[i] = hs_http_start();
        urls[i + 2] = API(rotas[i], {.fault = cortes[i]});
    }
    hs_step("%d API que cortan la conexión o no hablan HTTP. Tampoco se les pregunta dos "
            "veces",
            C);
    hs_wait_exit(hs_start_argv((struct hs_options){0}, urls), PRONTO);
    for (int i = 0; i < C; i++)
        hs_expect_eq_int(hs_format("el número de peticiones a %s", urls[i + 2]), 1,
                         hs_http_stats(rotas[i], NULL).requests);
}

HS_TEST(agregador, sigue_redirecciones)
{
    struct hs_http *web = hs_http_start(), *otro = hs_http_start();
    int c = grados();
    const char *meta = hs_random_path(), *vuelta = hs_random_path();
    const char *nada = hs_random_path();
    const char *gordo = hs_format("<html>\n%*s\n</html>", 2 * MIB, "");
    hs_http_on(otro, meta, DA(c));
    hs_http_on(web, nada, {.status = 410});
    hs_http_on(web, vuelta, {.status = 302, .location = vuelta});
    /* El último salto lleva a otro servidor, y los demás, a otra ruta del mismo. */
    const char *paso = hs_http_url(otro, meta), *diez = NULL;
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
    const char *muda = API(web, {.status = 302, .location = hs_http_refused_url("/x")});
    const char *pesada = API(
        web, {.status = 302, .location = hs_http_url(otro, meta), .body = gordo});
    hs_step("%s lleva a donde nadie atiende. %s lleva a la temperatura, y la propia "
            "redirección trae una página de más de 2 MiB",
            muda, pesada);
    struct hs_program *p = hs_start(SIN_PRISA, bien, larga, mal, bucle, muda, pesada);
    exigir_error(p, muda);
    exigir_temperatura(p, pesada, c);
    exigir_temperatura(p, bien, c);
    exigir_error(p, larga);
    exigir_error(p, mal);
    exigir_error(p, bucle);
    hs_expect_at_most("el número de peticiones a la que se redirige a sí misma", 25,
                      hs_http_stats(web, vuelta).requests);
}

/* ---- Plazos ------------------------------------------------------------------------- */

/*
 * Que nadie se rinda antes de tiempo, ni espere para siempre, ni pregunte otra vez, se exige
 * siempre. Que la buena llegue a tiempo y la que tarda no, solo se ve si la máquina no se para
 * en ese rato: basta una vez, y cada una con el doble de plazo que la anterior.
 */
HS_TEST(agregador, timeout_por_api)
{
    enum { INTENTOS = 3 };
    for (int i = 0, segundos = 1; i < INTENTOS; i++, segundos *= 2) {
        struct hs_http *web = hs_http_start(), *callan = hs_http_start();
        int c = grados(), plazo = 1000 * segundos + hs_random_between(50, 100);
        const char *a = API(callan, {.fault = HS_SILENT});
        const char *b = API(callan, {.fault = HS_SILENT});
        const char *bien = API(web, DA(c));
        const char *tarde = API(
            web, {.body = weatherapi(c), .delay_ms = 1000 * segundos + 750});
        const char *llena = url_que_no_acepta();
        hs_step("Dos API aceptan la conexión y no contestan nunca, otra ni la acepta, y "
                "otra contesta a los %d,75 s; la buena, al momento",
                segundos);
        double antes = hs_now();
        struct hs_program *p = hs_start("--timeout", hs_format("%.3f", plazo / 1e3), a,
                                        tarde, bien, llena, b);
        struct hs_exit fin = hs_wait_exit(p, plazo + PRONTO);
        exigir_error(p, llena);
        hs_expect(strlen(exigir_error(p, a)) > 1,
                  "tras ERROR debían ir un espacio y el motivo y no va nada");
        exigir_error(p, b);
        hs_expect_at_least("el tiempo hasta rendirse, en milisegundos,", plazo - 2,
                           (int64_t)(fin.ms - antes));
        hs_expect_at_most("el número de peticiones a las dos que no contestan: a "
                          "ninguna se le pregunta otra vez",
                          2, hs_http_stats(callan, NULL).requests);
        if (i == INTENTOS - 1 || (hs_find_line(p, hs_has(tarde, " ERROR"), 1) &&
                                  !hs_find_line(p, hs_has(bien, " ERROR"), 1))) {
            exigir_error(p, tarde);
            exigir_temperatura(p, bien, c);
            hs_expect_exit(p, 0, PRONTO);
            return;
        }
    }
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
    static const enum hs_framing maneras[] = {HS_SIZED, HS_CHUNKED, HS_UNTIL_CLOSE};
    enum { MANERAS = 3 };
    const char *calla[MANERAS];
    for (int i = 0; i < MANERAS; i++)
        calla[i] = API(
            web,
            {.body = cuerpo, .framing = maneras[i], .pause_at = strlen(weatherapi(c))});
    hs_step("Las demás envían el JSON entero y se callan: prometen espacios que no "
            "llegan, o no cierran");
    struct hs_program *p = hs_start("--timeout", "0.8", gotas, saltos, calla[0], calla[1],
                                    calla[2]);
    for (int i = 0; i < MANERAS; i++)
        exigir_error(p, calla[i]);
    exigir_error(p, gotas);
    exigir_error(p, saltos);
}

/*
 * Que por omisión se esperan 3 s se ve en una que no contesta: nadie se rinde antes, y quien
 * espera más llega a leer lo que otra contesta a los 5. Una máquina parada dos segundos también
 * puede leerlo: basta con que una vez no.
 */
HS_TEST(agregador, timeout_normal)
{
    enum { NORMAL = 3000, INTENTOS = 2 };
    struct hs_http *web = hs_http_start();
    int c = grados();
    const char *paciente = API(web, {.body = weatherapi(c), .delay_ms = 3400});
    hs_step("Con --timeout 60, una API tarda 3,4 s en contestar");
    struct hs_program *sin_prisa = hs_start(SIN_PRISA, paciente);
    const char *demasiado = API(web, {.body = weatherapi(c), .delay_ms = 5000});
    hs_step("Mientras, sin --timeout, el plazo es de 3 s, y otra tarda 5 s");
    struct hs_program *p = NULL;
    for (int i = 0; i < INTENTOS; i++) {
        double antes = hs_now();
        p = hs_start(demasiado);
        struct hs_exit fin = hs_wait_exit(p, 2 * PRONTO);
        if (hs_find_line(p, hs_has(demasiado, " ERROR"), 1)) {
            hs_expect_at_least(
                "el tiempo hasta rendirse, en milisegundos,: sin --timeout "
                "son 3 s",
                NORMAL - 2, (int64_t)(fin.ms - antes));
            break;
        }
    }
    exigir_error(p, demasiado);
    hs_wait_exit(sin_prisa, 2 * PRONTO);
    exigir_temperatura(sin_prisa, paciente, c);
}
