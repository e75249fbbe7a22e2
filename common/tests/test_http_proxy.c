#include "servidor.h"

#include "autoridad.h"
#include "nginx_apoyo.h"
#include "nombres_falsos.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(http_proxy, .timeout = 60);

/* ---- El proxy ----------------------------------------------------------------------- */

static int conecta(int puerto)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)puerto)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_eq(connect(fd, (struct sockaddr *)&donde, sizeof donde), 0);
    return fd;
}

/* Lleva lo que llega por un lado al otro hasta que uno de los dos cierra. */
static void hace_de_tubo(struct conexion *c, int otro)
{
    struct pollfd lados[2] = {{.fd = c->fd, .events = POLLIN},
                              {.fd = otro, .events = POLLIN}};
    char trozo[4096];

    while (poll(lados, 2, -1) > 0) {
        for (int i = 0; i < 2; i++) {
            if (!lados[i].revents)
                continue;
            ssize_t n = recv(lados[i].fd, trozo, sizeof trozo, 0);
            if (n <= 0 || send(lados[!i].fd, trozo, (size_t)n, MSG_NOSIGNAL) != n)
                return;
        }
    }
}

/* http:// lo responde con un eco; para https:// abre un túnel hasta el puerto de arg, vaya a
 * donde vaya, salvo a «vetado.prueba», o si no se le dice quién lo pide. */
static void atiende_proxy(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "vetado.prueba") || !pide(c, "\r\nUser-Agent: asinc\r\n")) {
            responde(c, 403, "", "no");
        } else if (pide(c, "CONNECT ")) {
            int otro = conecta(*(int *)c->servidor->arg);
            envia_texto(c, "HTTP/1.1 200 Conectado\r\nX-Del-Tunel: si\r\n\r\n");
            hace_de_tubo(c, otro);
            close(otro);
            return;
        } else {
            responde_eco(c);
        }
    }
}

/* ---- Con proxy ---------------------------------------------------------------------- */

static void con_proxy(struct entorno *e, const as_http_options *opciones,
                      int (*cuerpo)(struct entorno *e))
{
    struct entorno suyo = *e;

    BIEN(as_http_new(opciones, &suyo.http));
    cr_assert_eq(cuerpo(&suyo), 0);
    as_http_close(suyo.http);
}

static int pide_de_paso(struct entorno *e)
{
    as_http_response r;

    /* El nombre lo busca el proxy: aquí no existe. */
    BIEN(as_http_get(e->http, "http://lejos.prueba/a?b", &r));
    cr_assert_eq(strncmp(r.body, "GET http://lejos.prueba/a?b HTTP/1.1\r\n", 38), 0, "%s",
                 r.body);
    cr_assert_not_null(strstr(r.body, "Host: lejos.prueba\r\n"));
    cr_assert_str_eq(r.url, "http://lejos.prueba/a?b");
    as_http_response_clear(&r);
    cr_assert_eq(as_http_get(e->http, "http://vetado.prueba/", &r), 0);
    cr_assert_eq(r.status, 403);
    as_http_response_clear(&r);
    return 0;
}

static int de_todas_las_formas(struct entorno *e)
{
    char proxy[64];

    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", e->servidor->puerto);
    con_proxy(e, &(as_http_options){.proxy = proxy}, pide_de_paso);
    con_proxy(e, &(as_http_options){.proxy = proxy + strlen("http://")}, pide_de_paso);
    snprintf(proxy, sizeof proxy, "http://bien.prueba:%d/", e->servidor->puerto);
    setenv("no_proxy", "lejos.prueba", 1); /* tampoco esta cuenta */
    con_proxy(e, &(as_http_options){.proxy = proxy}, pide_de_paso);
    cr_assert_eq(atomic_load(&nombres_preguntados), 1, "solo el del proxy");
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0);
    return 0;
}

PRUEBA(http_proxy, lo_que_se_pide_pasa_por_el_proxy)
{
    con_servidor(atiende_proxy, de_todas_las_formas);
}

static int por_el_tunel(struct entorno *e)
{
    struct nginx *n = e->arg;
    char proxy[64], ca[300];
    as_http_response r;

    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", e->servidor->puerto);
    snprintf(ca, sizeof ca, "%s/sitio.pem", n->carpeta);
    cr_assert_eq(as_http_new(&(as_http_options){.proxy = proxy, .ca_file = ca}, &e->http),
                 0);
    for (int i = 0; i < 3; i++) {
        BIEN(as_http_get(e->http, "https://lejos.prueba/", &r));
        cr_assert_str_eq(r.body, "hola");
        cr_assert_null(as_http_header(&r, "X-Del-Tunel"));
        as_http_response_clear(&r);
    }
    cr_assert_eq(atomic_load(&e->servidor->conexiones), 1, "el túnel se reutiliza");
    cr_assert_eq(as_http_get(e->http, "https://otro.prueba/", &r), AS_EKEYREJECTED);
    EXPLICA(AS_EKEYREJECTED, "«otro.prueba» es de otra máquina");
    cr_assert_eq(as_http_get(e->http, "https://vetado.prueba/", &r), UV_ECONNREFUSED);
    EXPLICA(UV_ECONNREFUSED, "por el proxy «http://127.0.0.1");
    EXPLICA(UV_ECONNREFUSED, "403");
    as_http_close(e->http);
    return 0;
}

static int solo_el_cuerpo(void *arg)
{
    return por_el_tunel(arg);
}

PRUEBA(http_proxy, https_va_por_un_tunel_y_comprueba_el_certificado_del_sitio)
{
    struct nginx n;
    char http[1024];

    EXIGE_NGINX();
    EXIGE_OPENSSL();
    nginx_prepara(&n);
    autoridad_crea(n.carpeta, "sitio", "DNS:lejos.prueba");
    snprintf(http, sizeof http,
             "server { listen 127.0.0.1:%d ssl; ssl_certificate %s/sitio.pem;\n"
             "  ssl_certificate_key %s/sitio.key; location / { return 200 hola; } }\n",
             n.puerto, n.carpeta, n.carpeta);
    nginx_arranca(&n, http);
    struct entorno e = {.servidor = servidor_abre(atiende_proxy, &n.puerto), .arg = &n};
    CORRE(solo_el_cuerpo, &e, 0);
    servidor_cierra(e.servidor);
    nginx_termina(&n);
}

static int proxys_malos(void *arg)
{
    static const char *const malos[] = {"http://", "https://proxy:3128", "proxy",
                                        "socks5://proxy:1080", "http://proxy"};
    as_http *http = arg;

    for (size_t i = 0; i < sizeof malos / sizeof *malos; i++) {
        cr_assert_eq(as_http_new(&(as_http_options){.proxy = malos[i]}, &http), UV_EINVAL,
                     "%s", malos[i]);
        cr_assert_null(http);
        EXPLICA(UV_EINVAL, "http://máquina:puerto");
    }
    return 0;
}

PRUEBA(http_proxy, un_proxy_mal_escrito_se_dice_al_crear_el_cliente)
{
    CORRE(proxys_malos, NULL, 0);
}

/* ---- Sin proxy ---------------------------------------------------------------------- */

static int sin_proxy(struct entorno *e)
{
    as_http_response r;

    get_correcto(e, url(e->servidor, "/"));
    /* Si no se llega, puede ser por eso: se dice. */
    cr_assert_eq(as_http_get(e->http, "http://no-existe.prueba/", &r), UV_EAI_NONAME);
    EXPLICA(UV_EAI_NONAME, "http_proxy");
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    cr_assert_eq(as_http_get(e->http, "http://no-existe.prueba/", &r), UV_EAI_NONAME);
    cr_assert_null(strstr(as_error_text(UV_EAI_NONAME), "proxy"));
    return 0;
}

PRUEBA(http_proxy, las_variables_no_cuentan_pero_se_nombran_si_no_se_llega)
{
    unsetenv("https_proxy");
    unsetenv("HTTPS_PROXY");
    unsetenv("all_proxy");
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    con_servidor(atiende_eco, sin_proxy);
}

/* ---- Un proxy que no lo es ---------------------------------------------------------- */

static void atiende_mal_proxy(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "CONNECT sin-dos-puntos.")) {
            envia_texto(c, "HTTP/1.1 200 OK\r\nsin dos puntos\r\n\r\n");
        } else if (pide(c, "CONNECT a-medias.")) {
            envia_texto(c, "HTTP/1.1 200");
            cuelga(c, false);
        } else {
            cuelga(c, false);
        }
    }
}

static void falla_por_proxy(struct entorno *e, const char *direccion, int esperado)
{
    as_http_response r;
    int rc = as_http_get(e->http, direccion, &r);

    cr_assert_eq(rc, esperado, "%s: %s (%s)", direccion, as_errname(rc),
                 as_error_text(rc));
    EXPLICA(rc, "el proxy «http://127.0.0.1");
}

static int proxy_malo(struct entorno *e)
{
    char proxy[64];

    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", e->servidor->puerto);
    as_http *directo = e->http;
    BIEN(as_http_new(&(as_http_options){.proxy = proxy}, &e->http));
    falla_por_proxy(e, "https://sin-dos-puntos.prueba/", UV_EPROTO);
    falla_por_proxy(e, "https://a-medias.prueba/", UV_ECONNRESET);
    falla_por_proxy(e, "https://cuelga.prueba/", UV_ECONNRESET);
    as_http_close(e->http);
    e->http = directo;
    return 0;
}

PRUEBA(http_proxy, lo_que_responde_mal_un_proxy_no_es_culpa_de_la_direccion_ni_un_rechazo)
{
    con_servidor(atiende_mal_proxy, proxy_malo);
}
