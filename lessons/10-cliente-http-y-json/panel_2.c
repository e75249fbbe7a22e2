/* El panel no espera más de un segundo, y mira si hubo respuesta. */
#include "servidor_local.h"

enum { SERVICIOS = 6, PLAZO_MS = 1000 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/usuarios", 160, 200, "{\"pendientes\": 12}"},
    {"/pagos", 40, 500, "se cayó la base de datos"},
    {"/pedidos", 100, 200, "<h1>Página en obras</h1>"},
    {"/informes", 10000, 200, "{\"pendientes\": 3}"},
    {0},
};
/* [/sitio] */

struct servicio {
    as_http *http;
    const char *camino; /* o una dirección entera */
    char url[64];
};

/* [nuevos] */
static const char *const caminos[SERVICIOS] = {
    "/usuarios",
    "/pagos",
    "/pedidos",
    "/informes",
    "http://127.0.0.1:1/",    /* en ese puerto no escucha nadie */
    "http://envios..tienda/", /* le sobra un punto */
};
/* [/nuevos] */

/* [consultar] */
static int consultar(void *arg)
{
    const struct servicio *s = arg;
    const as_http_request peticion = {.url = s->url,
                                      .timeout_ms = PLAZO_MS};
    as_http_response respuesta;

    int rc = as_http_send(s->http, &peticion, &respuesta);
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    as_http_response_clear(&respuesta);
    return 0;
}
/* [/consultar] */

/* [ronda] */
static int hacer_ronda(struct servicio *servicios)
{
    as_outcome casillas[SERVICIOS];

    int fallos = as_gather_each(consultar, servicios, SERVICIOS,
                                sizeof *servicios, casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < SERVICIOS; i++)
        printf("%s: %s\n", servicios[i].camino,
               casillas[i].rc < 0 ? casillas[i].text : "todo bien");
    return 0;
}
/* [/ronda] */

static int principal(void *base)
{
    struct servicio servicios[SERVICIOS];
    uint64_t inicio = as_now();
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < SERVICIOS; i++) {
        struct servicio *s = &servicios[i];
        s->http = http;
        s->camino = caminos[i];
        snprintf(s->url, sizeof s->url, "%s%s",
                 *s->camino == '/' ? (char *)base : "", s->camino);
    }
    rc = hacer_ronda(servicios);
    printf("la ronda duró %.1f s\n",
           (double)(as_now() - inicio) / 1000);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
