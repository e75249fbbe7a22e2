/* Dos proveedores dicen lo mismo con dos formas de JSON. */
#include "servidor_local.h"

enum { CIUDADES = 6, PLAZO_MS = 1000, CUERPO_MAXIMO = 1024 };

static char novela[2001]; /* más larga de lo que se admite */

/* [sitio] */
static const struct pagina paginas[] = {
    {"/quito", 120, 200, "{\"grados\": 14.1}"},
    {"/lima", 80, 200, "{\"ahora\": {\"temp\": 19, \"viento\": 3}}"},
    {"/cusco", 60, 200, "{\"grados\": \"9.5\"}"},
    {"/puno", 90, 200, "{\"grados\": null}"},
    {"/ica", 50, 404, "{\"grados\": 25}"},
    {"/tumbes", 70, 200, novela},
    {0},
};
/* [/sitio] */

struct ciudad {
    as_http *http;
    const char *camino;
    char url[64];
    double grados; /* si fue bien */
};

/* [leer] */
static int leer_grados(json_t *raiz, double *grados)
{
    json_t *valor = json_object_get(raiz, "grados");
    json_t *ahora = json_object_get(raiz, "ahora");

    if (!valor)
        valor = json_object_get(ahora, "temp");
    if (!json_is_number(valor))
        return as_error_set(UV_EPROTO, "no trae la temperatura");
    *grados = json_number_value(valor);
    return 0;
}
/* [/leer] */

/* [entender] */
static int entender(const as_http_response *respuesta, double *grados)
{
    if (respuesta->status < 200 || respuesta->status > 299)
        return as_error_set(UV_EPROTO, "estado %d", respuesta->status);
    json_t *raiz = json_loadb(respuesta->body, respuesta->body_size, 0,
                              NULL);
    if (!raiz)
        return as_error_set(UV_EPROTO, "no es JSON");
    int rc = leer_grados(raiz, grados);
    json_decref(raiz);
    return rc;
}
/* [/entender] */

/* [consultar] */
static int consultar(void *arg)
{
    struct ciudad *c = arg;
    const as_http_request peticion = {.url = c->url,
                                      .timeout_ms = PLAZO_MS,
                                      .max_body = CUERPO_MAXIMO};
    as_http_response respuesta;

    int rc = as_http_send(c->http, &peticion, &respuesta);
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = entender(&respuesta, &c->grados);
    as_http_response_clear(&respuesta);
    return rc;
}
/* [/consultar] */

static int informar(struct ciudad *ciudades)
{
    as_outcome casillas[CIUDADES];

    int fallos = as_gather_each(consultar, ciudades, CIUDADES,
                                sizeof *ciudades, casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < CIUDADES; i++) {
        printf("%s: ", ciudades[i].camino);
        if (casillas[i].rc < 0)
            puts(casillas[i].text);
        else
            printf("%.1f °C\n", ciudades[i].grados);
    }
    return 0;
}

static int principal(void *base)
{
    struct ciudad ciudades[CIUDADES];
    as_http *http;

    memset(novela, '.', sizeof novela - 1);
    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < CIUDADES; i++) {
        ciudades[i] = (struct ciudad){.http = http,
                                      .camino = paginas[i].camino};
        snprintf(ciudades[i].url, sizeof ciudades[i].url, "%s%s",
                 (char *)base, paginas[i].camino);
    }
    rc = informar(ciudades);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
