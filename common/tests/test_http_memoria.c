#include "servidor.h"

#include "nombres_falsos.h"
#include "sin_memoria.h"

TestSuite(http_memoria, .timeout = 120);

/* Devuelve si llegó a fallar alguna reserva. */
static bool con_fallo_en(long n, int (*prueba)(struct entorno *e), struct entorno *e,
                         int *rc)
{
    sin_memoria_en(n, 0);
    *rc = prueba(e);
    return sin_memoria_fin() > 0;
}

static int post_con_todo(struct entorno *e)
{
    const char *const cabeceras[] = {"X-A: 1", "X-B: 2", NULL};
    as_http_response r;
    as_http_request peticion = {
        .url = e->arg, .headers = cabeceras, .body = "datos", .body_size = 5};

    int rc = as_http_send(e->http, &peticion, &r);
    if (rc == 0)
        cr_assert_eq(r.status, 200);
    else
        cr_assert_null(r.body);
    as_http_response_clear(&r);
    return rc;
}

static int lee_flujo(struct entorno *e)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = e->arg};
    char trozo[64];
    ssize_t n;

    int rc = as_http_open(e->http, &peticion, &flujo);
    if (rc < 0)
        return rc;
    while ((n = as_http_read(flujo, trozo, sizeof trozo)) > 0)
        ;
    as_http_stream_close(flujo);
    return (int)n;
}

static int pide_comprimido(struct entorno *e)
{
    as_http_response r;
    int rc = as_http_get(e->http, e->arg, &r);

    if (rc == 0)
        cr_assert_str_eq(r.body, "hola");
    as_http_response_clear(&r);
    return rc;
}

static int recorre(struct entorno *e, int (*prueba)(struct entorno *e))
{
    long n = 0;
    int rc, otros = 0, nombres = 0;
    bool fallo = true;

    while (fallo) {
        as_http *http;
        cr_assert_eq(as_http_new(NULL, &http), 0);
        e->http = http;
        fallo = con_fallo_en(++n, prueba, e, &rc);
        cr_assert(rc <= 0);
        if (!fallo)
            cr_assert_eq(rc, 0, "%s", as_error_text(rc));
        else if (rc == UV_EAI_NODATA)
            nombres++; /* c-ares cuenta así las reservas suyas que fallan */
        else if (rc < 0 && rc != UV_ENOMEM)
            otros++; /* a veces libcurl lo cuenta como otro error */
        /* El cliente sirve después, o dice que ya no. */
        rc = prueba(e);
        cr_assert(rc == 0 || (fallo && rc == UV_ENOMEM), "n = %ld: %s", n,
                  as_error_text(rc));
        as_http_close(http);
        cr_assert_lt(n, 5000);
    }
    cr_assert_gt(n, 50, "solo %ld reservas: ¿se interceptan?", n);
    cr_assert_leq(nombres, 12, "%d fallos se contaron como un nombre sin dirección",
                  nombres);
    cr_assert_leq(otros, n / 10, "%d de %ld fallos no fueron UV_ENOMEM", otros, n);
    return 0;
}

static int recorre_todo(struct entorno *e)
{
    char direccion[128];

    nombres_plazo_ms =
        100; /* sin memoria, c-ares pierde respuestas: que insista pronto */
    get_correcto(e, url_en(e->servidor, "bien.prueba", "/")); /* abre el DNS de mentira */
    strcpy(direccion, url_en(e->servidor, "bien.prueba", "/ir?a=b"));
    e->arg = direccion;
    as_http *propio = e->http;
    int rc = recorre(e, post_con_todo);
    if (rc == 0)
        rc = recorre(e, lee_flujo);
    strcpy(direccion, url_en(e->servidor, "bien.prueba", "/gzip"));
    if (rc == 0)
        rc = recorre(e, pide_comprimido);
    e->http = propio;
    return rc;
}

static void atiende_con_salto(struct conexion *c)
{
    /* printf hola | gzip -n */
    static const unsigned char hola[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                         0x00, 0x03, 0xcb, 0xc8, 0xcf, 0x49, 0x04, 0x00,
                                         0x88, 0xf9, 0xa0, 0x6f, 0x04, 0x00, 0x00, 0x00};

    while (lee_peticion(c)) {
        if (pide(c, "/ir")) {
            responde(c, 307, "Location: /llegar\r\nX-De-Paso: si\r\n", "por ahi");
        } else if (pide(c, "/gzip")) {
            envia_texto(c, "HTTP/1.1 200 Bien\r\nContent-Encoding: gzip\r\n"
                           "Content-Length: 24\r\n\r\n");
            envia(c, hola, sizeof hola);
        } else {
            responde_eco(c);
        }
    }
}

static int crea(struct entorno *e)
{
    return as_http_new(&e->opciones, &e->http);
}

static int crea_clientes(struct entorno *e)
{
    as_http *propio = e->http;
    bool fallo = true;
    int rc;

    for (long n = 1; fallo; n++) {
        fallo = con_fallo_en(n, crea, e, &rc);
        cr_assert_eq(rc, fallo ? UV_ENOMEM : 0);
        as_http_close(e->http);
    }
    e->http = propio;
    return 0;
}

PRUEBA(http_memoria, sin_memoria_en_cualquier_punto_es_un_error_y_nada_mas)
{
    EXIGE_SIN_MEMORIA();
    con_servidor(atiende_con_salto, recorre_todo);
    con_servidor_y(atiende_con_salto, crea_clientes, NULL,
                   (as_http_options){.user_agent = "yo",
                                     .ca_file = "/etc/passwd",
                                     .cert_file = "/etc/passwd",
                                     .key_file = "/etc/passwd",
                                     .proxy = "http://127.0.0.1:1"});
}

static int compone(void)
{
    static const char *const pares[] = {"a", "b c", "d", "e", NULL};
    char *direccion;
    int rc = as_http_add_query("http://a/b?c#d", pares, &direccion);

    free(direccion);
    return rc;
}

PRUEBA(http_memoria, sin_memoria_para_componer_una_direccion)
{
    EXIGE_SIN_MEMORIA();
    sin_memoria_recorre(compone, 0, 5);
    sin_memoria_recorre(compone, SM_DESDE_AHI, 5);
}
