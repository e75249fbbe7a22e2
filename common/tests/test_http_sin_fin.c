/* Lo que un servidor, o un proxy, puede mandar sin acabar nunca. */
#include "servidor.h"

#include <sys/resource.h>
#include <sys/socket.h>

TestSuite(http_sin_fin, .timeout = 60);

/* Repite `texto` hasta que el cliente se va. */
static void repite(struct conexion *c, const char *texto)
{
    while (envia_texto(c, texto))
        continue;
}

static void falla(struct entorno *e, const char *direccion, int esperado,
                  const char *explicacion)
{
    as_http_response r;
    int rc = as_http_get(e->http, direccion, &r);

    cr_assert_eq(rc, esperado, "%s: %s (%s)", direccion, as_errname(rc),
                 as_error_text(rc));
    EXPLICA(rc, explicacion);
}

/* ---- Cabeceras ---------------------------------------------------------------------- */

#define CORTA "A: b\r\n"
#define LARGA                                                                            \
    "X-Larga: 0123456789012345678901234567890123456789012345678901234567890123\r\n"

#define LARGA_SIN_FIN                                                                    \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678"

static void atiende_cabeceras(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/remolque ")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "2\r\nok\r\n0\r\n");
            repite(c, LARGA);
        } else if (pide(c, "/informativas ")) {
            repite(c, "HTTP/1.1 103 Espera\r\n" LARGA "\r\n");
        } else if (pide(c, "/informativas-vacias ")) {
            repite(c, "HTTP/1.1 102 Espera\r\n\r\n");
        } else if (pide(c, "/cortas ")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\n");
            repite(c, CORTA);
        } else {
            responde_eco(c);
        }
    }
}

static int cabeceras(struct entorno *e)
{
    falla(e, url(e->servidor, "/remolque"), AS_EOVERFLOW, "cabeceras");
    falla(e, url(e->servidor, "/informativas"), AS_EOVERFLOW, "cabeceras");
    falla(e, url(e->servidor, "/informativas-vacias"), AS_EOVERFLOW, "cabeceras");
    falla(e, url(e->servidor, "/cortas"), AS_EOVERFLOW, "cabeceras");
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_sin_fin, el_remolque_y_las_informativas_cuentan_como_cabeceras)
{
    con_servidor(atiende_cabeceras, cabeceras);
}

static int remolque_de_un_flujo(struct entorno *e)
{
    as_http_request peticion = {.url = url(e->servidor, "/remolque")};
    as_http_stream *s;
    char texto[8];

    BIEN(as_http_open(e->http, &peticion, &s));
    cr_assert_eq(as_http_read(s, texto, sizeof texto), 2);
    cr_assert_eq(as_http_read(s, texto, sizeof texto), AS_EOVERFLOW);
    as_http_stream_close(s);
    return 0;
}

PRUEBA(http_sin_fin, un_flujo_entrega_su_cuerpo_y_luego_dice_que_el_remolque_no_cabe)
{
    con_servidor(atiende_cabeceras, remolque_de_un_flujo);
}

/* ---- Un trozo ------------------------------------------------------------------------ */

static void atiende_extension(struct conexion *c)
{
    if (!lee_peticion(c))
        return;
    envia_texto(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=");
    repite(c, LARGA_SIN_FIN);
}

static int extension(struct entorno *e)
{
    as_http_request peticion = {.url = url(e->servidor, "/"), .timeout_ms = 300};
    as_http_response r;
    struct rusage antes, despues;

    getrusage(RUSAGE_SELF, &antes);
    int rc = as_http_send(e->http, &peticion, &r);
    cr_assert(rc == UV_ETIMEDOUT || rc == UV_EPROTO, "%s", as_errname(rc));
    getrusage(RUSAGE_SELF, &despues);
    cr_assert_lt(despues.ru_maxrss - antes.ru_maxrss, 64 * 1024, "creció %ld KiB",
                 despues.ru_maxrss - antes.ru_maxrss);
    return 0;
}

PRUEBA(http_sin_fin, una_extension_sin_fin_no_ocupa_memoria_y_vence_su_plazo)
{
    con_servidor(atiende_extension, extension);
}

/* ---- TLS ----------------------------------------------------------------------------- */

/* Registros de TLS 1.2 sin cifrar, llenos de HelloRequest: son cuatro ceros, y un cliente que está
 * saludando no les hace caso. */
static void atiende_saludo(struct conexion *c)
{
    static char registros[64][5 + 16384];
    char hola[1024];

    for (size_t i = 0; i < sizeof registros / sizeof *registros; i++)
        memcpy(registros[i], "\x16\x03\x03\x40", 5);
    if (recv(c->fd, hola, sizeof hola, 0) <= 0)
        return;
    while (envia(c, registros, sizeof registros))
        continue;
}

static int saludo(struct entorno *e)
{
    char direccion[64];
    as_http_request peticion = {.url = direccion, .timeout_ms = 5000};
    as_http_response r;

    snprintf(direccion, sizeof direccion, "https://127.0.0.1:%d/", e->servidor->puerto);
    int rc = as_http_send(e->http, &peticion, &r);
    cr_assert_eq(rc, UV_EPROTO, "%s: %s", as_errname(rc), as_error_text(rc));
    return 0;
}

PRUEBA(http_sin_fin, un_saludo_que_no_acaba_no_para_el_bucle)
{
    con_servidor(atiende_saludo, saludo);
}

/* ---- El proxy ----------------------------------------------------------------------- */

static void atiende_tunel(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "CONNECT cuerpo.")) {
            envia_texto(c, "HTTP/1.1 407 No\r\nContent-Length: 1000000000000\r\n\r\n");
            repite(c, LARGA);
        } else if (pide(c, "CONNECT trozos.")) {
            envia_texto(c, "HTTP/1.1 407 No\r\nTransfer-Encoding: chunked\r\n\r\n");
            repite(c, "1000\r\n");
        } else if (pide(c, "CONNECT cabeceras.")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\n");
            repite(c, LARGA);
        } else if (pide(c, "CONNECT linea.")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\nX: ");
            repite(c, "0123456789");
        } else {
            cuelga(c, false);
        }
    }
}

static int tunel(struct entorno *e)
{
    char proxy[64];

    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", e->servidor->puerto);
    as_http *directo = e->http;
    BIEN(as_http_new(&(as_http_options){.proxy = proxy}, &e->http));
    falla(e, "https://cuerpo.prueba/", UV_ECONNREFUSED, "407");
    falla(e, "https://trozos.prueba/", UV_ECONNREFUSED, "407");
    falla(e, "https://cabeceras.prueba/", AS_EOVERFLOW, "proxy");
    falla(e, "https://linea.prueba/", AS_EOVERFLOW, "proxy");
    as_http_close(e->http);
    e->http = directo;
    return 0;
}

PRUEBA(http_sin_fin, un_proxy_que_no_calla_no_para_el_bucle)
{
    con_servidor(atiende_tunel, tunel);
}
