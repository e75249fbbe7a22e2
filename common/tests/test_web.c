#include "web_banco.h"

TestSuite(web, .timeout = 60);

/* ---- Rutas -------------------------------------------------------------------------- */

static int dice_patron(as_web_request *p, const char *nombre)
{
    const char *id = as_web_param(p, "id"), *b = as_web_param(p, "b");

    return as_web_reply_text(p, 200, "%s[%s][%s]", nombre, id ? id : "", b ? b : "");
}

#define DICE(nombre)                                                                     \
    static int atiende_##nombre(as_web_request *p, void *arg)                            \
    {                                                                                    \
        (void)arg;                                                                       \
        return dice_patron(p, #nombre);                                                  \
    }
DICE(raiz)
DICE(yo)
DICE(uno)
DICE(pedidos)
DICE(ab)
DICE(ax)
DICE(barra)
DICE(crea)

static void rutas_varias(struct banco *b)
{
    ruta(b, "GET", "/", atiende_raiz);
    ruta(b, "GET", "/usuarios/{id}", atiende_uno);
    ruta(b, "GET", "/usuarios/yo", atiende_yo);
    ruta(b, "GET", "/usuarios/{id}/pedidos", atiende_pedidos);
    ruta(b, "GET", "/{id}/{b}/c", atiende_ab);
    ruta(b, "GET", "/a/{b}/{id}", atiende_ax);
    ruta(b, "GET", "/usuarios/", atiende_barra);
    ruta(b, "POST", "/usuarios/yo", atiende_crea);
    ruta(b, "PUT", "/usuarios/{id}", atiende_crea);
}

static int encuentra(struct banco *b)
{
    get_es(b, "/", 200, "raiz[][]");
    get_es(b, "", 200, "raiz[][]");
    get_es(b, "/usuarios/7", 200, "uno[7][]");
    get_es(b, "/usuarios/yo", 200, "yo[][]");
    get_es(b, "/usuarios/yoyo", 200, "uno[yoyo][]");
    get_es(b, "/usuarios/yo/pedidos", 200, "pedidos[yo][]");
    get_es(b, "/usuarios/", 200, "barra[][]");
    get_es(b, "/usuarios", 404, "no existe esta ruta");
    get_es(b, "/usuarios/7/", 404, NULL);
    get_es(b, "/usuarios//pedidos", 404, NULL);
    get_es(b, "/Usuarios/7", 404, NULL);
    get_es(b, "/x/y/c", 200, "ab[x][y]");
    get_es(b, "/a/y/c", 200, "ax[c][y]"); /* el texto que antes aparece, gana */
    pide_y_espera(b, "PUT", "/usuarios/yo", "x", 200, "crea[yo][]");
    return 0;
}

PRUEBA(web, la_ruta_mas_concreta_gana_en_cualquier_orden)
{
    con_banco(rutas_varias, encuentra, (as_web_options){0});
}

static int decodifica(struct banco *b)
{
    get_es(b, "/usuarios/Mar%C3%ADa%20L", 200, "uno[María L][]");
    get_es(b, "/usuarios/a%2Fb", 200, "uno[a/b][]");
    get_es(b, "/usuarios/a+b", 200, "uno[a+b][]"); /* en la ruta, + es + */
    get_es(b, "/usuarios/%y%4", 200, "uno[%y%4][]");
    get_es(b, "/usuarios/%79o", 200, "yo[][]");
    get_es(b, "/usuarios/a%00b", 400, "%00");
    get_es(b, "/usuarios/a?b=%00", 400, "%00");
    get_es(b, "/usuarios/%7Bid%7D", 200, "uno[{id}][]");
    return 0;
}

PRUEBA(web, decodifica_la_ruta_despues_de_trocearla)
{
    con_banco(rutas_varias, decodifica, (as_web_options){0});
}

static void exige_allow(struct banco *b, const char *metodo, const char *camino,
                        const char *permitidos)
{
    as_http_response r = pide_con(b, metodo, camino, NULL, 0);

    cr_assert_eq(r.status, 405, "%s %s: %d", metodo, camino, r.status);
    cr_assert_str_eq(as_http_header(&r, "Allow"), permitidos);
    as_http_response_clear(&r);
}

static int rechaza_metodos(struct banco *b)
{
    exige_allow(b, "DELETE", "/", "GET, HEAD, OPTIONS");
    exige_allow(b, "DELETE", "/usuarios/yo", "PUT, POST, GET, HEAD, OPTIONS");
    exige_allow(b, "POST", "/usuarios/7", "PUT, GET, HEAD, OPTIONS");
    exige_allow(b, "get", "/", "GET, HEAD, OPTIONS");
    return 0;
}

PRUEBA(web, dice_que_metodos_admite_una_ruta)
{
    con_banco(rutas_varias, rechaza_metodos, (as_web_options){0});
}

static int atiende_head(as_web_request *p, void *arg)
{
    (void)arg;
    int rc = as_web_reply_header(p, "X-Mio", "si");
    return rc < 0 ? rc : as_web_reply_text(p, 200, "no se ve");
}

static void rutas_head(struct banco *b)
{
    ruta(b, "GET", "/", atiende_raiz);
    ruta(b, "GET", "/propio", atiende_raiz);
    ruta(b, "HEAD", "/propio", atiende_head);
}

static int pide_head(struct banco *b)
{
    as_http_response r = pide_con(b, "HEAD", "/", NULL, 0);

    cr_assert_eq(r.status, 200);
    cr_assert_eq(r.body_size, 0u);
    cr_assert_str_eq(as_http_header(&r, "Content-Length"), "8");
    as_http_response_clear(&r);
    r = pide_con(b, "HEAD", "/propio", NULL, 0);
    cr_assert_str_eq(as_http_header(&r, "X-Mio"), "si");
    cr_assert_eq(r.body_size, 0u);
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(web, quien_atiende_get_atiende_head)
{
    con_banco(rutas_head, pide_head, (as_web_options){0});
}

static void sin_rutas(struct banco *b)
{
    static const char *const malos[] = {"",      "usuarios", "/{",     "/{}",   "/a{b}",
                                        "/{a}b", "/}",       "/{a/b}", "/{{a}}"};

    for (size_t i = 0; i < sizeof malos / sizeof *malos; i++)
        cr_assert_eq(as_web_route(b->servidor, "GET", malos[i], atiende_raiz, NULL),
                     UV_EINVAL, "«%s»", malos[i]);
    cr_assert_eq(as_web_route(b->servidor, "get", "/", atiende_raiz, NULL), UV_EINVAL);
    cr_assert_eq(as_web_route(b->servidor, "", "/", atiende_raiz, NULL), UV_EINVAL);
    ruta(b, "GET", "/a/{x}/b", atiende_raiz);
    ruta(b, "POST", "/a/{x}/b", atiende_raiz);
    cr_assert_eq(as_web_route(b->servidor, "GET", "/a/{y}/b", atiende_raiz, NULL),
                 UV_EEXIST);
    cr_assert_str_eq(as_error_text(UV_EEXIST), "«GET /a/{y}/b» choca con «/a/{x}/b»");
}

static int declara_tarde(struct banco *b)
{
    get_es(b, "/", 404, NULL);
    cr_assert_eq(as_web_route(b->servidor, "GET", "/", atiende_raiz, NULL), UV_EINVAL);
    return 0;
}

PRUEBA(web, rechaza_patrones_que_no_entiende)
{
    con_banco(sin_rutas, declara_tarde, (as_web_options){0});
}

/* ---- Consulta, cabeceras y cuerpo --------------------------------------------------- */

static int dice_consulta(as_web_request *p, void *arg)
{
    const char *a = as_web_query(p, "a"), *b = as_web_query(p, "b c");

    (void)arg;
    return as_web_reply_text(p, 200, "%s %s <%s><%s>", as_web_method(p), as_web_path(p),
                             a ? a : "NULL", b ? b : "NULL");
}

static int suma(as_web_request *p, void *arg)
{
    int64_t a, b;

    (void)arg;
    int rc = as_web_int(p, "a", &a);
    if (rc == 0)
        rc = as_web_int(p, "b", &b);
    return rc < 0 ? rc : as_web_reply_json(p, 200, json_integer(a + b));
}

static void rutas_consulta(struct banco *b)
{
    ruta(b, "GET", "/consulta", dice_consulta);
    ruta(b, "GET", "/suma/{a}", suma);
}

static int consulta(struct banco *b)
{
    get_es(b, "/consulta", 200, "GET /consulta <NULL><NULL>");
    get_es(b, "/consulta?", 200, "GET /consulta <NULL><NULL>");
    get_es(b, "/consulta?a=1&a=2", 200, "<1><NULL>");
    get_es(b, "/consulta?b%20c=x%26y%3D+z&a=", 200, "<><x&y= z>");
    get_es(b, "/consulta?a", 200, "<><NULL>");
    get_es(b, "/consulta?a=%C3%B1%", 200, "<ñ%><NULL>");
    get_es(b, "/consulta?a=b=c", 200, "<b=c>");
    get_es(b, "/suma/2?b=-5", 200, "-3");
    get_es(b, "/suma/2?b=9223372036854775808", 422, "«b» tiene que ser un entero");
    get_es(b, "/suma/2x?b=1", 422, "«a» tiene que ser un entero");
    get_es(b, "/suma/%201?b=1", 422, "«a»");
    get_es(b, "/suma/2?b=", 422, "«b»");
    get_es(b, "/suma/2", 422, "falta «b»");
    return 0;
}

PRUEBA(web, lee_la_consulta_y_sus_enteros)
{
    con_banco(rutas_consulta, consulta, (as_web_options){0});
}

static int eco(as_web_request *p, void *arg)
{
    size_t n;
    const char *cuerpo = as_web_body(p, &n);

    (void)arg;
    cr_assert_eq(cuerpo[n], '\0');
    cr_assert_null(as_web_header(p, "X-No"));
    cr_assert_str_eq(as_web_header(p, "HOST"), as_web_header(p, "host"));
    return as_web_reply(p, 200, as_web_header(p, "Content-Type"), cuerpo, n);
}

static int eco_json(as_web_request *p, void *arg)
{
    json_t *json;

    (void)arg;
    int rc = as_web_json(p, &json);
    return rc < 0 ? rc : as_web_reply_json(p, 201, json);
}

static void rutas_eco(struct banco *b)
{
    ruta(b, "POST", "/eco", eco);
    ruta(b, "POST", "/json", eco_json);
}

static void eco_de(struct banco *b, const char *datos, size_t n)
{
    as_http_response r = pide_con(b, "POST", "/eco", datos, n);

    cr_assert_eq(r.status, 200, "%d con %zu bytes", r.status, n);
    cr_assert_eq(r.body_size, n);
    cr_assert_eq(memcmp(r.body, datos, n), 0);
    as_http_response_clear(&r);
}

static int cuerpos(struct banco *b)
{
    enum { MEGA = 1 << 20 };
    char *mega = malloc(MEGA + 1);

    for (int i = 0; i <= MEGA; i++)
        mega[i] = (char)(i * 7 >> 3);
    eco_de(b, "a\0b", 3);
    eco_de(b, "", 0);
    eco_de(b, mega, MEGA);
    as_http_response r = pide_con(b, "POST", "/eco", mega, MEGA + 1);
    cr_assert_eq(r.status, 413);
    CONTIENE(r.body, "el cuerpo pasa de 1048576 bytes");
    as_http_response_clear(&r);
    eco_de(b, "sigue", 5);
    free(mega);
    return 0;
}

PRUEBA(web, el_cuerpo_llega_entero_o_es_un_413)
{
    con_banco(rutas_eco, cuerpos, (as_web_options){0});
}

static void anida(char *texto, int niveles)
{
    memset(texto, '[', (size_t)niveles);
    memset(texto + niveles, ']', (size_t)niveles);
    texto[2 * niveles] = '\0';
}

static int jsones(struct banco *b)
{
    char hondo[8192];

    pide_y_espera(b, "POST", "/json", "{\"a\": [1, \"ñ\"]}", 201, "{\"a\":[1,\"ñ\"]}");
    pide_y_espera(b, "POST", "/json", "null", 201, "null");
    pide_y_espera(b, "POST", "/json", "\"[[\\\"[\"", 201, "[[");
    pide_y_espera(b, "POST", "/json", "{\"a\": 1,\n}", 400, "línea 2, columna 1");
    pide_y_espera(b, "POST", "/json", "{} {}", 400, "no es JSON válido");
    pide_y_espera(b, "POST", "/json", "\"\xff\"", 400, "no es JSON válido");
    pide_y_espera(b, "POST", "/json", "[\xff]", 400, "no es JSON válido");
    pide_y_espera(b, "POST", "/json", "", 400, "falta el cuerpo");
    pide_y_espera(b, "POST", "/json", NULL, 400, "falta el cuerpo");
    anida(hondo, 100);
    pide_y_espera(b, "POST", "/json", hondo, 201, hondo);
    anida(hondo, 101);
    pide_y_espera(b, "POST", "/json", hondo, 400, "más de 100 niveles");
    anida(hondo, 4000);
    pide_y_espera(b, "POST", "/json", hondo, 400, "más de 100 niveles");
    return 0;
}

PRUEBA(web, el_json_roto_es_un_400_que_dice_donde)
{
    con_banco(rutas_eco, jsones, (as_web_options){0});
}

/* ---- Escuchar ----------------------------------------------------------------------- */

static int escucha(void *arg)
{
    as_web *a, *b;

    (void)arg;
    cr_assert_eq(as_web_new(NULL, &a), 0);
    cr_assert_gt(as_web_port(a), 0);
    as_web_options igual = {.port = as_web_port(a)};
    cr_assert_eq(as_web_new(&igual, &b), UV_EADDRINUSE);
    cr_assert_null(b);
    CONTIENE(as_error_text(UV_EADDRINUSE), "no se puede escuchar en el puerto");
    igual = (as_web_options){.host = "203.0.113.1"};
    cr_assert_eq(as_web_new(&igual, &b), UV_EADDRNOTAVAIL);
    igual = (as_web_options){.port = 70000};
    cr_assert_eq(as_web_new(&igual, &b), UV_EINVAL);
    igual = (as_web_options){.max_head = 10};
    cr_assert_eq(as_web_new(&igual, &b), UV_EINVAL);
    igual = (as_web_options){.client_timeout_ms = -1};
    cr_assert_eq(as_web_new(&igual, &b), UV_EINVAL);
    as_web *paciente;
    igual = (as_web_options){.client_timeout_ms = INT64_MAX};
    cr_assert_eq(as_web_new(&igual, &paciente), 0);
    as_web_close(paciente);
    igual = (as_web_options){.max_body = SIZE_MAX};
    cr_assert_eq(as_web_new(&igual, &b), UV_EINVAL);
    igual = (as_web_options){.host = "::1"};
    cr_assert_eq(as_web_new(&igual, &b), 0);
    as_web_close(b);
    as_web_close(a);
    as_web_close(NULL);
    return 0;
}

PRUEBA(web, explica_por_que_no_puede_escuchar)
{
    CORRE(escucha, NULL, 0);
}
