#include "servidor_local.h"

enum { CONSULTAS = 3 };

struct consulta {
    as_http *http;
    char url[64];
    json_t *datos; /* lo rellena consultar */
};

/* [servidor] */
static int atender_lista(as_http_server_request *peticion, void *arg)
{
    int rc = as_sleep(1000); /* una API lenta */

    if (rc < 0)
        return rc;
    return as_http_reply_json(
        peticion, 200,
        json_pack("{s:[s,s]}", (char *)arg, "uno", "dos"));
}

static const struct ruta rutas[] = {
    {"/usuarios", atender_lista, "usuarios"},
    {"/productos", atender_lista, "productos"},
    {"/pedidos", atender_lista, "pedidos"},
    {0},
};
/* [/servidor] */

/* [consultar] */
static int consultar(void *arg)
{
    struct consulta *c = arg;
    as_http_response respuesta;

    int rc = as_http_get(c->http, c->url, &respuesta);
    if (rc < 0)
        return rc;
    c->datos = json_loadb(respuesta.body, respuesta.body_size, 0, NULL);
    as_http_response_clear(&respuesta);
    return c->datos ? 0 : as_error_set(UV_EPROTO, "no es JSON");
}
/* [/consultar] */

/* [formas] */
static int en_secuencia(struct consulta *consultas)
{
    int rc = 0;

    for (int i = 0; i < CONSULTAS && rc == 0; i++)
        rc = consultar(&consultas[i]);
    return rc;
}

static int a_la_vez(struct consulta *consultas)
{
    return as_gather_each(consultar, consultas, CONSULTAS,
                          sizeof *consultas, NULL);
}
/* [/formas] */

static int medir(const char *titulo, int hacer(struct consulta *),
                 as_http *http, const char *base)
{
    struct consulta consultas[CONSULTAS] = {0};

    for (int i = 0; i < CONSULTAS; i++) {
        consultas[i].http = http;
        snprintf(consultas[i].url, sizeof consultas[i].url, "%s%s",
                 base, rutas[i].camino);
    }
    uint64_t inicio = as_now();
    int rc = hacer(consultas);
    if (rc == 0)
        printf("%s: %.0f s\n", titulo,
               (double)(as_now() - inicio) / 1000);
    for (int i = 0; i < CONSULTAS; i++) {
        const char *clave = json_object_iter_key(
            json_object_iter(consultas[i].datos));
        if (rc == 0)
            printf("  %s: %zu elementos\n", clave,
                   json_array_size(
                       json_object_get(consultas[i].datos, clave)));
        json_decref(consultas[i].datos);
    }
    return rc;
}

static int comparar(as_http *http, const char *base)
{
    int rc = medir("En secuencia", en_secuencia, http, base);

    return rc < 0 ? rc : medir("A la vez", a_la_vez, http, base);
}

static int principal(void *arg)
{
    (void)arg;
    return con_servidor(rutas, comparar);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
