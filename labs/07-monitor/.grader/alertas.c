/* alertas.c: cuándo un sitio cae y cuándo vuelve. */
#include "sitios.h"

/* La primera alerta de `url` sale tras `n` comprobaciones, ni antes ni después. Va detrás
 * de su línea: si hay dos comprobaciones más, ya no va a salir. */
static void exigir_alerta_tras(struct hs_program *p, const char *url, int n)
{
    esperar_comprobaciones(p, n + 2, url);
    const struct hs_line *linea = hs_find_line(p, alerta(url), 1);
    if (!linea)
        hs_fail("tras %d fallos seguidos de %s debía salir una línea «ALERTA %s» y no ha "
                "salido",
                n, url, url);
    hs_step("El programa escribió: «%s»", linea->text);
    hs_expect_eq_int(
        hs_format("el número de comprobaciones de %s antes de su ALERTA", url), n,
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
    const char *casi = hs_http_url(
        web, SITIO(web, {.status = 500, .times = umbral - 1}, {.status = 200}));
    struct hs_program *p = hs_start("--intervalo", "0.1", "--umbral",
                                    hs_format("%d", umbral), casi, url);
    exigir_alerta_tras(p, url, umbral);
    esperar_comprobaciones(p, umbral + 1, casi);
    hs_expect_no_line(p, alerta(casi));
    hs_expect_no_line(p, recuperado(casi));
    const char *otra = hs_http_url(web, SITIO(web, {.status = 500}));
    hs_step("Y con --umbral 1, al primer fallo de %s, sin esperar al turno siguiente",
            otra);
    p = hs_start("--intervalo", "3600", "--umbral", "1", otra);
    const struct hs_line *linea = hs_wait_line(p, alerta(otra), PRONTO);
    hs_expect_eq_int(
        hs_format("el número de comprobaciones de %s antes de su ALERTA", otra), 1,
        comprobaciones_antes(p, otra, linea));

    enum { MUCHOS = 300 }; /* más de los que caben en un byte */
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step("Y con --umbral %d, al cabo de tantos fallos de un sitio que rechaza la "
            "conexión",
            MUCHOS);
    p = hs_start("--intervalo", "0.002", "--umbral", hs_format("%d", MUCHOS), rechaza);
    exigir_alerta_tras(p, rechaza, MUCHOS);
}

HS_TEST(monitor, cuatrocientos_cuenta_como_fallo)
{
    static const int malos[] = {400, 404, 499, 999}, buenos[] = {204, 304, 399};
    struct hs_http *web = hs_http_start();
    const char *mal[4], *bien[3];
    for (int i = 0; i < 4; i++)
        mal[i] = hs_http_url(web, SITIO(web, {.status = malos[i]}));
    for (int i = 0; i < 3; i++)
        bien[i] = hs_http_url(web, SITIO(web, {.status = buenos[i]}));
    hs_step(
        "Cuatro sitios contestan 400, 404, 499 y 999: son fallos. Otros tres, 204, 304 y "
        "399: no lo son");
    struct hs_program *p = hs_start("--intervalo", "0.1", mal[0], mal[1], mal[2], mal[3],
                                    bien[0], bien[1], bien[2]);
    for (int i = 0; i < 4; i++)
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
    hs_expect_lines(p, 1, alerta(url));
}

HS_TEST(monitor, alerta_una_vez_por_racha)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(web, SITIO(web, {.status = 500}));
    hs_step("El sitio falla siempre: es una sola racha, por larga que sea");
    struct hs_program *p = hs_start("--intervalo", "0.05", url);
    esperar_comprobaciones(p, 13, url);
    hs_expect_lines(p, 1, alerta(url));

    enum { MUCHAS = 270 }; /* más de las que caben en un byte */
    const char *rechaza = hs_http_refused_url(hs_random_path());
    hs_step("Otro rechaza la conexión %d veces: sigue siendo una racha", MUCHAS);
    p = hs_start("--intervalo", "0.002", rechaza);
    esperar_comprobaciones(p, MUCHAS, rechaza);
    hs_expect_lines(p, 1, alerta(rechaza));
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
    const char *ruta = hs_random_path(), *mas = hs_format("%sb", ruta);
    hs_http_on(web, ruta, {.status = 500, .times = 2}, {.status = 200});
    hs_http_on(web, mas, {.status = 500, .times = 2}, {.status = 200});
    const char *a = hs_http_url(web, ruta), *b = hs_http_url(web, mas);
    const char *c = hs_http_url(web, SITIO(web, {.status = 500}));
    hs_step("Dos sitios, con URL que empiezan igual, fallan dos veces y se reponen; un "
            "tercero falla siempre");
    struct hs_program *p = hs_start("--intervalo", "0.1", a, c, b);
    exigir_alerta_tras(p, c, 3);
    exigir_sin_alerta_tras(p, a, 5);
    exigir_sin_alerta_tras(p, b, 5);
}

/* Los avisos llevan la URL que se dio, y no la de la página a la que lleva. */
static void avisos_de_quien_redirige(struct hs_http *web)
{
    const char *meta = SITIO(web, {.status = 500, .times = 3}, {.status = 200});
    const char *largo = hs_http_url(
        web, SITIO_LARGO(web, MUY_LARGO, {.status = 302, .location = meta}));
    hs_step(
        "Un sitio con una URL muy larga lleva a %s, que cae y vuelve: sus avisos son con "
        "la URL que se dio",
        meta);
    struct hs_program *p = hs_start("--intervalo", "0.05", largo);
    esperar_comprobaciones(p, 6, largo);
    hs_expect_lines(p, 1, alerta(largo));
    hs_expect_lines(p, 1, recuperado(largo));
}

/* Entre la línea `n` de `url` y el aviso `n` de esa clase pasa esto. */
static double tarda_el_aviso(struct hs_program *p, const char *url, int linea,
                             struct hs_match aviso, int n)
{
    const struct hs_line *salio = hs_find_line(p, aviso, n);
    if (!salio)
        hs_fail("tras su comprobación número %d debía salir %s y no ha salido", linea,
                aviso.what);
    return salio->ms - hs_find_line(p, comprobacion(url, CUALQUIER), linea)->ms;
}

/* Los avisos no esperan al turno siguiente, y basta con verlo una vez. Con --umbral 1 los hay
 * en todos los turnos. */
static void avisos_al_momento(struct hs_http *web)
{
    enum { INTERVALO = 200, VECES = 3 };
    const char *url = hs_http_url(web, SITIO(web, {.fault = HS_RESET}, {.status = 204},
                                             {.status = 500}, {.status = 304},
                                             {.fault = HS_CUT_BODY}, {.status = 200}));
    hs_step("Cada %d ms y con --umbral 1, un sitio que falla una vez de cada dos",
            INTERVALO);
    struct hs_program *p = hs_start("--intervalo", "0.2", "--umbral", "1", url);
    esperar_comprobaciones(p, 2 * VECES + 1, url);
    double cae = 1e9, vuelve = 1e9;
    for (int i = 1; i <= VECES; i++) {
        double este = tarda_el_aviso(p, url, 2 * i - 1, alerta(url), i);
        cae = este < cae ? este : cae;
        este = tarda_el_aviso(p, url, 2 * i, recuperado(url), i);
        vuelve = este < vuelve ? este : vuelve;
    }
    hs_expect_at_most(
        "el tiempo entre la línea y su ALERTA, en milisegundos,: ¿espera al "
        "turno siguiente?",
        INTERVALO / 2, (int64_t)cae);
    hs_expect_at_most(
        "el tiempo entre la línea y su RECUPERADO, en milisegundos,: ¿espera "
        "al turno siguiente?",
        INTERVALO / 2, (int64_t)vuelve);
}

HS_TEST(monitor, recuperado)
{
    struct hs_http *web = hs_http_start();
    const char *url = hs_http_url(
        web, SITIO(web, {.status = 500, .times = 4}, {.status = 200, .times = 3},
                   {.status = 503, .times = 3}, {.status = 200},
                   {.status = 500, .times = 2}, {.status = 200}));
    const char *breve = hs_http_url(
        web, SITIO(web, {.status = 500, .times = 2}, {.status = 200}));
    hs_step(
        "%s cae (4 fallos), vuelve, cae otra vez (3) y vuelve; luego falla dos veces, "
        "que no llegan para una ALERTA, y se repone",
        url);
    hs_step("%s falla solo dos veces: no hay alerta, y por tanto nada que recuperar",
            breve);
    struct hs_program *p = hs_start("--intervalo", "0.05", url, breve);
    esperar_comprobaciones(p, 6, url);
    const struct hs_line *vuelta = hs_find_line(p, recuperado(url), 1);
    if (!vuelta)
        hs_fail("al volver %s debía salir una línea «RECUPERADO %s» y no ha salido", url,
                url);
    hs_expect_eq_int("el número de comprobaciones antes del primer RECUPERADO", 5,
                     comprobaciones_antes(p, url, vuelta));
    esperar_comprobaciones(p, 16, url);
    hs_expect_lines(p, 2, alerta(url));
    hs_expect_lines(p, 2, recuperado(url));
    esperar_comprobaciones(p, 5, breve);
    hs_expect_no_line(p, recuperado(breve));
    avisos_de_quien_redirige(web);
    avisos_al_momento(web);
}
