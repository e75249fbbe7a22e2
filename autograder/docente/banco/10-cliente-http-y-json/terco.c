/* Solo se insiste en lo que puede arreglarse solo. */
#include "servidor_local.h"

static const struct pagina paginas[] = {
    {"/nuevo", 10, 503, "un momento"},
    {"/nuevo", 10, 200, "aquí está"},
    {"/viejo", 10, 404, "no existe"},
    {0},
};

static int pedir(as_http *http, const char *url)
{
    as_http_response respuesta;

    int rc = as_http_get(http, url, &respuesta);
    if (rc < 0)
        return rc;
    if (respuesta.status != 200)
        rc = UV_EIO;
    as_http_response_clear(&respuesta);
    return rc;
}

static void insistir(as_http *http, const char *base,
                     const char *camino)
{
    char url[64];
    as_retry serie;
    int rc;

    snprintf(url, sizeof url, "%s%s", base, camino);
    as_retry_init(&serie, &(as_retry_options){.attempts = 3});
    do
        rc = pedir(http, url);
    while (as_retry_again(&serie, &rc));
    printf("%s: %s en %d\n", camino, rc < 0 ? "falla" : "bien",
           serie.attempt);
}

static int principal(void *base)
{
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    insistir(http, base, "/nuevo");
    insistir(http, base, "/viejo");
    as_http_close(http);
    return 0;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
