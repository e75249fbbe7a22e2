/* Ejercicio 2: varias API a la vez, con un tiempo límite cada una. */
#include "servidor_local.h"

enum { LIMITE_MS = 3000, APIS = 4 };

/* [servidor] */
static int responder_tras(as_http_server_request *peticion, void *arg)
{
    const int *demora_ms = arg;

    int rc = as_sleep(*demora_ms);
    if (rc < 0)
        return rc;
    return as_http_reply_json(peticion, 200,
                              json_pack("{s:b}", "ok", 1));
}

static const struct ruta rutas[] = {
    {"/articulos", responder_tras, &(int){400}},
    {"/usuarios", responder_tras, &(int){1200}},
    {"/monedas", responder_tras, &(int){800}},
    {"/lenta", responder_tras, &(int){10000}}, /* a propósito */
    {0},
};
/* [/servidor] */

/* [consultar] */
struct api {
    as_http *http;
    const char *base, *camino;
};

static int consultar_api(void *arg)
{
    const struct api *api = arg;
    as_http_response respuesta;
    char url[64];

    snprintf(url, sizeof url, "%s%s", api->base, api->camino);
    uint64_t inicio = as_now();
    const as_http_request peticion = {.url = url,
                                      .timeout_ms = LIMITE_MS};
    int rc = as_http_send(api->http, &peticion, &respuesta);
    double segundos = (double)(as_now() - inicio) / 1000;
    if (rc < 0) {
        printf("%s: %s (%.1f s)\n", api->camino, as_strerror(rc),
               segundos);
        return rc;
    }
    json_t *datos = json_loadb(respuesta.body, respuesta.body_size, 0,
                               NULL);
    printf("%s: %d, %s (%.1f s)\n", api->camino, respuesta.status,
           datos ? "con datos" : "sin datos", segundos);
    json_decref(datos);
    as_http_response_clear(&respuesta);
    return 0;
}
/* [/consultar] */

/* [consultar_todas] */
static int consultar_todas(as_http *http, const char *base)
{
    struct api apis[APIS];
    int estados[APIS];

    for (int i = 0; i < APIS; i++)
        apis[i] = (struct api){http, base, rutas[i].camino};
    int fallos = as_gather_each(consultar_api, apis, APIS, sizeof *apis,
                                estados);
    if (fallos < 0)
        return fallos;

    puts("Resumen:");
    for (int i = 0; i < APIS; i++)
        printf("  %s: %s\n", apis[i].camino,
               estados[i] < 0 ? as_strerror(estados[i]) : "bien");
    return 0;
}
/* [/consultar_todas] */

static int principal(void *arg)
{
    (void)arg;
    return con_servidor(rutas, consultar_todas);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
