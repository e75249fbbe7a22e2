/* El mismo panel, que ahora hace tres preguntas a cada respuesta. */
#include "servidor_local.h"

enum { SERVICIOS = 4, PLAZO_MS = 1000 };

static const struct pagina paginas[] = {
    {"/usuarios", 160, 200, "{\"pendientes\": 12}"},
    {"/pagos", 40, 500, "se cayó la base de datos"},
    {"/pedidos", 100, 200, "<h1>Página en obras</h1>"},
    {"/informes", 10000, 200, "{\"pendientes\": 3}"},
    {0},
};

struct servicio {
    as_http *http;
    const char *camino;
    char url[64];
};

/* [entender] */
static int entender(const as_http_response *respuesta)
{
    json_error_t donde;

    if (respuesta->status < 200 || respuesta->status > 299)
        return as_error_set(UV_EPROTO, "estado %d", respuesta->status);
    json_t *datos = json_loadb(respuesta->body, respuesta->body_size, 0,
                               &donde);
    if (!datos)
        return as_error_set(UV_EPROTO, "no es JSON (línea %d)",
                            donde.line);
    json_decref(datos);
    return 0;
}
/* [/entender] */

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
    /* [final] */
    rc = entender(&respuesta);
    as_http_response_clear(&respuesta);
    return rc;
    /* [/final] */
}

/* [ronda] */
static int hacer_ronda(struct servicio *servicios)
{
    as_call llamadas[SERVICIOS];
    as_outcome casillas[SERVICIOS];

    for (int i = 0; i < SERVICIOS; i++)
        llamadas[i] = (as_call){.fn = consultar,
                                .arg = &servicios[i],
                                .name = servicios[i].camino};
    int fallos = as_gather(llamadas, SERVICIOS, casillas);
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
        s->camino = paginas[i].camino;
        snprintf(s->url, sizeof s->url, "%s%s", (char *)base,
                 s->camino);
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
