/* mal: guarda lo que llegue, sea lo que sea. */
#include "servidor_local.h"

enum { FOTOS = 2 };

static const struct pagina paginas[] = {
    {"/gato.png", 50, 200, "los bytes de un gato"},
    {"/perro.png", 80, 404, "<h1>No existe</h1>"},
    {0},
};

/* [bajar] */
static int bajar(as_http *http, const char *url, const char *nombre)
{
    as_http_response respuesta;

    int rc = as_http_get(http, url, &respuesta);
    if (rc < 0)
        return rc;
    printf("guardo %s: %s\n", nombre, respuesta.body);
    as_http_response_clear(&respuesta);
    return 0;
}
/* [/bajar] */

static int principal(void *base)
{
    as_http *http;
    char url[64];

    int rc = as_http_new(NULL, &http);
    for (int i = 0; i < FOTOS && rc == 0; i++) {
        snprintf(url, sizeof url, "%s%s", (char *)base,
                 paginas[i].camino);
        rc = bajar(http, url, paginas[i].camino + 1);
    }
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
