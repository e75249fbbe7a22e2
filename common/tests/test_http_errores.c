#include "servidor.h"

#include "nombres_falsos.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(http_errores, .timeout = 60);

/* Exige que un GET falle así y explicándose, y que el cliente siga sirviendo. */
static void falla(struct entorno *e, const char *direccion, int esperado)
{
    as_http_response r = {.status = 7};
    int rc = as_http_get(e->http, direccion, &r);

    cr_assert_eq(rc, esperado, "%s dio %s (%s), no %s", direccion, as_errname(rc),
                 as_error_text(rc), as_errname(esperado));
    cr_assert_eq(r.status, 0);
    cr_assert_null(r.body);
}

/* ---- No se llega -------------------------------------------------------------------- */

static int puerto_sin_nadie(void)
{
    struct sockaddr_in donde = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t largo = sizeof donde;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    cr_assert_eq(bind(fd, (struct sockaddr *)&donde, sizeof donde), 0);
    getsockname(fd, (struct sockaddr *)&donde, &largo);
    close(fd);
    return ntohs(donde.sin_port);
}

static int no_se_llega(struct entorno *e)
{
    char direccion[64];

    for (int i = 0; i < 5; i++) {
        snprintf(direccion, sizeof direccion, "http://127.0.0.1:%d/", puerto_sin_nadie());
        falla(e, direccion, UV_ECONNREFUSED);
        EXPLICA(UV_ECONNREFUSED, "no se pudo conectar con «127.0.0.1:");
        get_correcto(e, url(e->servidor, "/"));
    }
    falla(e, "http://no-existe.prueba/", UV_EAI_NONAME);
    EXPLICA(UV_EAI_NONAME, "«no-existe.prueba»");
    falla(e, "https://no-existe.prueba/", UV_EAI_NONAME);
    snprintf(direccion, sizeof direccion, "http://[::1]:%d/", puerto_sin_nadie());
    as_http_response r;
    cr_assert_lt(as_http_get(e->http, direccion, &r), 0);
    cr_assert_eq(atomic_load(&nombres_preguntados_por_libcurl), 0);
    return 0;
}

PRUEBA(http_errores, puerto_cerrado_y_nombre_inexistente)
{
    con_servidor(atiende_eco, no_se_llega);
}

/* Sin descriptores libres: ni el de la conexión se puede abrir. */
static int sin_descriptores(struct entorno *e)
{
    struct rlimit antes, poco;
    int fd = dup(0);

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &antes), 0);
    poco = antes;
    poco.rlim_cur = (rlim_t)fd;
    close(fd);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &poco), 0);
    falla(e, url(e->servidor, "/"), UV_EMFILE);
    as_http *otro = e->http;
    cr_assert_eq(as_http_new(NULL, &otro), UV_EMFILE, "no es falta de memoria");
    cr_assert_null(otro);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &antes), 0);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_errores, sin_descriptores_es_emfile_y_el_cliente_se_recupera)
{
    con_servidor(atiende_eco, sin_descriptores);
}

struct pedida {
    struct entorno *e;
    as_http_request peticion;
    int rc;
};

static int pide_una(void *arg)
{
    struct pedida *p = arg;
    as_http_response r;

    p->rc = as_http_send(p->e->http, &p->peticion, &r);
    as_http_response_clear(&r);
    return p->rc;
}

/* ---- No responde -------------------------------------------------------------------- */

static int no_responde(struct entorno *e)
{
    as_http_request peticion = {.url = url(e->servidor, "/"), .timeout_ms = 60};
    as_http_response r;
    as_scope ambito;

    uint64_t antes = uv_hrtime();
    cr_assert_eq(as_http_send(e->http, &peticion, &r), UV_ETIMEDOUT);
    cr_assert_not_null(strstr(as_error_text(UV_ETIMEDOUT), "60 ms"));
    cr_assert_geq(uv_hrtime() - antes, 60000000u, "el reloj virtual no espera a la red");
    cr_assert_null(r.body);

    /* Sin plazo propio, manda el del ámbito: dentro es una cancelación. */
    as_scope_enter(&ambito, 60);
    int rc = as_http_get(e->http, peticion.url, &r);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);

    /* Si vence antes el de fuera, no es el suyo. */
    peticion.timeout_ms = 60000;
    as_scope_enter(&ambito, 60);
    rc = as_http_send(e->http, &peticion, &r);
    cr_assert_eq(rc, UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);

    /* Con el ámbito ya vencido ni se intenta. */
    int peticiones = atomic_load(&e->servidor->conexiones);
    as_scope_enter(&ambito, 0);
    cr_assert_eq(as_http_get(e->http, peticion.url, &r), UV_ECANCELED);
    cr_assert_eq(as_scope_leave(&ambito, UV_ECANCELED), UV_ETIMEDOUT);
    cr_assert_eq(atomic_load(&e->servidor->conexiones), peticiones);
    return 0;
}

PRUEBA(http_errores, un_servidor_mudo_agota_el_plazo_de_la_peticion_o_del_ambito)
{
    con_servidor(atiende_mudo, no_responde);
}

/* Con una plaza, ocupada más tiempo que el plazo de quien espera por ella. */
static int plazo_en_la_cola(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request abre = {.url = url(e->servidor, "/")};
    struct pedida espera = {e, {.url = url(e->servidor, "/"), .timeout_ms = 1800000}, 1};
    as_group grupo;
    as_scope ambito;
    as_http_response r;

    cr_assert_eq(as_http_open(e->http, &abre, &flujo), 0);
    as_group_enter(&grupo);
    cr_assert_eq(as_start_soon(&grupo, NULL, pide_una, &espera), 0);
    cr_assert_eq(as_sleep(3600000), 0); /* nadie espera a la red: el reloj salta */
    cr_assert_eq(espera.rc, 1, "la espera de plaza no gasta el plazo");
    as_http_stream_close(flujo);
    cr_assert_eq(as_group_leave(&grupo, 0), 0);
    cr_assert_eq(espera.rc, 0);

    /* La acota el ámbito. */
    cr_assert_eq(as_http_open(e->http, &abre, &flujo), 0);
    as_scope_enter(&ambito, 30);
    int rc = as_http_get(e->http, abre.url, &r);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    as_http_stream_close(flujo);
    get_correcto(e, url(e->servidor, "/"));
    return 0;
}

PRUEBA(http_errores, el_plazo_no_cuenta_la_espera_de_plaza)
{
    con_servidor_y(atiende_eco, plazo_en_la_cola, NULL,
                   (as_http_options){.max_connections = 1});
}

/* ---- Responde mal ------------------------------------------------------------------- */

static const struct mala {
    const char *ruta, *respuesta;
    bool de_golpe;
    int esperado;
    const char *explica; /* «una|otra»: unas libcurl no la dejan llegar al cliente */
} malas[] = {
    {"/nada", "", false, UV_ECONNRESET, "cerró la conexión sin responder"},
    {"/media-linea", "HTTP/1.1 20", false, UV_ECONNRESET,
     "cerró la conexión sin responder"},
    {"/media-cabecera", "HTTP/1.1 200 Bien\r\nContent-Le", false, UV_ECONNRESET,
     "a media cabecera"},
    {"/sin-fin", "HTTP/1.1 200 Bien\r\nContent-Length: 5\r\n", false, UV_ECONNRESET,
     "cerró la conexión a media"},
    {"/medio-cuerpo", "HTTP/1.1 200 Bien\r\nContent-Length: 50\r\n\r\nmedio", false,
     UV_ECONNRESET, "cerró la conexión a media"},
    {"/medio-trozo", "HTTP/1.1 200 Bien\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nmedio",
     false, UV_ECONNRESET, "cerró la conexión a media"},
    {"/trozo-malo", "HTTP/1.1 200 Bien\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nmedio",
     false, UV_EPROTO, "no es HTTP bien escrito: el cuerpo está mal escrito"},
    {"/golpe-antes", "", true, UV_ECONNRESET, "el otro extremo cortó la conexión"},
    {"/golpe-cuerpo", "HTTP/1.1 200 Bien\r\nContent-Length: 50\r\n\r\nmedio", true,
     UV_ECONNRESET, "el otro extremo cortó la conexión"},
    {"/basura", "SSH-2.0-OpenSSH_9.2\r\n", false, UV_EPROTO,
     "no es HTTP bien escrito: no empieza por «HTTP/1.1»"},
    {"/binario", "\x16\x03\x01\x02\x7f\xff\x01\x02", false, UV_EPROTO,
     "no es HTTP bien escrito: no empieza por «HTTP/1.1»"},
    {"/longitud", "HTTP/1.1 200 Bien\r\nContent-Length: -5\r\n\r\n", false, UV_EPROTO,
     "no es HTTP bien escrito"},
    {"/hexadecimal", "HTTP/1.1 200 Bien\r\nContent-Length: 0x5\r\n\r\nhola!", false,
     UV_EPROTO, "Content-Length: 0x5|las cabeceras están mal escritas"},
    {"/de-veinte-cifras",
     "HTTP/1.1 200 Bien\r\nContent-Length: 99999999999999999999\r\n\r\nhola!", false,
     UV_EPROTO, "Content-Length: 9999|las cabeceras están mal escritas"},
    {"/dos-longitudes",
     "HTTP/1.1 200 Bien\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhola!", false,
     UV_EPROTO, "no es HTTP bien escrito"},
    {"/estado", "HTTP/1.1 4299999999999 Muchas\r\n\r\n", false, UV_EPROTO,
     "no es HTTP bien escrito: no empieza por «HTTP/1.1»"},
    {"/en-blanco", "HTTP/1.1 200 Bien\r\n X: y\r\nContent-Length: 0\r\n\r\n", false,
     UV_EPROTO, "no es HTTP bien escrito: las cabeceras están mal escritas"},
    {"/minusculas", "http/1.1 200 Bien\r\nContent-Length: 2\r\n\r\nok", false, UV_EPROTO,
     "no es HTTP bien escrito: no empieza por «HTTP/1.1»"},
    {"/blanco-antes-de-los-dos-puntos",
     "HTTP/1.1 200 Bien\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
     false, UV_EPROTO, "no es HTTP bien escrito: las cabeceras están mal escritas"},
    {"/te-gzip", "HTTP/1.1 200 Bien\r\nTransfer-Encoding: gzip\r\n\r\nhola", false,
     UV_EPROTO, "«Transfer-Encoding: gzip», que no se pidió|el cuerpo"},
    {"/te-zstd", "HTTP/1.1 200 Bien\r\nTransfer-Encoding: zstd\r\n\r\nhola", false,
     UV_EPROTO, "«Transfer-Encoding: zstd», que no se pidió|el cuerpo"},
    {"/te-dos", "HTTP/1.1 200 Bien\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     false, UV_EPROTO, "que no se pidió|el cuerpo"},
    {"/te-dos-veces",
     "HTTP/1.1 200 Bien\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
     "\r\n0\r\n\r\n",
     false, UV_EPROTO, "que no se pidió|el cuerpo"},
    {"/sin-nombre", "HTTP/1.1 200 Bien\r\n: y\r\nContent-Length: 0\r\n\r\n", false,
     UV_EPROTO, "no es HTTP bien escrito: las cabeceras están mal escritas"},
    {"/no-es-cabecera", "HTTP/1.1 200 Bien\r\nsin dos puntos\r\n\r\n", false, UV_EPROTO,
     "no es HTTP bien escrito: las cabeceras están mal escritas"},
};

static void atiende_mal(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/bien")) {
            responde_eco(c);
            continue;
        }
        for (size_t i = 0; i < sizeof malas / sizeof *malas; i++) {
            if (!pide(c, malas[i].ruta))
                continue;
            envia_texto(c, malas[i].respuesta);
            /* Un RST se lleva por delante lo que el cliente no haya leído. */
            if (malas[i].de_golpe)
                espera_a_que_lo_lea(c);
            cuelga(c, malas[i].de_golpe);
            return;
        }
    }
}

static void explica_una(int rc, const char *explica)
{
    size_t largo = strcspn(explica, "|");
    char *primera = strndup(explica, largo);
    bool es_ella = strstr(as_error_text(rc), primera) != NULL;

    free(primera);
    if (!es_ella)
        EXPLICA(rc, explica[largo] ? explica + largo + 1 : explica);
}

static int responde_mal(struct entorno *e)
{
    for (size_t i = 0; i < sizeof malas / sizeof *malas; i++) {
        falla(e, url(e->servidor, malas[i].ruta), malas[i].esperado);
        explica_una(malas[i].esperado, malas[i].explica);
        get_correcto(e, url(e->servidor, "/bien"));
    }
    return 0;
}

PRUEBA(http_errores, cada_respuesta_rota_tiene_su_error_y_no_dana_al_cliente)
{
    con_servidor(atiende_mal, responde_mal);
}

/* Unas veces ya se fue al llegar el primer byte, y otras a medio recibirlo: es el mismo corte. */
static void se_va_sin_leer(struct conexion *c)
{
    cuelga(c, false);
}

static int corta_al_enviar(struct entorno *e)
{
    enum { VECES = 60, CUERPO = 4 << 20 };
    char *cuerpo = calloc(1, CUERPO);

    for (int i = 0; i < VECES; i++) {
        as_http_response r;
        int rc = as_http_post(e->http, url(e->servidor, "/"), "text/plain", cuerpo,
                              CUERPO, &r);
        cr_assert_eq(rc, UV_ECONNRESET, "%d: %s (%s)", i, as_errname(rc),
                     as_error_text(rc));
    }
    free(cuerpo);
    return 0;
}

PRUEBA(http_errores, quien_cuelga_mientras_se_le_envia_corto_la_conexion)
{
    con_servidor(se_va_sin_leer, corta_al_enviar);
}

static int error_de_antes(struct entorno *e)
{
    /* La primera dirección rechaza la conexión: ese errno no explica lo que venga luego
     * con la misma asa. */
    get_correcto(e, url_en(e->servidor, "dos.prueba", "/bien"));
    falla(e, url(e->servidor, "/trozo-malo"), UV_EPROTO);
    as_http *propio = e->http; /* y en la misma petición, conectando de nuevas */
    cr_assert_eq(as_http_new(NULL, &e->http), 0);
    falla(e, url_en(e->servidor, "dos.prueba", "/trozo-malo"), UV_EPROTO);
    as_http_close(e->http);
    e->http = propio;
    return 0;
}

PRUEBA(http_errores, un_rechazo_anterior_no_se_confunde_con_el_error_de_ahora)
{
    con_servidor(atiende_mal, error_de_antes);
}

/* Las mismas, a la vez y mezcladas con peticiones buenas. */
struct mezcla {
    struct entorno *e;
    char mala[64], buena[64];
};

static int mala_y_buena(void *arg)
{
    struct mezcla *m = arg;

    for (int vez = 0; vez < 5; vez++) {
        as_http_response r;
        cr_assert_lt(as_http_get(m->e->http, m->mala, &r), 0, "%s", m->mala);
        get_correcto(m->e, m->buena);
    }
    return 0;
}

static int malas_y_buenas(struct entorno *e)
{
    enum { MALAS = sizeof malas / sizeof *malas, N = 4 * MALAS };
    static struct mezcla mezclas[N];

    for (int i = 0; i < N; i++) {
        mezclas[i].e = e;
        strcpy(mezclas[i].mala, url(e->servidor, malas[i % MALAS].ruta));
        strcpy(mezclas[i].buena, url(e->servidor, "/bien"));
    }
    return as_gather_each(mala_y_buena, mezclas, N, sizeof *mezclas, NULL);
}

PRUEBA(http_errores, las_que_fallan_no_estropean_a_las_de_al_lado)
{
    con_servidor_y(atiende_mal, malas_y_buenas, NULL,
                   (as_http_options){.max_connections = 13});
}

static void atiende_cabeceras_sin_fin(struct conexion *c)
{
    if (!lee_peticion(c) || !envia_texto(c, "HTTP/1.1 200 Bien\r\n"))
        return;
    while (envia_texto(c, "X-Relleno: 0123456789012345678901234567890123456789\r\n"))
        ;
}

static int cabeceras_sin_fin(struct entorno *e)
{
    falla(e, url(e->servidor, "/"), AS_EOVERFLOW);
    EXPLICA(AS_EOVERFLOW, "las cabeceras");
    return 0;
}

PRUEBA(http_errores, unas_cabeceras_sin_fin_se_cortan)
{
    con_servidor(atiende_cabeceras_sin_fin, cabeceras_sin_fin);
}

/* Una sola línea de tantos KiB como diga la ruta. */
static void atiende_linea_larga(struct conexion *c)
{
    char linea[200 * 1024]; /* cada conexión tiene su hilo */

    memset(linea, 'x', sizeof linea);
    while (lee_peticion(c)) {
        size_t kib = strtoul(c->peticion + 5, NULL, 10);
        envia_texto(c, "HTTP/1.1 200 Bien\r\nContent-Length: 0\r\nX-Larga: ");
        envia(c, linea, kib * 1024);
        envia_texto(c, "\r\n\r\n");
    }
}

static int lineas_largas(struct entorno *e)
{
    as_http_response r;

    BIEN(as_http_get(e->http, url(e->servidor, "/99"), &r));
    cr_assert_eq(strlen(as_http_header(&r, "X-Larga")), 99u * 1024);
    as_http_response_clear(&r);
    falla(e, url(e->servidor, "/101"), AS_EOVERFLOW);
    EXPLICA(AS_EOVERFLOW, "las cabeceras");
    falla(e, url(e->servidor, "/200"), AS_EOVERFLOW);
    get_correcto(e, url(e->servidor, "/1"));
    return 0;
}

PRUEBA(http_errores, una_cabecera_de_mas_de_cien_kib_no_es_falta_de_memoria)
{
    con_servidor(atiende_linea_larga, lineas_largas);
}

/* Una línea de estado a media cabecera no es la de esta respuesta. */
static void atiende_dos_estados(struct conexion *c)
{
    while (lee_peticion(c))
        envia_texto(c, "HTTP/1.1 103 Pista\r\nX-A: no\r\n\r\n"
                       "HTTP/1.1 200 Bien\r\nX-A: si\r\nHTTP/1.1 4299999999999: No\r\n"
                       "Content-Length: 0\r\n\r\n");
}

static int lee_dos_estados(struct entorno *e)
{
    as_http_response r;

    BIEN(as_http_get(e->http, url(e->servidor, "/"), &r));
    cr_assert_eq(r.status, 200, "el estado fue %d", r.status);
    cr_assert_str_eq(as_http_header(&r, "X-A"), "si");
    as_http_response_clear(&r);
    return 0;
}

PRUEBA(http_errores, un_segundo_estado_en_las_cabeceras_no_cuenta)
{
    con_servidor(atiende_dos_estados, lee_dos_estados);
}

/* ---- 417 ---------------------------------------------------------------------------- */

/* Dice que no sin esperar el cuerpo; sin Expect la aceptaría. */
static void no_cumple_expectativas(struct conexion *c)
{
    char cabeza[4096] = "";

    while (recv(c->fd, cabeza, sizeof cabeza, 0) > 0) {
        if (memmem(cabeza, sizeof cabeza, "Expect: 100-continue", 20))
            responde(c, 417, "", "no");
        else
            responde(c, 200, "", "de otra");
        memset(cabeza, 0, sizeof cabeza);
    }
}

static int expectativas(struct entorno *e)
{
    static const char *const metodos[] = {"POST", "PUT"};
    as_http_request peticion = {.url = url(e->servidor, "/"),
                                .headers = (const char *[]){"Expect: 100-continue", NULL},
                                .body = "cuerpo",
                                .body_size = 6};

    for (size_t i = 0; i < 2; i++) {
        as_http_response r;
        as_http_stream *s;
        char trozo[16];
        peticion.method = metodos[i];
        BIEN(as_http_send(e->http, &peticion, &r));
        cr_assert_eq(r.status, 417);
        cr_assert_str_eq(r.body, "", "el cuerpo es de otra respuesta");
        as_http_response_clear(&r);
        BIEN(as_http_open(e->http, &peticion, &s));
        cr_assert_eq(as_http_stream_status(s), 417);
        cr_assert_eq(as_http_read(s, trozo, sizeof trozo), 0);
        as_http_stream_close(s);
    }
    return 0;
}

PRUEBA(http_errores, un_417_no_se_junta_con_la_respuesta_de_otra)
{
    con_servidor(no_cumple_expectativas, expectativas);
}
