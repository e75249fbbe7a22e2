#include "servidor.h"

TestSuite(http_comprimido, .timeout = 60);

/* printf hola | gzip -n */
static const unsigned char hola_gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                          0x00, 0x03, 0xcb, 0xc8, 0xcf, 0x49, 0x04, 0x00,
                                          0x88, 0xf9, 0xa0, 0x6f, 0x04, 0x00, 0x00, 0x00};
/* Lo mismo en formato zlib, que es lo que HTTP llama deflate, y sin su envoltorio. */
static const unsigned char hola_deflate[] = {0x78, 0x9c, 0xcb, 0xc8, 0xcf, 0x49,
                                             0x04, 0x00, 0x04, 0x2a, 0x01, 0xa5};
static const unsigned char hola_cruda[] = {0xcb, 0xc8, 0xcf, 0x49, 0x04, 0x00};
/* head -c 5000 /dev/zero | gzip -n9 */
static const unsigned char ceros_gzip[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01,
    0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d, 0x0a, 0x3f, 0xa0, 0x00, 0x00, 0x00,
    0x00, 0x80, 0xb7, 0x01, 0xa8, 0x0e, 0xe5, 0xd8, 0x88, 0x13, 0x00, 0x00};
static const unsigned char relleno[16];

#define PARTE(nombre)                                                                    \
    {                                                                                    \
        nombre, sizeof(nombre)                                                           \
    }

static const struct caso {
    const char *ruta, *formato;
    struct {
        const void *datos;
        size_t tamano;
    } partes[3];
    int esperado;
    const char *texto; /* el cuerpo, o lo que debe decir la explicación */
} casos[] = {
    {"/gzip", "gzip", {PARTE(hola_gzip)}, 0, "hola"},
    {"/x-gzip", "X-GZip", {PARTE(hola_gzip)}, 0, "hola"},
    {"/deflate", "deflate", {PARTE(hola_deflate)}, 0, "hola"},
    {"/cruda", "deflate", {PARTE(hola_cruda)}, 0, "hola"},
    {"/nada", "identity", {PARTE("hola")}, 0, "hola"},
    {"/vacia", "gzip", {{"", 0}}, 0, ""},
    {"/dos-miembros", "gzip", {PARTE(hola_gzip), PARTE(hola_gzip)}, 0, "holahola"},
    {"/con-ceros", "gzip", {PARTE(hola_gzip), PARTE(relleno)}, 0, "hola"},
    {"/ceros-en-medio",
     "gzip",
     {PARTE(hola_gzip), PARTE(relleno), PARTE(hola_gzip)},
     0,
     "holahola"},
    {"/cortada", "gzip", {{hola_gzip, 16}}, UV_EPROTO, "le falta el final"},
    {"/sin-suma", "gzip", {{hola_gzip, 20}}, UV_EPROTO, "le falta el final"},
    {"/un-byte", "gzip", {{hola_gzip, 1}}, UV_EPROTO, "le falta el final"},
    {"/segundo-cortado",
     "gzip",
     {PARTE(hola_gzip), {hola_gzip, 12}},
     UV_EPROTO,
     "le falta el final"},
    {"/cortada-zlib", "deflate", {{hola_deflate, 9}}, UV_EPROTO, "le falta el final"},
    {"/roto", "gzip", {PARTE("esto no es gzip")}, UV_EPROTO, "mal escrito"},
    {"/con-cola", "gzip", {PARTE(hola_gzip), PARTE("cola")}, UV_EPROTO, "mal escrito"},
    {"/cola-zlib",
     "deflate",
     {PARTE(hola_deflate), PARTE("cola")},
     UV_EPROTO,
     "mal escrito"},
    {"/no-pedido", "br", {PARTE("hola")}, UV_EPROTO, "«br», que no se pidió"},
    {"/dos-cabeceras",
     "identity\r\nContent-Encoding: gzip",
     {PARTE(hola_gzip)},
     UV_EPROTO,
     "dos veces"},
    {"/doble", "gzip, gzip", {PARTE(hola_gzip)}, UV_EPROTO, "«gzip, gzip»"},
};

enum { CASOS = sizeof casos / sizeof *casos };

/* En un solo envío o, con «/a-trozos» delante, cada byte en el suyo. */
static void envia_caso(struct conexion *c, const struct caso *caso)
{
    bool a_trozos = pide(c, "GET /a-trozos/");
    char cabeza[256];
    size_t total = 0;

    for (int i = 0; i < 3; i++)
        total += caso->partes[i].tamano;
    int n = snprintf(cabeza, sizeof cabeza, "HTTP/1.1 200 B\r\nContent-Encoding: %s\r\n",
                     caso->formato);
    if (a_trozos)
        strcpy(cabeza + n, "Transfer-Encoding: chunked\r\n\r\n");
    else
        snprintf(cabeza + n, sizeof cabeza - (size_t)n, "Content-Length: %zu\r\n\r\n",
                 total);
    envia_texto(c, cabeza);
    for (int i = 0; i < 3; i++) {
        const char *datos = caso->partes[i].datos;
        for (size_t j = 0; a_trozos && j < caso->partes[i].tamano; j++) {
            envia_texto(c, "1\r\n");
            envia(c, datos + j, 1);
            envia_texto(c, "\r\n");
        }
        if (!a_trozos)
            envia(c, datos, caso->partes[i].tamano);
    }
    if (a_trozos)
        envia_texto(c, "0\r\n\r\n");
}

static void atiende_casos(struct conexion *c)
{
    while (lee_peticion(c)) {
        char *ruta = strchr(c->peticion, ' ') + 1;
        size_t largo = strcspn(ruta, " ");
        for (int i = 0; i < CASOS; i++) {
            size_t suyo = strlen(casos[i].ruta);
            if (largo >= suyo && memcmp(ruta + largo - suyo, casos[i].ruta, suyo) == 0)
                envia_caso(c, &casos[i]);
        }
    }
}

static void pide_caso(struct entorno *e, const struct caso *caso, const char *ruta)
{
    as_http_response r;
    int rc = as_http_get(e->http, url(e->servidor, ruta), &r);

    cr_assert_eq(rc, caso->esperado, "%s: %s", ruta, as_error_text(rc));
    if (rc < 0) {
        EXPLICA(rc, caso->texto);
        return;
    }
    /* «identity» deja el '\0' del texto: se compara con él. */
    cr_assert_str_eq(r.body, caso->texto, "%s", ruta);
    as_http_response_clear(&r);
}

static int de_todas_las_formas(struct entorno *e)
{
    char ruta[64];

    for (int i = 0; i < CASOS; i++) {
        pide_caso(e, &casos[i], casos[i].ruta);
        snprintf(ruta, sizeof ruta, "/a-trozos%s", casos[i].ruta);
        pide_caso(e, &casos[i], ruta);
    }
    return 0;
}

PRUEBA(http_comprimido, entero_cortado_roto_y_en_varios_miembros)
{
    con_servidor(atiende_casos, de_todas_las_formas);
}

/* ---- El límite ---------------------------------------------------------------------- */

static void atiende_ceros(struct conexion *c)
{
    const struct caso ceros = {.formato = "gzip", .partes = {PARTE(ceros_gzip)}};

    while (lee_peticion(c))
        envia_caso(c, &ceros);
}

static int al_limite(struct entorno *e)
{
    as_http_request peticion = {.url = url(e->servidor, "/"), .max_body = 5000};
    as_http_response r;

    BIEN(as_http_send(e->http, &peticion, &r));
    cr_assert_eq(r.body_size, 5000u);
    as_http_response_clear(&r);
    peticion.max_body = 4999;
    cr_assert_eq(as_http_send(e->http, &peticion, &r), AS_EOVERFLOW);
    EXPLICA(AS_EOVERFLOW, "4999 bytes");
    return 0;
}

PRUEBA(http_comprimido, el_limite_cuenta_lo_descomprimido)
{
    con_servidor(atiende_ceros, al_limite);
}

/* ---- Cuándo se pide comprimido ------------------------------------------------------ */

/* Responde, como si fuera gzip, con lo que le pidieron en Accept-Encoding. */
static void atiende_tal_cual(struct conexion *c)
{
    while (lee_peticion(c)) {
        char *valor = strcasestr(c->peticion, "Accept-Encoding: ");
        char cuerpo[64] = "";
        if (valor)
            snprintf(cuerpo, sizeof cuerpo, "%.*s", (int)strcspn(valor + 17, "\r"),
                     valor + 17);
        if (pide(c, "HEAD /"))
            envia_texto(c, "HTTP/1.1 200 B\r\nContent-Encoding: gzip\r\n"
                           "Content-Length: 500\r\n\r\n");
        else
            responde(c, 200, pide(c, "/dice-gzip") ? "Content-Encoding: gzip\r\n" : "",
                     cuerpo);
    }
}

static void pide_con(struct entorno *e, const char *ruta, const char *cabecera,
                     const char *cuerpo)
{
    const char *const cabeceras[] = {cabecera, NULL};
    as_http_request peticion = {.url = url(e->servidor, ruta), .headers = cabeceras};
    as_http_response r;

    BIEN(as_http_send(e->http, &peticion, &r));
    cr_assert_str_eq(r.body, cuerpo);
    as_http_response_clear(&r);
}

static int cuando_se_pide(struct entorno *e)
{
    pide_con(e, "/", NULL, "gzip, deflate");
    pide_con(e, "/", "Range: bytes=0-9", "identity");
    /* Quien elige el formato se encarga de él. */
    pide_con(e, "/dice-gzip", "accept-encoding: br;q=1", "br;q=1");

    as_http_request cabeza = {.url = url(e->servidor, "/"), .method = "HEAD"};
    as_http_response r;
    BIEN(as_http_send(e->http, &cabeza, &r));
    cr_assert_eq(r.body_size, 0u);
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http_comprimido, un_pedazo_no_se_pide_comprimido_y_lo_elegido_llega_tal_cual)
{
    con_servidor(atiende_tal_cual, cuando_se_pide);
}
