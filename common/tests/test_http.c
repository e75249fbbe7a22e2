#include "servidor.h"

TestSuite(http, .timeout = 60);

/* ---- Lo que trae una respuesta ------------------------------------------------------ */

static void atiende_completo(struct conexion *c)
{
    static const char respuesta[] =
        "HTTP/1.1 201 Creado\r\nX-Uno: 1\r\nx-dos:   dos  \r\n tres\r\nX-Uno: otra\r\n"
        "X-Vacia:\r\nContent-Length: 5\r\n\r\nab\0cd";

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
    cr_assert_str_eq(as_http_header(&r, "X-Dos"), "dos   tres", "una línea plegada");
    cr_assert_str_eq(r.headers[0], "X-Uno: 1");
    cr_assert_str_eq(r.headers[4], "Content-Length: 5");
    cr_assert_null(r.headers[5]);
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
    cr_assert_eq(rc, 0, "%s (%s)", as_strerror(rc), as_error_detail());
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
        {.url = "http://127.0.0.1/", .method = "GET / HTTP/1.1\r\nX: 1\r\n\r\n"},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("sin dos puntos")},
        {.url = "http://127.0.0.1/", .headers = TEXTOS(": sin nombre")},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("X-Truco;")},
        {.url = "http://127.0.0.1/", .headers = TEXTOS("X: 1\r\nY: colada")},
    };

    for (size_t i = 0; i < sizeof malas / sizeof *malas; i++) {
        as_http_response r = {.status = 1};
        as_http_stream *flujo = (as_http_stream *)&r;
        cr_assert_eq(as_http_send(e->http, &malas[i], &r), UV_EINVAL, "la %zu", i);
        cr_assert_gt(strlen(as_error_detail()), 0u, "falta la explicación de la %zu", i);
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

static int sin_proxy(struct entorno *e)
{
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http, no_hace_caso_de_las_variables_de_proxy)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    con_servidor(atiende_eco, sin_proxy);
}

/* ---- El cuerpo ---------------------------------------------------------------------- */

/* printf hola | gzip -n */
static const unsigned char hola_gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                          0x00, 0x03, 0xcb, 0xc8, 0xcf, 0x49, 0x04, 0x00,
                                          0x88, 0xf9, 0xa0, 0x6f, 0x04, 0x00, 0x00, 0x00};
/* Lo mismo en formato zlib, que es lo que HTTP llama deflate. */
static const unsigned char hola_deflate[] = {0x78, 0x9c, 0xcb, 0xc8, 0xcf, 0x49,
                                             0x04, 0x00, 0x04, 0x2a, 0x01, 0xa5};
/* head -c 5000 /dev/zero | gzip -n9 */
static const unsigned char ceros_gzip[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01,
    0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x0a, 0x3f, 0xa0, 0x00, 0x00, 0x00,
    0x00, 0x80, 0xb7, 0x01, 0xa8, 0x0e, 0xe5, 0xd8, 0x88, 0x13, 0x00, 0x00};

static void envia_comprimido(struct conexion *c, const char *formato, const void *datos,
                             size_t tamano, size_t anunciado)
{
    char cabeza[128];

    snprintf(cabeza, sizeof cabeza,
             "HTTP/1.1 200 B\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
             formato, anunciado);
    envia_texto(c, cabeza);
    envia(c, datos, tamano);
}

static void atiende_comprimido(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (!pide(c, "gzip"))
            responde(c, 406, "", "no admite gzip");
        else if (pide(c, "/gzip"))
            envia_comprimido(c, "gzip", hola_gzip, sizeof hola_gzip, sizeof hola_gzip);
        else if (pide(c, "/deflate"))
            envia_comprimido(c, "deflate", hola_deflate, sizeof hola_deflate,
                             sizeof hola_deflate);
        else if (pide(c, "/ceros"))
            envia_comprimido(c, "gzip", ceros_gzip, sizeof ceros_gzip, sizeof ceros_gzip);
        else if (pide(c, "/roto"))
            envia_comprimido(c, "gzip", "esto no es gzip", 15, 15);
        else
            return;
    }
}

static int comprimidos(struct entorno *e)
{
    as_http_response r;

    for (int i = 0; i < 2; i++) {
        cr_assert_eq(as_http_get(e->http, url(e->servidor, i ? "/gzip" : "/deflate"), &r),
                     0);
        cr_assert_str_eq(r.body, "hola");
        cr_assert_eq(r.body_size, 4u);
        as_http_response_clear(&r);
    }
    as_http_request ceros = {.url = url(e->servidor, "/ceros"), .max_body = 5000};
    cr_assert_eq(as_http_send(e->http, &ceros, &r), 0);
    cr_assert_eq(r.body_size, 5000u);
    as_http_response_clear(&r);
    ceros.max_body = 4999;
    cr_assert_eq(as_http_send(e->http, &ceros, &r), AS_EOVERFLOW,
                 "el límite cuenta bytes descomprimidos");
    cr_assert_eq(as_http_get(e->http, url(e->servidor, "/roto"), &r), UV_EPROTO);
    return 0;
}

PRUEBA(http, descomprime_y_el_limite_cuenta_lo_descomprimido)
{
    con_servidor(atiende_comprimido, comprimidos);
}

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
        cr_assert_gt(strlen(as_error_detail()), 0u);
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
