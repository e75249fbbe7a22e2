/* Pedir solo lo que falta: cinco preguntas y lo que se contesta. */
#include "archivo_local.h"

static struct archivo archivo = {.bytes = 100, .version = 1};

/* [preguntar] */
static int preguntar(as_http *http, const char *url, const char *rango,
                     const char *si_es)
{
    const char *const cabeceras[] = {rango, si_es, NULL};
    const as_http_request peticion = {
        .url = url, .headers = cabeceras, .timeout_ms = 1000};
    as_http_response respuesta;

    int rc = as_http_send(http, &peticion, &respuesta);
    if (rc < 0)
        return rc;
    const char *que = as_http_header(&respuesta, "Content-Range");
    printf("%s%s%s\n", rango ? rango : "(todo)", si_es ? ", " : "",
           si_es ? si_es : "");
    printf("  %d, %zu bytes%s%s\n", respuesta.status,
           respuesta.body_size, que ? ", Content-Range: " : "",
           que ? que : "");
    as_http_response_clear(&respuesta);
    return 0;
}
/* [/preguntar] */

/* [principal] */
static int principal(void *url)
{
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc == 0)
        rc = preguntar(http, url, NULL, NULL);
    if (rc == 0)
        rc = preguntar(http, url, "Range: bytes=60-", NULL);
    if (rc == 0)
        rc = preguntar(http, url, "Range: bytes=100-", NULL);
    if (rc == 0)
        rc = preguntar(http, url, "Range: bytes=60-",
                       "If-Range: \"v1\"");
    archivo.version = 2; /* alguien sube otra versión */
    archivo.bytes = 90;
    if (rc == 0)
        rc = preguntar(http, url, "Range: bytes=60-",
                       "If-Range: \"v1\"");
    as_http_close(http);
    return rc;
}
/* [/principal] */

int main(void)
{
    return con_archivo(&archivo, principal);
}
