/* cuerpos.c: los cuerpos de los que no se puede sacar una temperatura. */
#include "tiempo.h"

HS_TEST(agregador, cuerpo_vacio)
{
    struct hs_http *web = hs_http_start();
    const char *sin = API(web, {.status = 204}), *cero = API(web, {.body = ""});
    const char *trozos = API(web, {.body = "", .framing = HS_CHUNKED});
    const char *cierre = API(web, {.body = "", .framing = HS_UNTIL_CLOSE});
    const char *blancos = API(web, {.body = " \r\n\t\n "});
    hs_step(
        "Una contesta 204, que no lleva cuerpo; otras tres, 200 con un cuerpo de cero "
        "bytes, dicho de tres maneras; y la última, unos espacios");
    struct hs_program *p = hs_start(SIN_PRISA, sin, cero, trozos, cierre, blancos);
    exigir_error(p, trozos);
    exigir_error(p, cierre);
    exigir_error(p, blancos);
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
            hs_step("%s contesta %s: «%.80s%s»", argv[j], c->que, c->cuerpo,
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
        {"claves con mayúsculas", "{\"Current\":{\"Temp_C\":21.5}}", 0},
        {"claves que solo empiezan igual", "{\"current_\":{\"temp_c\":21.5}}", 0},
        {"otra que solo empieza igual", "{\"current\":{\"temp_c2\":21.5}}", 0},
        {"el camino en una sola clave", "{\"current.temp_c\":21.5}", 0},
        {"el objeto dentro de otro", "{\"data\":{\"current\":{\"temp_c\":21.5}}}", 0},
        {"un objeto vacío", "{}", 0},
        {"un número a secas", "21.5", 0},
        {"null a secas", "null", 0},
    };
    exigir_que_fallen(casos, sizeof casos / sizeof *casos);
}

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
    const char *cabe_a_trozos = API(web, {.body = justo, .framing = HS_CHUNKED});
    const char *uno_a_trozos = API(web, {.body = pasa, .framing = HS_CHUNKED});
    hs_step("El cuerpo de %s mide 1 MiB justo: %zu bytes", cabe, strlen(justo));
    hs_step(
        "El de %s, uno más, y el de %s, más de tres MiB, sin Content-Length que lo diga "
        "antes; los dos son un JSON correcto con espacios detrás",
        uno, tres);
    hs_step("%s y %s son como los dos primeros, a trozos", cabe_a_trozos, uno_a_trozos);
    struct hs_program *p = hs_start(SIN_PRISA, cabe, uno, tres, cabe_a_trozos,
                                    uno_a_trozos);
    exigir_temperatura(p, cabe_a_trozos, c);
    exigir_error(p, uno_a_trozos);
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
