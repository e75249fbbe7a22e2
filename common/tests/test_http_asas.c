#include "servidor.h"

#include "http/internal.h"

TestSuite(http_asas, .timeout = 60);

/*
 * El cliente usa otra vez las asas de libcurl. Que de una petición no pasa nada a la siguiente se ve
 * desde el servidor: detrás de cada una de las `cargadas`, cada una de las `sencillas` debe llegarle
 * byte a byte igual que si fuera la primera de un cliente.
 *
 * Lo de TLS y el proxy no es de una petición, sino del cliente, y las asas tampoco pasan de uno a
 * otro. Los plazos son ámbitos: libcurl no los conoce.
 */

/* Lo que llegó, en el cuerpo; y como HEAD no lo tiene, en una cabecera. */
static void responde_con_todo(struct conexion *c)
{
    char cabecera[1600] = "X-Llego: ";
    size_t n = strlen(cabecera);

    if (!pide(c, "HEAD ")) {
        responde_eco(c);
        return;
    }
    for (const char *p = c->peticion; *p && n < sizeof cabecera - 8; p++)
        cabecera[n++] = *p == '\r' || *p == '\n' ? '|' : *p;
    snprintf(cabecera + n, sizeof cabecera - n, "\r\n");
    responde(c, 200, cabecera, "");
}

static void atiende_todo(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/salta")) {
            responde(c, 307, "Location: /eco\r\nSet-Cookie: salto=1\r\n", "");
        } else if (pide(c, "/sale")) {
            char destino[128];
            snprintf(destino, sizeof destino, "Location: %s\r\n",
                     url_en(c->servidor, "localhost", "/eco"));
            responde(c, 302, destino, "");
        } else if (pide(c, "/galleta")) {
            responde(c, 200, "Set-Cookie: galleta=1; Path=/\r\n", "");
        } else if (pide(c, "/401")) {
            responde(c, 401,
                     "WWW-Authenticate: Basic realm=\"a\"\r\n"
                     "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n",
                     "no");
        } else if (pide(c, "/trozos")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nuno\r\n0\r\nX-Detras: si\r\n\r\n");
        } else if (pide(c, "/medio")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\nContent-Length: 50\r\n\r\nmedio");
            return;
        } else if (pide(c, "/basura")) {
            envia_texto(c, "SSH-2.0\r\n");
            return;
        } else if (pide(c, "/mudo")) {
            espera_permiso(c, 1);
            return;
        } else {
            responde_con_todo(c);
        }
    }
}

enum como { ENTERA, FLUJO_ENTERO, FLUJO_A_MEDIAS, CORTADA };

struct cargada {
    enum como como;
    const char *metodo, *ruta, *usuario, *cuerpo;
    const char *cabeceras[6];
    int64_t plazo;
    size_t max_cuerpo;
    bool una_vez;
    int esperado;
};

#define DATOS "un=cuerpo&de=varios&bytes=1"

static const struct cargada cargadas[] = {
    {.ruta = "/eco", .usuario = "ana:secreto@"},
    {.ruta = "/salta?a=b", .usuario = "ana:secreto@"},
    {.ruta = "/sale",
     .usuario = "ana:secreto@",
     .cabeceras = {"Authorization: Bearer x"}},
    {.ruta = "/401", .usuario = "ana:secreto@"},
    {.ruta = "/galleta", .cabeceras = {"Cookie: c=1", "X-Mia: si"}},
    {.ruta = "/eco",
     .cabeceras = {"Host: otra.prueba", "User-Agent: otro", "Accept: a/b",
                   "Accept-Encoding: br", "Range: bytes=0-1"}},
    {.metodo = "POST",
     .ruta = "/eco",
     .cuerpo = DATOS,
     .cabeceras = {"Content-Type: a/b"}},
    {.metodo = "POST", .ruta = "/salta", .cuerpo = DATOS, .cabeceras = {"Expect: nada"}},
    {.metodo = "POST", .ruta = "/sale", .cuerpo = DATOS},
    {.metodo = "POST", .ruta = "/eco"},
    {.metodo = "PUT", .ruta = "/trozos", .cuerpo = DATOS},
    {.metodo = "DELETE", .ruta = "/eco", .cuerpo = DATOS},
    {.metodo = "PROPIO", .ruta = "/eco"},
    {.metodo = "HEAD", .ruta = "/eco"},
    {.metodo = "HEAD", .ruta = "/salta"},
    {.metodo = "POST", .ruta = "/eco", .cuerpo = DATOS, .una_vez = true},
    {.ruta = "/eco", .max_cuerpo = 10, .esperado = AS_EOVERFLOW},
    {.ruta = "/medio", .esperado = UV_ECONNRESET},
    {.ruta = "/basura", .esperado = UV_EPROTO},
    {.ruta = "/mudo", .plazo = 20, .esperado = UV_ETIMEDOUT},
    {.metodo = "POST", .ruta = "/mudo", .cuerpo = DATOS, .como = CORTADA},
    {.metodo = "POST", .ruta = "/eco", .cuerpo = DATOS, .como = FLUJO_ENTERO},
    {.ruta = "/trozos", .usuario = "ana:secreto@", .como = FLUJO_ENTERO},
    {.ruta = "/eco", .cabeceras = {"Range: bytes=0-1"}, .como = FLUJO_A_MEDIAS},
};

static const as_http_request sencillas[] = {
    {.url = "/eco"},
    {.url = "/salta"},
    {.method = "HEAD", .url = "/eco"},
    {.method = "DELETE", .url = "/eco"},
    {.method = "POST", .url = "/eco"},
    {.method = "PUT", .url = "/eco", .body = "breve", .body_size = 5},
};

enum { SENCILLAS = sizeof sencillas / sizeof *sencillas };

/* Todo lo que se vio de ella, del lado del servidor y del nuestro. */
static char *pide_sencilla(struct entorno *e, as_http *http, int cual)
{
    as_http_request peticion = sencillas[cual];
    as_http_response r;
    char direccion[128], *texto;

    snprintf(direccion, sizeof direccion, "%s", url(e->servidor, peticion.url));
    peticion.url = direccion;
    BIEN(as_http_send(http, &peticion, &r));
    const char *llego = as_http_header(&r, "X-Llego");
    cr_assert_geq(asprintf(&texto, "%d %s\n%s%s", r.status, r.url, llego ? llego : "",
                           (char *)r.body),
                  0);
    as_http_response_clear(&r);
    return texto;
}

static int lee_flujo(as_http *http, const as_http_request *peticion, bool entero)
{
    as_http_stream *flujo;
    char trozo[8];
    ssize_t n;

    int rc = as_http_open(http, peticion, &flujo);
    if (rc < 0)
        return rc;
    do
        n = as_http_read(flujo, trozo, sizeof trozo);
    while (n > 0 && entero);
    as_http_stream_close(flujo);
    return n < 0 ? (int)n : 0;
}

static int envia_cortada(as_http *http, const as_http_request *peticion)
{
    as_http_response r;
    as_scope ambito;

    as_scope_enter(&ambito, 20);
    int rc = as_http_send(http, peticion, &r);
    cr_assert_eq(as_scope_leave(&ambito, rc), UV_ETIMEDOUT);
    return 0;
}

static void pide_cargada(struct entorno *e, as_http *http, const struct cargada *c)
{
    char maquina[64], direccion[128];
    as_http_response r = {0};
    int rc;

    snprintf(maquina, sizeof maquina, "%s127.0.0.1", c->usuario ? c->usuario : "");
    snprintf(direccion, sizeof direccion, "%s", url_en(e->servidor, maquina, c->ruta));
    as_http_request peticion = {.method = c->metodo,
                                .url = direccion,
                                .headers = c->cabeceras,
                                .body = c->cuerpo,
                                .body_size = c->cuerpo ? strlen(c->cuerpo) : 0,
                                .timeout_ms = c->plazo,
                                .max_body = c->max_cuerpo,
                                .send_once = c->una_vez};
    if (c->como == ENTERA)
        rc = as_http_send(http, &peticion, &r);
    else if (c->como == CORTADA)
        rc = envia_cortada(http, &peticion);
    else
        rc = lee_flujo(http, &peticion, c->como == FLUJO_ENTERO);
    cr_assert_eq(rc, c->esperado, "%s dio %s (%s)", c->ruta, as_errname(rc),
                 as_error_text(rc));
    as_http_response_clear(&r);
}

/* Dónde no son iguales, que entero no se lee. */
static void son_iguales(const char *vista, const char *limpia, const struct cargada *c)
{
    cr_assert_str_eq(vista, limpia, "tras %s %s llegó\n%s\ny de un cliente nuevo,\n%s",
                     c->metodo ? c->metodo : "GET", c->ruta, vista, limpia);
}

static int nada_pasa(struct entorno *e)
{
    char *limpias[SENCILLAS];
    as_http *http;

    for (int i = 0; i < SENCILLAS; i++) {
        BIEN(as_http_new(&e->opciones, &http));
        limpias[i] = pide_sencilla(e, http, i);
        cr_assert_eq(http->spare != NULL, as__libcurl_reuses());
        as_http_close(http);
    }
    for (size_t c = 0; c < sizeof cargadas / sizeof *cargadas; c++) {
        for (int i = 0; i < SENCILLAS; i++) {
            pide_cargada(e, e->http, &cargadas[c]);
            char *vista = pide_sencilla(e, e->http, i);
            son_iguales(vista, limpias[i], &cargadas[c]);
            free(vista);
        }
    }
    for (int i = 0; i < SENCILLAS; i++)
        free(limpias[i]);
    return 0;
}

PRUEBA(http_asas, de_una_peticion_no_pasa_nada_a_la_siguiente)
{
    con_servidor(atiende_todo, nada_pasa);
}

/* El propio servidor hace de proxy: lo que se le pide es la dirección entera. */
static int nada_pasa_por_el_proxy(struct entorno *e)
{
    as_http *propio = e->http;
    char proxy[64];

    snprintf(proxy, sizeof proxy, "%s", url_en(e->servidor, "yo:clave@127.0.0.1", ""));
    e->opciones.proxy = proxy;
    BIEN(as_http_new(&e->opciones, &e->http));
    nada_pasa(e);
    as_http_close(e->http);
    e->http = propio;
    e->opciones.proxy = NULL;
    char *vista = pide_sencilla(e, e->http, 0);
    cr_assert_null(strstr(vista, "Proxy-"), "%s", vista);
    cr_assert_null(strstr(vista, "GET http"), "%s", vista);
    free(vista);
    return 0;
}

PRUEBA(http_asas, tampoco_por_un_proxy_que_pide_clave)
{
    con_servidor(atiende_todo, nada_pasa_por_el_proxy);
}

/* ---- A la vez ----------------------------------------------------------------------- */

struct mezcla {
    struct entorno *e;
    char **limpias;
    int turno;
};

static int alterna(void *arg)
{
    struct mezcla *m = arg;
    size_t n = sizeof cargadas / sizeof *cargadas;

    for (size_t i = 0; i < n; i++) {
        const struct cargada *c = &cargadas[(i + (size_t)m->turno) % n];
        int cual = (int)(i + (size_t)m->turno) % SENCILLAS;
        pide_cargada(m->e, m->e->http, c);
        char *vista = pide_sencilla(m->e, m->e->http, cual);
        son_iguales(vista, m->limpias[cual], c);
        free(vista);
    }
    return 0;
}

static int a_la_vez(struct entorno *e)
{
    enum { TAREAS = 8 };
    char *limpias[SENCILLAS];
    struct mezcla mezclas[TAREAS];

    for (int i = 0; i < SENCILLAS; i++)
        limpias[i] = pide_sencilla(e, e->http, i);
    for (int i = 0; i < TAREAS; i++)
        mezclas[i] = (struct mezcla){.e = e, .limpias = limpias, .turno = 3 * i};
    int rc = as_gather_each(alterna, mezclas, TAREAS, sizeof *mezclas, NULL);
    for (int i = 0; i < SENCILLAS; i++)
        free(limpias[i]);
    return rc;
}

PRUEBA(http_asas, ni_aunque_vayan_muchas_a_la_vez)
{
    con_servidor(atiende_todo, a_la_vez);
}
