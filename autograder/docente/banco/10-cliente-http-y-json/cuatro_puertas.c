/* Cuatro direcciones y lo que pasa con cada una. */
#include "servidor_local.h"

static const struct pagina paginas[] = {
    {"/pan", 50, 200, "pan del día"},
    {"/sal", 20, 404, "no queda"},
    {"/vino", 5000, 200, "tinto"},
    {0},
};

static void pedir(as_http *http, const char *base, const char *camino)
{
    char url[64];
    as_http_response respuesta;

    snprintf(url, sizeof url, "%s%s", base, camino);
    const as_http_request peticion = {.url = url, .timeout_ms = 1000};
    int rc = as_http_send(http, &peticion, &respuesta);
    if (rc < 0) {
        puts(uv_err_name(rc));
        return;
    }
    printf("estado %d\n", respuesta.status);
    as_http_response_clear(&respuesta);
}

static int principal(void *base)
{
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    pedir(http, base, "/sal");
    pedir(http, base, "/vino");
    pedir(http, "http://127.0.0.1:1", "/pan");
    pedir(http, base, "/aceite");
    as_http_close(http);
    return 0;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
