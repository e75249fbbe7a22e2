/* Tres listas de una API lenta: de una en una, y a la vez. */
#include "servidor_local.h"

enum { LISTAS = 3 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/usuarios", 1000, 200, "[\"Ana\", \"Luis\"]"},
    {"/productos", 1000, 200, "[\"café\", \"té\", \"pan\"]"},
    {"/pedidos", 1000, 200, "[]"},
    {0},
};
/* [/sitio] */

/* [consultar] */
struct lista {
    as_http *http;
    const char *camino;
    char url[64];
    size_t cuantos; /* lo rellena consultar */
};

static int consultar(void *arg)
{
    struct lista *l = arg;
    as_http_response respuesta;

    int rc = as_http_get(l->http, l->url, &respuesta);
    if (rc < 0)
        return rc;
    json_t *datos = NULL;
    if (respuesta.status == 200)
        datos = json_loadb(respuesta.body, respuesta.body_size, 0,
                           NULL);
    if (!json_is_array(datos))
        rc = as_error_set(UV_EPROTO, "estado %d, sin lista",
                          respuesta.status);
    as_http_response_clear(&respuesta);
    l->cuantos = json_array_size(datos);
    json_decref(datos);
    return rc;
}
/* [/consultar] */

/* [formas] */
static int en_secuencia(struct lista *listas)
{
    int rc = 0;

    for (int i = 0; i < LISTAS && rc == 0; i++)
        rc = consultar(&listas[i]);
    return rc;
}

static int a_la_vez(struct lista *listas)
{
    return as_gather_each(consultar, listas, LISTAS, sizeof *listas,
                          NULL);
}
/* [/formas] */

static int medir(const char *titulo, int hacer(struct lista *),
                 struct lista *listas)
{
    uint64_t inicio = as_now();

    int rc = hacer(listas);
    if (rc < 0)
        return rc;
    printf("%s: %.0f s\n", titulo, (double)(as_now() - inicio) / 1000);
    for (int i = 0; i < LISTAS; i++)
        printf("  %s: %zu\n", listas[i].camino, listas[i].cuantos);
    return 0;
}

static int principal(void *base)
{
    struct lista listas[LISTAS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < LISTAS; i++) {
        listas[i] = (struct lista){.http = http,
                                   .camino = paginas[i].camino};
        snprintf(listas[i].url, sizeof listas[i].url, "%s%s",
                 (char *)base, paginas[i].camino);
    }
    rc = medir("En secuencia", en_secuencia, listas);
    if (rc == 0)
        rc = medir("A la vez", a_la_vez, listas);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
