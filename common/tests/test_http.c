#include "servidor.h"

TestSuite(http, .timeout = 60);

/* ---- Lo que trae una respuesta ------------------------------------------------------ */

static void atiende_completo(struct conexion *c)
{
    static const char respuesta[] =
        "HTTP/1.1 201 Creado\r\nX-Uno: 1\r\nx-dos:   dos  \r\n \t tres\r\nX-Uno: otra\r\n"
        "X-Vacia:\r\nRetry-After: 5 \t\r\nContent-Length: 5\r\n\r\nab\0cd";

    while (lee_peticion(c))
        envia(c, respuesta, sizeof respuesta - 1);
}

static int trae_todo(struct entorno *e)
{
    as_http_response r;
    const char *direccion = url(e->servidor, "/a?b=c");

    cr_assert_eq(as_http_get(e->http, direccion, &r), 0);
    cr_assert_eq(r.status, 201);
    cr_assert_eq(r.body_size, 5u);
    cr_assert_eq(memcmp(r.body, "ab\0cd", 6), 0, "con su cero detrás");
    cr_assert_str_eq(r.url, direccion);
    cr_assert_str_eq(as_http_header(&r, "X-UNO"), "1",
                     "la primera, sin mirar mayúsculas");
    cr_assert_str_eq(as_http_header(&r, "x-vacia"), "");
    cr_assert_null(as_http_header(&r, "X"), "un prefijo no basta");
    cr_assert_null(as_http_header(&r, "X-No"));
    cr_assert_str_eq(as_http_header(&r, "X-Dos"), "dos tres", "una línea plegada");
    cr_assert_str_eq(as_http_header(&r, "Retry-After"), "5", "sin blancos detrás");
    cr_assert_eq(as_http_retry_after(&r), 5000);
    cr_assert_str_eq(r.headers[0], "X-Uno: 1");
    cr_assert_str_eq(r.headers[5], "Content-Length: 5");
    cr_assert_null(r.headers[6]);
    as_http_response_clear(&r);
    as_http_response_clear(&r);
    cr_assert_null(r.body);
    cr_assert_null(as_http_header(&r, "X-Uno"));
    return 0;
}

PRUEBA(http, trae_estado_cabeceras_cuerpo_y_url)
{
    con_servidor(atiende_completo, trae_todo);
}

static void atiende_estados(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/204"))
            envia_texto(c, "HTTP/1.1 204 Nada\r\n\r\n");
        else if (pide(c, "/404"))
            responde(c, 404, "", "no esta");
        else if (pide(c, "/500"))
            responde(c, 500, "", "");
        else if (pide(c, "/avisos"))
            envia_texto(c, "HTTP/1.1 103 Pistas\r\nX-Aviso: si\r\n\r\n"
                           "HTTP/1.1 200 Bien\r\nContent-Length: 2\r\n\r\nok");
        else if (pide(c, "/trozos"))
            envia_texto(c, "HTTP/1.1 200 Bien\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nuno\r\n4\r\ndos!\r\n0\r\nX-Cola: si\r\n\r\n");
        else
            return;
    }
}

static int estados(struct entorno *e)
{
    static const struct {
        const char *ruta;
        int estado;
        const char *cuerpo;
    } casos[] = {{"/204", 204, ""},
                 {"/404", 404, "no esta"},
                 {"/500", 500, ""},
                 {"/avisos", 200, "ok"},
                 {"/trozos", 200, "unodos!"}};

    for (size_t i = 0; i < sizeof casos / sizeof *casos; i++) {
        as_http_response r;
        cr_assert_eq(as_http_get(e->http, url(e->servidor, casos[i].ruta), &r), 0);
        cr_assert_eq(r.status, casos[i].estado);
        cr_assert_str_eq(r.body, casos[i].cuerpo);
        cr_assert_eq(r.body_size, strlen(casos[i].cuerpo));
        cr_assert_null(as_http_header(&r, "X-Aviso"), "es de otra respuesta");
        cr_assert_null(as_http_header(&r, "X-Cola"), "va detrás del cuerpo");
        as_http_response_clear(&r);
    }
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1, "la conexión se reutiliza");
    return 0;
}

PRUEBA(http, un_404_no_es_un_error_y_la_conexion_se_reutiliza)
{
    con_servidor(atiende_estados, estados);
}

/* ---- Lo que se envía ---------------------------------------------------------------- */

/* El servidor devuelve la petición tal como la recibió. */
static void comprueba_eco(struct entorno *e, const as_http_request *peticion,
                          const char *const *contiene, const char *const *no_contiene)
{
    as_http_response r;
    as_http_request copia = *peticion;

    copia.url = url(e->servidor, "/eco");
    int rc = as_http_send(e->http, &copia, &r);
    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    for (; contiene && *contiene; contiene++)
        cr_assert_not_null(strcasestr(r.body, *contiene), "falta «%s» en:\n%s", *contiene,
                           r.body);
    for (; no_contiene && *no_contiene; no_contiene++)
        cr_assert_null(strcasestr(r.body, *no_contiene), "sobra «%s» en:\n%s",
                       *no_contiene, r.body);
    as_http_response_clear(&r);
}

#define TEXTOS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int metodos(struct entorno *e)
{
    comprueba_eco(e, &(as_http_request){0},
                  TEXTOS("GET /eco HTTP/1.1\r\n", "User-Agent: asinc\r\n", "Accept: */*",
                         "Accept-Encoding: "),
                  TEXTOS("Content-", "Transfer-"));
    comprueba_eco(e, &(as_http_request){.body = "hola", .body_size = 4},
                  TEXTOS("POST /eco", "Content-Length: 4\r\n", "\r\n\r\nhola"),
                  TEXTOS("Content-Type", "Expect"));
    comprueba_eco(e, &(as_http_request){.method = "DELETE"}, TEXTOS("DELETE /eco"),
                  TEXTOS("Content-"));
    comprueba_eco(e, &(as_http_request){.method = "POST"},
                  TEXTOS("POST /eco", "Content-Length: 0\r\n"), NULL);
    comprueba_eco(e, &(as_http_request){.method = "PUT"},
                  TEXTOS("PUT /eco", "Content-Length: 0\r\n"), NULL);
    comprueba_eco(e,
                  &(as_http_request){.method = "PATCH",
                                     .headers = TEXTOS("Content-Type: text/x"),
                                     .body = "xy",
                                     .body_size = 2},
                  TEXTOS("PATCH /eco", "Content-Type: text/x\r\n", "\r\n\r\nxy"),
                  TEXTOS("urlencoded"));
    comprueba_eco(
        e,
        &(as_http_request){.headers = TEXTOS("X-Mia: 1", "User-Agent: otro", "Accept:")},
        TEXTOS("GET /eco", "X-Mia: 1\r\n", "User-Agent: otro\r\n"),
        TEXTOS("Accept:", "asinc"));
    comprueba_eco(e, &(as_http_request){0}, TEXTOS("GET /eco", "Accept: */*"),
                  TEXTOS("X-Mia", "Content-"));
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1);
    return 0;
}

PRUEBA(http, cada_metodo_envia_lo_suyo_y_nada_de_la_peticion_anterior)
{
    con_servidor(atiende_eco, metodos);
}

static int vacias(struct entorno *e)
{
    comprueba_eco(e,
                  &(as_http_request){.headers = TEXTOS("X-Vacia:", "X-Llena: 1",
                                                       "X-Blanca: \t", "Cookie:")},
                  TEXTOS("\r\nX-Vacia:\r\n", "\r\nX-Llena: 1\r\n", "\r\nX-Blanca:\r\n",
                         "\r\nCookie:\r\n"),
                  NULL);
    /* Las que se envían sin pedirlas no llegan vacías: no llegan. */
    comprueba_eco(
        e,
        &(as_http_request){.headers = TEXTOS("Accept: ", "user-agent:", "X-Vacia:",
                                             "Accept-Encoding:", "Content-Type:"),
                           .body = "hola",
                           .body_size = 4},
        TEXTOS("\r\nX-Vacia:\r\n", "\r\n\r\nhola"),
        TEXTOS("Accept", "User-Agent", "Content-Type"));
    return 0;
}

PRUEBA(http, una_cabecera_sin_valor_llega_vacia)
{
    con_servidor(atiende_eco, vacias);
}

static void atiende_otra_vuelta(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "GET /eco"))
            responde_eco(c);
        else
            envia_texto(c,
                        "HTTP/1.1 302 B\r\nLocation: /eco\r\nContent-Length: 0\r\n\r\n");
    }
}

static int vacias_tras_redirigir(struct entorno *e)
{
    as_http_response r;
    as_http_request peticion = {
        .url = url(e->servidor, "/"),
        .headers = TEXTOS("X-Vacia:", "Content-Language:", "X-B:"),
        .body = "hola",
        .body_size = 4};

    int rc = as_http_send(e->http, &peticion, &r);
    cr_assert_eq(rc, 0, "%s", as_error_text(rc));
    cr_assert_not_null(strstr(r.body, "\r\nX-Vacia:\r\nX-B:\r\n"), "%s", r.body);
    cr_assert_null(strstr(r.body, "Content-Language"), "%s", r.body);
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http, una_cabecera_sin_valor_sigue_a_las_redirecciones)
{
    con_servidor(atiende_otra_vuelta, vacias_tras_redirigir);
}

static void atiende_head(struct conexion *c)
{
    while (lee_peticion(c))
        envia_texto(c, pide(c, "HEAD /")
                           ? "HTTP/1.1 200 B\r\nContent-Length: 999\r\n\r\n"
                           : "HTTP/1.1 200 B\r\nContent-Length: 1\r\n\r\nx");
}

static int head(struct entorno *e)
{
    for (int i = 0; i < 2; i++) {
        as_http_response r;
        as_http_request peticion = {.url = url(e->servidor, "/"), .method = "HEAD"};
        cr_assert_eq(as_http_send(e->http, &peticion, &r), 0);
        cr_assert_eq(r.body_size, 0u);
        cr_assert_str_eq(as_http_header(&r, "Content-Length"), "999");
        as_http_response_clear(&r);
        get_correcto(e, url(e->servidor, "/"));
    }
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1);
    return 0;
}

PRUEBA(http, head_no_espera_cuerpo)
{
    con_servidor(atiende_head, head);
}

/* A un HEAD no se le responde con cuerpo, pero hay quien lo hace: a la vez que las
 * cabeceras o después. */
static void atiende_head_con_cuerpo(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (!pide(c, "HEAD /")) {
            responde_eco(c);
            continue;
        }
        envia_texto(c, pide(c, "/junto")
                           ? "HTTP/1.1 200 B\r\nContent-Length: 4\r\n\r\nhola"
                           : "HTTP/1.1 200 B\r\nContent-Length: 4\r\n\r\n");
        if (pide(c, "/luego")) {
            espera_permiso(c, 1);
            envia_texto(c, "hola");
            atomic_fetch_add(&c->servidor->dentro, 1);
        }
    }
}

static int head_con_cuerpo(struct entorno *e)
{
    as_http_response r;
    as_http_request peticion = {.method = "HEAD", .timeout_ms = 20000};

    peticion.url = url(e->servidor, "/junto");
    BIEN(as_http_send(e->http, &peticion, &r));
    cr_assert_eq(r.body_size, 0u);
    as_http_response_clear(&r);
    get_correcto(e, url(e->servidor, "/"));

    peticion.url = url(e->servidor, "/luego");
    BIEN(as_http_send(e->http, &peticion, &r));
    as_http_response_clear(&r);
    atomic_store(&e->servidor->suelta, 1);
    espera_a(&e->servidor->dentro, 1);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http, un_cuerpo_de_mas_tras_un_head_no_se_toma_por_otra_respuesta)
{
    con_servidor(atiende_head_con_cuerpo, head_con_cuerpo);
}

static int post_grande(struct entorno *e)
{
    enum { TAMANO = 3 << 20 };
    char *cuerpo = malloc(TAMANO);
    as_http_response r;

    for (int i = 0; i < TAMANO; i++)
        cuerpo[i] = (char)(i * 7 + i / 251);
    cr_assert_eq(as_http_post(e->http, url(e->servidor, "/"), "application/x-prueba",
                              cuerpo, TAMANO, &r),
                 0);
    cr_assert_not_null(strstr(r.body, "Content-Type: application/x-prueba\r\n"));
    cr_assert_null(strstr(r.body, "Expect"), "pararía un segundo a esperar permiso");
    cr_assert_eq(memcmp(r.body + r.body_size - TAMANO, cuerpo, TAMANO), 0);
    as_http_response_clear(&r);
    free(cuerpo);
    return 0;
}

PRUEBA(http, un_post_de_megas_llega_entero)
{
    con_servidor(atiende_eco, post_grande);
}

static int peticiones_malas(struct entorno *e)
{
    const as_http_request malas[] = {
        {.url = NULL},
        {.url = ""},
        {.url = "127.0.0.1/sin/esquema"},
        {.url = "ftp://127.0.0.1/"},
        {.url = "file:///etc/passwd"},
        {.url = "http://"},
        {.url = "http://127.0.0.1:99999/"},
        {.url = "http://con espacio/"},
        {.url = "http://127.0.0.1/", .method = "GE T"},
        {.url = "http://127.0.0.1/", .method = ""},
        {.url = "http://127.0.0.1/", .method = "HEAD", .body = "x", .body_size = 1},
        {.url = "http://127.0.0.1/", .method = "GET / HTTP/1.1\r\nX: 1\r\n\r\n"},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("sin dos puntos")},
        {.url = "http://127.0.0.1/", .headers = TEXTOS(": sin nombre")},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("X-Truco;")},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("X: 1\r\nY: colada")},
        /* Lo que sobra sería, para el servidor, otra petición. */
        {.url = "http://127.0.0.1/",
         .headers = TEXTOS("content-length: 3"),
         .body = "0123456789",
         .body_size = 10},
        {.url = "http://127.0.0.1/",
         .headers = TEXTOS("Content-Length:"),
         .body = "0",
         .body_size = 1},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("Content-Length: 3")},
        {.url = "http://127.0.0.1/",
         .headers = TEXTOS("Transfer-Encoding: gzip"),
         .body = "0",
         .body_size = 1},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("Transfer-Encoding: chunked")},
    };

    for (size_t i = 0; i < sizeof malas / sizeof *malas; i++) {
        as_http_response r = {.status = 1};
        as_http_stream *flujo = (as_http_stream *)&r;
        cr_assert_eq(as_http_send(e->http, &malas[i], &r), UV_EINVAL, "la %zu", i);
        cr_assert_str_neq(as_error_text(UV_EINVAL), as_strerror(UV_EINVAL),
                          "falta la explicación de la %zu", i);
        cr_assert_eq(r.status, 0);
        cr_assert_null(r.body);
        cr_assert_eq(as_http_open(e->http, &malas[i], &flujo), UV_EINVAL);
        cr_assert_null(flujo);
    }
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http, una_peticion_mal_escrita_se_rechaza_con_explicacion)
{
    con_servidor(atiende_eco, peticiones_malas);
}

static int agente_malo(void *arg)
{
    as_http *http = arg;

    cr_assert_eq(as_http_new(&(as_http_options){.user_agent = "yo\r\nX: colada"}, &http),
                 UV_EINVAL);
    cr_assert_null(http);
    cr_assert_not_null(strstr(as_error_text(UV_EINVAL), "user_agent"));
    return 0;
}

PRUEBA(http, un_user_agent_no_cuela_cabeceras)
{
    CORRE(agente_malo, NULL, 0);
}

/* ---- El cuerpo ---------------------------------------------------------------------- */

enum { LIMITE = 100 * 1000 };

static void atiende_tamanos(struct conexion *c)
{
    static char relleno[LIMITE + 1];

    while (lee_peticion(c)) {
        size_t tamano = pide(c, "/justo") ? LIMITE : LIMITE + 1;
        char cabeza[128];
        if (pide(c, "anunciado"))
            snprintf(cabeza, sizeof cabeza,
                     "HTTP/1.1 200 B\r\nContent-Length: %zu\r\n\r\n", tamano);
        else
            snprintf(cabeza, sizeof cabeza,
                     "HTTP/1.1 200 B\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
                     tamano);
        envia_texto(c, cabeza);
        envia(c, relleno, tamano);
        if (!pide(c, "anunciado"))
            envia_texto(c, "\r\n0\r\n\r\n");
    }
}

static int tamanos(struct entorno *e)
{
    as_http_response r;

    for (int i = 0; i < 2; i++) {
        cr_assert_eq(
            as_http_get(e->http, url(e->servidor, i ? "/justo/anunciado" : "/justo"), &r),
            0);
        cr_assert_eq(r.body_size, (size_t)LIMITE);
        as_http_response_clear(&r);
        cr_assert_eq(as_http_get(e->http,
                                 url(e->servidor, i ? "/pasado/anunciado" : "/pasado"),
                                 &r),
                     AS_EOVERFLOW);
        cr_assert_null(r.body);
    }
    as_http_request suya = {.url = url(e->servidor, "/pasado"), .max_body = LIMITE + 1};
    cr_assert_eq(as_http_send(e->http, &suya, &r), 0, "su límite gana al del cliente");
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http, el_cuerpo_cabe_justo_hasta_el_limite)
{
    con_servidor_y(atiende_tamanos, tamanos, NULL, (as_http_options){.max_body = LIMITE});
}
