/* El panel cuenta lo que dice cada servicio, si se lo puede creer. */
#include "servidor_local.h"

enum { SERVICIOS = 6, PLAZO_MS = 1000, CUERPO_MAXIMO = 1024 };

static char novela[2001]; /* más larga de lo que se admite */

/* [sitio] */
static const struct pagina paginas[] = {
    {"/usuarios", 160, 200, "{\"pendientes\": 12}"},
    {"/correo", 80, 200,
     "{\"cola\": {\"pendientes\": 4, \"tope\": 9}}"},
    {"/almacen", 60, 200, "{\"pendientes\": \"9\"}"},
    {"/nominas", 90, 200, "{\"pendientes\": null}"},
    {"/pedidos", 50, 404, "{\"pendientes\": 25}"},
    {"/avisos", 70, 200, novela},
    {0},
};
/* [/sitio] */

struct servicio {
    as_http *http;
    const char *camino;
    char url[64];
    double pendientes; /* si fue bien */
};

/* [leer] */
static int leer_pendientes(json_t *raiz, double *pendientes)
{
    json_t *valor = json_object_get(raiz, "pendientes");
    json_t *cola = json_object_get(raiz, "cola");

    if (!valor)
        valor = json_object_get(cola, "pendientes");
    if (!json_is_number(valor))
        return as_error_set(UV_EPROTO, "no dice cuántos");
    *pendientes = json_number_value(valor);
    return 0;
}
/* [/leer] */

/* [entender] */
static int entender(const as_http_response *respuesta,
                    double *pendientes)
{
    if (respuesta->status < 200 || respuesta->status > 299)
        return as_error_set(UV_EPROTO, "estado %d", respuesta->status);
    json_t *raiz = json_loadb(respuesta->body, respuesta->body_size, 0,
                              NULL);
    if (!raiz)
        return as_error_set(UV_EPROTO, "no es JSON");
    int rc = leer_pendientes(raiz, pendientes);
    json_decref(raiz);
    return rc;
}
/* [/entender] */

/* [consultar] */
static int consultar(void *arg)
{
    struct servicio *s = arg;
    const as_http_request peticion = {.url = s->url,
                                      .timeout_ms = PLAZO_MS,
                                      .max_body = CUERPO_MAXIMO};
    as_http_response respuesta;

    int rc = as_http_send(s->http, &peticion, &respuesta);
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = entender(&respuesta, &s->pendientes);
    as_http_response_clear(&respuesta);
    return rc;
}
/* [/consultar] */

static int hacer_ronda(struct servicio *servicios)
{
    as_outcome casillas[SERVICIOS];

    int fallos = as_gather_each(consultar, servicios, SERVICIOS,
                                sizeof *servicios, casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < SERVICIOS; i++) {
        printf("%s: ", servicios[i].camino);
        if (casillas[i].rc < 0)
            puts(casillas[i].text);
        else
            printf("%g pendientes\n", servicios[i].pendientes);
    }
    return 0;
}

static int principal(void *base)
{
    struct servicio servicios[SERVICIOS];
    as_http *http;

    memset(novela, '.', sizeof novela - 1);
    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < SERVICIOS; i++) {
        struct servicio *s = &servicios[i];
        *s = (struct servicio){.http = http,
                               .camino = paginas[i].camino};
        snprintf(s->url, sizeof s->url, "%s%s", (char *)base,
                 s->camino);
    }
    rc = hacer_ronda(servicios);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
