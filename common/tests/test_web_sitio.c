#include "web_banco.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Quien ocupa el servidor sin pedir nada que valga: callado, o enviando sin fin. */
TestSuite(web_sitio, .timeout = 60);

#define GET(camino) "GET " camino " HTTP/1.1\r\nHost: x\r\n\r\n"

static int saluda(as_web_request *p, void *arg)
{
    (void)arg;
    return as_web_reply_text(p, 200, "hola %s", as_web_param(p, "n"));
}

/* Mientras espera, el servidor mira la red. */
static int cede(as_web_request *p, void *arg)
{
    (void)arg;
    int rc = as_sleep(0);
    return rc < 0 ? rc : as_web_reply_text(p, 200, "cedí");
}

static void rutas(struct banco *b)
{
    ruta(b, "GET", "/cede", cede);
    ruta(b, "GET", "/hola/{n}", saluda);
}

static int calladas(struct banco *b)
{
    char texto[1024];
    as_stream *a = conecta(b), *c = conecta(b), *d = conecta(b);

    pide_y_recibe(d, GET("/hola/d"), "hola d"); /* cede la que lleva más tiempo callada */
    lee_hasta_cierre(a, texto, sizeof texto);
    cr_assert_str_eq(texto, "");
    as_stream_close(a);

    manda(c, "GET /ho"); /* ya está en medio de una petición: cede la otra */
    a = conecta(b);
    pide_y_recibe(a, GET("/hola/a"), "hola a");
    lee_hasta_cierre(d, texto, sizeof texto);
    pide_y_recibe(c, "la/c HTTP/1.1\r\nHost: x\r\n\r\n", "hola c");
    as_stream_close(a);
    as_stream_close(c);
    as_stream_close(d);
    return 0;
}

PRUEBA(web_sitio, la_que_nunca_pidio_nada_deja_sitio_a_una_nueva)
{
    con_banco(rutas, calladas,
              (as_web_options){.client_timeout_ms = 60000, .max_connections = 2});
}

static int responde(struct banco *b)
{
    get_es(b, "/hola/1", 200, "hola 1");
    return 0;
}

PRUEBA(web_sitio, con_un_plazo_enorme_nadie_se_queda_sin_respuesta)
{
    con_banco(rutas, responde, (as_web_options){.client_timeout_ms = INT64_MAX});
}

enum { BLOQUE = 1 << 20, BLOQUES = 256, ADMISIBLE = 100 };

/* Cuánto se traga quien ya ha dicho que no. */
static int sube_sin_fin(struct banco *b)
{
    char *bytes = calloc(1, BLOQUE);
    as_stream *s = conecta(b);
    int enviados = 0;

    manda(s, "POST /hola/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n");
    while (enviados < BLOQUES && as_write(s, bytes, BLOQUE) == 0)
        enviados++;
    cr_assert_lt(enviados, ADMISIBLE, "se ha tragado %d MiB tras el 413", enviados);
    as_stream_close(s);
    free(bytes);
    return 0;
}

PRUEBA(web_sitio, quien_sube_sin_fin_tras_su_413_acaba_cortado)
{
    con_banco(rutas, sube_sin_fin, (as_web_options){.client_timeout_ms = 60000});
}

/* ---- Una dirección que no cabe ------------------------------------------------------- */

enum { DIRECCION = 40000 };

/* De una vez, o de `trozo` en `trozo`. */
static void direccion_larga(struct banco *b, size_t trozo)
{
    static char larga[DIRECCION + 1], texto[DIRECCION + 100], leido[1024];
    as_stream *s = conecta(b);

    memset(larga, 'a', DIRECCION);
    size_t n = 0, todo = (size_t)snprintf(texto, sizeof texto,
                                          "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", larga);
    for (size_t i = 0; i < todo; i += n) { /* puede que ya haya respondido y cerrado */
        n = todo - i < trozo ? todo - i : trozo;
        DA_IGUAL(as_write(s, texto + i, n));
        BIEN(as_yield());
    }
    lee_respuesta(s, leido, sizeof leido);
    CONTIENE(leido, "HTTP/1.1 414 URI Too Long");
    as_stream_close(s);
}

static int direcciones(struct banco *b)
{
    direccion_larga(b, DIRECCION + 100);
    direccion_larga(b, 20000);
    direccion_larga(b, 500);
    return 0;
}

PRUEBA(web_sitio, una_direccion_que_no_cabe_es_un_414_llegue_como_llegue)
{
    con_banco(rutas, direcciones, (as_web_options){.client_timeout_ms = 60000});
}

/* ---- Peticiones sin esperar respuestas ----------------------------------------------- */

enum { TANDA = 4096, RESPUESTAS = 10000, EN_CAMINO = 24 << 20, SIN_LEER = 8 << 20 };

/* `cabe`: lo que el núcleo le guarda en cada sentido; 0, lo que quiera. */
static int enchufe(const struct banco *b, int cabe)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)as_web_port(b->servidor)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (cabe > 0) {
        cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &cabe, sizeof cabe), 0);
        cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &cabe, sizeof cabe), 0);
    }
    cr_assert_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    cr_assert_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

#define UNA GET("/cede")

static char tanda[TANDA * (sizeof UNA - 1)];

static void llena_la_tanda(void)
{
    for (size_t i = 0; i < TANDA; i++)
        memcpy(tanda + i * (sizeof UNA - 1), UNA, sizeof UNA - 1);
}

/* Pide todo lo que le dejan, y lee lo que le llega: lo que lleva pedido y nadie ha respondido
 * está en el camino, o lo guarda el servidor. */
static int pide_sin_parar(struct banco *b)
{
    static char leido[1 << 16];
    size_t pedido = 0, respondido = 0, sobra = 0;
    int fd = enchufe(b, 0);

    llena_la_tanda();
    while (respondido < RESPUESTAS) {
        ssize_t n;
        while ((n = send(fd, tanda + sobra, sizeof tanda - sobra, MSG_NOSIGNAL)) > 0) {
            sobra = (sobra + (size_t)n) % sizeof tanda;
            pedido += (size_t)n;
            cr_assert_lt(pedido - respondido * (sizeof UNA - 1), EN_CAMINO,
                         "el servidor guarda lo que aún no puede atender");
        }
        while ((n = recv(fd, leido, sizeof leido, 0)) > 0) {
            for (const char *p = leido;
                 (p = memmem(p, (size_t)(leido + n - p), "Date", 4)); p++)
                respondido++;
        }
        BIEN(as_sleep(0));
    }
    close(fd);
    return 0;
}

PRUEBA(web_sitio, de_quien_pide_sin_parar_no_se_lee_mas_de_lo_que_se_atiende)
{
    con_banco(rutas, pide_sin_parar, (as_web_options){.client_timeout_ms = 60000});
}

/* Pide todo lo que le dejan y no recoge nada, hasta que le cortan. */
static int pide_y_no_lee(struct banco *b)
{
    size_t pedido = 0;
    ssize_t n;
    int fd = enchufe(b, 1 << 16), corte;

    llena_la_tanda();
    do {
        while ((n = send(fd, tanda + pedido % sizeof tanda,
                         sizeof tanda - pedido % sizeof tanda, MSG_NOSIGNAL)) > 0) {
            pedido += (size_t)n;
            cr_assert_lt(pedido, SIN_LEER, "el servidor guarda lo que nadie recoge");
        }
        corte = errno;
        BIEN(as_sleep(0));
    } while (corte == EAGAIN);
    cr_assert(corte == ECONNRESET || corte == EPIPE, "%s", strerror(corte));
    close(fd);
    get_es(b, "/cede", 200, "cedí");
    return 0;
}

PRUEBA(web_sitio, a_quien_pide_sin_parar_y_no_lee_se_le_deja_de_atender_y_se_le_corta)
{
    con_banco(rutas, pide_y_no_lee, (as_web_options){.client_timeout_ms = 500});
}
