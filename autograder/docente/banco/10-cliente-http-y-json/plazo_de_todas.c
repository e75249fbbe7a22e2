/* Tres tiendas. La que no conteste en un segundo se queda sin precio,
 * y las demás salen. */
#include "servidor_local.h"

static const struct pagina paginas[] = {
    {"/norte", 60, 200, "12"},
    {"/sur", 8000, 200, "10"},
    {"/este", 90, 200, "11"},
    {0},
};

struct tienda {
    as_http *http;
    char url[64];
};

static int preguntar(void *arg)
{
    struct tienda *t = arg;
    as_http_response respuesta;

    const as_http_request peticion = {.url = t->url};
    int rc = as_http_send(t->http, &peticion, &respuesta);
    if (rc < 0)
        return rc;
    printf("%s: %s\n", strrchr(t->url, '/'), respuesta.body);
    as_http_response_clear(&respuesta);
    return 0;
}

static int principal(void *base)
{
    struct tienda tiendas[3];
    as_outcome casillas[3];
    as_http *http;
    as_scope plazo;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < 3; i++) {
        tiendas[i].http = http;
        snprintf(tiendas[i].url, sizeof tiendas[i].url, "%s%s",
                 (char *)base, paginas[i].camino);
    }
    as_scope_enter(&plazo, 1000);
    int faltan = as_gather_each(preguntar, tiendas, 3, sizeof *tiendas,
                                casillas);
    faltan = as_scope_leave(&plazo, faltan);
    if (faltan < 0)
        puts("no hay precios");
    else
        printf("faltan %d\n", faltan);
    as_http_close(http);
    return 0;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
