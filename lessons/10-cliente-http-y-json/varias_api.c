/* Ejercicio 2: varias API a la vez, con tiempo límite. */
#include "servidor_local.h"

enum { APIS = 6, PLAZO_MS = 3000, PRISA_MS = 1000 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/articulos", 400, 200, "{\"total\": 100}"},
    {"/usuarios", 1200, 200, "{\"total\": 10}"},
    {"/monedas", 800, 200, "{\"total\": 0}"},
    {"/lenta", 10000, 200, "{\"total\": 1}"},
    {"/caida", 300, 503, "vuelve luego"},
    {"/rara", 200, 200, "{\"total\": \"muchos\"}"},
    {0},
};
/* [/sitio] */

/* [api] */
struct api {
    as_http *http;
    const char *camino;
    char url[64];
    double segundos; /* lo que se esperó */
    int total;       /* lo que dijo, si fue bien */
};
/* [/api] */

/* [leer] */
static int leer_total(const as_http_response *respuesta, int *total)
{
    if (respuesta->status < 200 || respuesta->status > 299)
        return as_error_set(UV_EPROTO, "estado %d", respuesta->status);
    json_t *raiz = json_loadb(respuesta->body, respuesta->body_size, 0,
                              NULL);
    if (!raiz)
        return as_error_set(UV_EPROTO, "no es JSON");
    json_t *valor = json_object_get(raiz, "total");
    bool hay = json_is_number(valor);
    *total = (int)json_number_value(valor);
    json_decref(raiz);
    return hay ? 0 : as_error_set(UV_EPROTO, "no dice el total");
}
/* [/leer] */

/* [consultar] */
static int consultar_api(void *arg)
{
    struct api *api = arg;
    const as_http_request peticion = {.url = api->url,
                                      .timeout_ms = PLAZO_MS};
    as_http_response respuesta;
    uint64_t inicio = as_now();

    int rc = as_http_send(api->http, &peticion, &respuesta);
    api->segundos = (double)(as_now() - inicio) / 1000;
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = leer_total(&respuesta, &api->total);
    as_http_response_clear(&respuesta);
    return rc;
}
/* [/consultar] */

/* [resumir] */
static void resumir(const struct api *apis, const as_outcome *casillas)
{
    int buenas = 0;

    for (int i = 0; i < APIS; i++) {
        printf("  %s (%.1f s): ", apis[i].camino, apis[i].segundos);
        if (casillas[i].rc == UV_ECANCELED) {
            puts("no dio tiempo");
        } else if (casillas[i].rc < 0) {
            puts(casillas[i].text);
        } else {
            printf("total %d\n", apis[i].total);
            buenas++;
        }
    }
    printf("  con datos: %d de %d\n", buenas, APIS);
}
/* [/resumir] */

/* [todas] */
static int consultar_todas(struct api *apis, int64_t ms)
{
    as_outcome casillas[APIS];
    uint64_t inicio = as_now();
    as_scope plazo;

    as_scope_enter(&plazo, ms);
    int rc = as_gather_each(consultar_api, apis, APIS, sizeof *apis,
                            casillas);
    rc = as_scope_leave(&plazo, rc);
    if (rc < 0 && rc != UV_ETIMEDOUT)
        return rc;
    printf("en %.1f s:\n", (double)(as_now() - inicio) / 1000);
    resumir(apis, casillas);
    return 0;
}
/* [/todas] */

/* [principal] */
static int principal(void *base)
{
    struct api apis[APIS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < APIS; i++) {
        apis[i] = (struct api){.http = http,
                               .camino = paginas[i].camino};
        snprintf(apis[i].url, sizeof apis[i].url, "%s%s", (char *)base,
                 paginas[i].camino);
    }
    rc = consultar_todas(apis, AS_FOREVER); /* 3 s cada una */
    if (rc == 0)
        rc = consultar_todas(apis, PRISA_MS); /* y 1 s para todas */
    as_http_close(http);
    return rc;
}
/* [/principal] */

int main(void)
{
    return con_servidor(paginas, principal);
}
