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

static int recorre(struct entorno *e, int (*prueba)(struct entorno *e))
{
    long n = 0;
    int rc, otros = 0;
    bool fallo = true;

    while (fallo) {
        as_http *http = as_http_new(NULL);
        cr_assert_not_null(http);
        e->http = http;
        fallo = con_fallo_en(++n, prueba, e, &rc);
        cr_assert(rc <= 0);
        if (!fallo)
            cr_assert_eq(rc, 0, "%s", as_error_detail());
        else if (rc < 0 && rc != UV_ENOMEM)
            otros++; /* a veces libcurl lo cuenta como otro error */
        /* El cliente sirve después, o dice que ya no. */
        rc = prueba(e);
        cr_assert(rc == 0 || (fallo && rc == UV_ENOMEM), "n = %ld: %s (%s)", n,
                  as_strerror(rc), as_error_detail());
        as_http_close(http);
        cr_assert_lt(n, 5000);
    }
    cr_assert_gt(n, 50, "solo %ld reservas: ¿se interceptan?", n);
    cr_assert_leq(otros, n / 10, "%d de %ld fallos no fueron UV_ENOMEM", otros, n);
    return 0;
}

static int recorre_todo(struct entorno *e)
{
    char direccion[128];

    strcpy(direccion, url_en(e->servidor, "bien.prueba", "/ir?a=b"));
    e->arg = direccion;
    as_http *propio = e->http;
    int rc = recorre(e, post_con_todo);
    if (rc == 0)
        rc = recorre(e, lee_flujo);
    e->http = propio;
    return rc;
}

static void atiende_con_salto(struct conexion *c)
{
    while (lee_peticion(c)) {
        if (pide(c, "/ir"))
            responde(c, 307, "Location: /llegar\r\nX-De-Paso: si\r\n", "por ahi");
        else
            responde_eco(c);
    }
}

static int crea(struct entorno *e)
{
    e->http = as_http_new(&e->opciones);
    return e->http ? 0 : UV_ENOMEM;
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
    con_servidor(atiende_con_salto, crea_clientes);
}
