#include "servidor.h"

#include <netinet/in.h>
#include <unistd.h>

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

/* ---- Muchas a la vez ---------------------------------------------------------------- */

/* Nadie recibe respuesta hasta que estén dentro tantas peticiones como diga arg. */
static void atiende_barrera(struct conexion *c)
{
    struct servidor *s = c->servidor;
    int todas = *(int *)s->arg;

    while (lee_peticion(c)) {
        int ahora = atomic_fetch_add(&s->dentro, 1) + 1;
        int antes = atomic_load(&s->maximo);
        while (ahora > antes && !atomic_compare_exchange_weak(&s->maximo, &antes, ahora))
            ;
        if (ahora == todas)
            atomic_fetch_add(&s->suelta, 1);
        espera_permiso(c, (atomic_load(&s->peticiones) + todas - 1) / todas);
        atomic_fetch_sub(&s->dentro, 1);
        responde_eco(c);
    }
}

struct pedida {
    struct entorno *e;
    const char *direccion;
};

static int pide_una(void *arg)
{
    struct pedida *p = arg;

    get_correcto(p->e, p->direccion);
    return 0;
}

static int pide_a_la_vez(struct entorno *e, int cuantas)
{
    struct pedida *pedidas = calloc((size_t)cuantas, sizeof *pedidas);
    const char *direccion = url(e->servidor, "/");

    for (int i = 0; i < cuantas; i++)
        pedidas[i] = (struct pedida){e, direccion};
    int rc = as_gather_each(pide_una, pedidas, (size_t)cuantas, sizeof *pedidas, NULL);
    free(pedidas);
    return rc;
}

static int cien_a_la_vez(struct entorno *e)
{
    cr_assert_eq(pide_a_la_vez(e, 100), 0);
    cr_assert_eq(atomic_load(&e->servidor->maximo), 100);
    return 0;
}

PRUEBA(http, cien_peticiones_estan_en_vuelo_a_la_vez)
{
    int todas = 100;

    con_servidor_y(atiende_barrera, cien_a_la_vez, &todas, (as_http_options){0});
}

static int tres_cada_vez(struct entorno *e)
{
    cr_assert_eq(pide_a_la_vez(e, 30), 0);
    cr_assert_eq(atomic_load(&e->servidor->maximo), 3);
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 3);
    return 0;
}

PRUEBA(http, nunca_hay_mas_peticiones_en_vuelo_que_max_connections)
{
    int todas = 3;

    con_servidor_y(atiende_barrera, tres_cada_vez, &todas,
                   (as_http_options){.max_connections = 3});
}

static void atiende_anotando(struct conexion *c)
{
    struct diario *diario = c->servidor->arg;

    while (lee_peticion(c)) {
        anota(diario, "%.2s ", c->peticion + 5);
        responde_eco(c);
    }
}

static int por_turno(struct entorno *e)
{
    struct pedida pedidas[10];

    for (int i = 0; i < 10; i++) {
        char ruta[16];
        snprintf(ruta, sizeof ruta, "/%02d", i);
        pedidas[i] = (struct pedida){e, url(e->servidor, ruta)};
    }
    return as_gather_each(pide_una, pedidas, 10, sizeof *pedidas, NULL);
}

PRUEBA(http, quien_no_tiene_plaza_espera_su_turno)
{
    struct diario diario = {0};

    con_servidor_y(atiende_anotando, por_turno, &diario,
                   (as_http_options){.max_connections = 1});
    DIARIO_ES(&diario, "00 01 02 03 04 05 06 07 08 09 ");
}

static void *bucle_propio(void *arg)
{
    struct entorno *e = arg;

    return (void *)(intptr_t)as_run((as_fn *)e->cuerpo, e);
}

static int un_cliente_por_hilo(struct entorno *e)
{
    struct entorno suyo = *e;

    suyo.http = as_http_new(NULL);
    cr_assert_not_null(suyo.http);
    int rc = 0;
    for (int i = 0; i < 50 && rc == 0; i++) {
        as_http_response r;
        rc = as_http_get(suyo.http, e->arg, &r);
        as_http_response_clear(&r);
    }
    as_http_close(suyo.http);
    return rc;
}

PRUEBA(http, cada_hilo_puede_tener_su_bucle_y_su_cliente)
{
    struct servidor *s = servidor_abre(atiende_eco, NULL);
    struct entorno e = {
        .servidor = s, .cuerpo = un_cliente_por_hilo, .arg = (void *)url(s, "/")};
    pthread_t hilos[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&hilos[i], NULL, bucle_propio, &e);
    for (int i = 0; i < 4; i++) {
        void *rc;
        pthread_join(hilos[i], &rc);
        cr_assert_eq((intptr_t)rc, 0);
    }
    servidor_cierra(s);
}

/* ---- Conexiones que se mueren ------------------------------------------------------- */

/* La segunda petición de la primera conexión muere sin respuesta. */
static void atiende_una_y_muere(struct conexion *c)
{
    if (!lee_peticion(c))
        return;
    responde_eco(c);
    if (c->numero > 0)
        atiende_eco(c);
    else
        lee_peticion(c);
}

static int get_se_repite(struct entorno *e)
{
    get_correcto(e, url(e->servidor, "/"));
    get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 2);
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 3, "una se perdió y se repitió");
    return 0;
}

PRUEBA(http, un_get_que_muere_en_una_conexion_reutilizada_se_repite)
{
    con_servidor(atiende_una_y_muere, get_se_repite);
}

/* Cada conexión responde una vez y muere al recibir la segunda petición. */
static void atiende_una_por_conexion(struct conexion *c)
{
    if (lee_peticion(c))
        responde_eco(c);
    lee_peticion(c);
}

static int get_se_repite_siempre(struct entorno *e)
{
    enum { N = 20 };

    /* libcurl lleva la cuenta de las veces que repite, y a la sexta se rinde: la cuenta no
     * debe pasar de una petición a otra. */
    for (int i = 0; i < N; i++)
        get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 2 * N - 1);
    return 0;
}

PRUEBA(http, las_repeticiones_de_una_peticion_no_se_cuentan_en_la_siguiente)
{
    con_servidor(atiende_una_por_conexion, get_se_repite_siempre);
}

static int post_no_se_repite(struct entorno *e)
{
    as_http_response r;

    get_correcto(e, url(e->servidor, "/"));
    cr_assert_eq(as_http_post(e->http, url(e->servidor, "/"), "text/plain", "x", 1, &r),
                 UV_EOF);
    cr_assert_not_null(strstr(as_error_detail(), "no se repite"));
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 2);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http, un_post_nunca_llega_dos_veces)
{
    con_servidor(atiende_una_y_muere, post_no_se_repite);
}

static void atiende_y_cierra(struct conexion *c)
{
    if (!lee_peticion(c))
        return;
    responde_eco(c);
    cuelga(c, false);
    atomic_fetch_add(&c->servidor->suelta, 1);
}

static int conexion_ociosa_cerrada(struct entorno *e)
{
    for (int i = 0; i < 20; i++) {
        as_http_response r;
        cr_assert_eq(as_http_post(e->http, url(e->servidor, "/"), "a/b", "x", 1, &r), 0,
                     "%s", as_error_detail());
        as_http_response_clear(&r);
        espera_a(&e->servidor->suelta, i + 1);
    }
    cr_assert_eq(atomic_load(&e->servidor->peticiones), 20);
    return 0;
}

PRUEBA(http, una_conexion_ociosa_que_cerro_el_servidor_no_se_usa)
{
    con_servidor(atiende_y_cierra, conexion_ociosa_cerrada);
}

/* ---- El cliente y el bucle ---------------------------------------------------------- */

static int nadie_despierta(struct entorno *e)
{
    as_future nunca;

    get_correcto(e, url(e->servidor, "/"));
    as_future_init(&nunca);
    cr_assert_eq(as_future_wait(&nunca, NULL), UV_ECANCELED);
    return 0;
}

static int con_un_cliente(void *arg)
{
    struct entorno *e = arg;

    e->http = as_http_new(NULL);
    int rc = nadie_despierta(e);
    as_http_close(e->http);
    return rc;
}

PRUEBA(http, un_cliente_ocioso_no_esconde_un_interbloqueo)
{
    struct entorno e = {.servidor = servidor_abre(atiende_eco, NULL)};

    CORRE(con_un_cliente, &e, AS_EDEADLK);
    servidor_cierra(e.servidor);
}

static int abre_y_cierra(void *arg)
{
    (void)arg;
    as_http_close(NULL);
    for (int i = 0; i < 20; i++) {
        as_http *http = as_http_new(NULL);
        cr_assert_not_null(http);
        as_http_close(http);
    }
    return 0;
}

PRUEBA(http, un_cliente_sin_usar_se_cierra_limpio)
{
    CORRE(abre_y_cierra, NULL, 0);
}

static int cierra_con_flujo(void *arg)
{
    struct entorno *e = arg;
    as_http_stream *flujo;
    as_http_request peticion = {.url = url(e->servidor, "/")};

    e->http = as_http_new(NULL);
    if (as_http_open(e->http, &peticion, &flujo) == 0)
        as_http_close(e->http);
    return 0;
}

static void cierra_antes_de_tiempo(void)
{
    struct entorno e = {.servidor = servidor_abre(atiende_eco, NULL)};

    as_run(cierra_con_flujo, &e);
}

PRUEBA(http, cerrar_con_algo_en_marcha_se_explica_y_aborta)
{
    char salida[1024];

    en_otro_proceso(cierra_antes_de_tiempo, salida, sizeof salida);
    cr_assert_not_null(strstr(salida, "as_http_close: quedan peticiones en marcha"), "%s",
                       salida);
}

/* ---- Sockets cuyo número cambia de dueño -------------------------------------------- */

static int numeros_reciclados(struct entorno *e)
{
    as_http *otro = as_http_new(NULL), *propio = e->http;

    cr_assert_not_null(otro);
    /* Cada respuesta cierra su conexión y deja libre el número: lo toma el otro cliente. */
    for (int i = 0; i < 50; i++) {
        e->http = i % 2 ? otro : propio;
        get_correcto(e, url(e->servidor, "/"));
        cr_assert_eq(pide_a_la_vez(e, 5), 0);
    }
    e->http = propio;
    as_http_close(otro);
    return 0;
}

PRUEBA(http, dos_clientes_se_reparten_los_mismos_numeros_de_socket)
{
    con_servidor(atiende_y_cierra, numeros_reciclados);
}

/* ---- El reloj de libcurl ------------------------------------------------------------ */

/* Ocupa en [::1] el puerto del servidor y llena su cola: allí nadie contestará. */
static bool tapona_ipv6(int puerto, int sockets[5])
{
    struct sockaddr_in6 donde = {.sin6_family = AF_INET6,
                                 .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                 .sin6_port = htons((uint16_t)puerto)};

    sockets[0] = socket(AF_INET6, SOCK_STREAM, 0);
    if (sockets[0] < 0 || bind(sockets[0], (struct sockaddr *)&donde, sizeof donde) < 0)
        return false;
    cr_assert_eq(listen(sockets[0], 0), 0);
    for (int i = 1; i < 5; i++) {
        sockets[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(sockets[i], (struct sockaddr *)&donde, sizeof donde);
    }
    return true;
}

static int prueba_la_otra(struct entorno *e)
{
    int sockets[5];

    if (!tapona_ipv6(e->servidor->puerto, sockets))
        cr_skip_test("esta máquina no tiene IPv6");
    uint64_t antes = uv_hrtime();
    get_correcto(e, url_en(e->servidor, "dos.prueba", "/"));
    cr_assert_geq(uv_hrtime() - antes, 150000000u, "¿contestó ::1?");
    for (int i = 0; i < 5; i++)
        close(sockets[i]);
    return 0;
}

/* libcurl prueba la segunda dirección si en 200 ms la primera no contesta: para eso hay
 * que llamarla sin que ningún socket haya dicho nada. */
PRUEBA(http, el_reloj_de_libcurl_marcha_aunque_ningun_socket_diga_nada)
{
    con_servidor(atiende_eco, prueba_la_otra);
}
