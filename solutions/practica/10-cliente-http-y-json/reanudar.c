/*
 * 5 · Construir · 20 minutos
 * La mitad que falta de una descarga.
 *
 * Ayer llegaron las primeras letras de un archivo, de la versión "v1". Escribe
 * `completar`: pide lo que falta con Range e If-Range y deja `e` con el archivo entero.
 *   206  añade lo que llegue        200  empieza de cero con lo que llegue
 *   416  pide otra vez, sin cabeceras, y empieza de cero        otro  un error
 * Las piezas: as_http_open, as_http_stream_status, as_http_read y un bucle. Si algo no
 * cabe en `letras`, devuelve AS_EOVERFLOW. El laboratorio 11 es esto, con archivos.
 */
#include "../../../lessons/10-cliente-http-y-json/archivo_local.h"

enum { CABEN = 64, PLAZO_MS = 1000 };

struct entrega {
    char letras[CABEN + 1]; /* acaba en '\0' */
    size_t n;
};

static int leer(as_http_stream *flujo, struct entrega *e)
{
    char bloque[16];
    ssize_t n;

    while ((n = as_http_read(flujo, bloque, sizeof bloque)) > 0) {
        if (e->n + (size_t)n > CABEN)
            return AS_EOVERFLOW;
        memcpy(e->letras + e->n, bloque, (size_t)n);
        e->n += (size_t)n;
        e->letras[e->n] = '\0';
    }
    return (int)n;
}

static int pedir(as_http *http, const char *url, const struct entrega *e,
                 as_http_stream **flujo)
{
    char rango[40];
    const char *const cabeceras[] = {rango, "If-Range: \"v1\"", NULL};
    const as_http_request peticion = {
        .url = url, .headers = e->n > 0 ? cabeceras : NULL, .timeout_ms = PLAZO_MS};

    snprintf(rango, sizeof rango, "Range: bytes=%zu-", e->n);
    return as_http_open(http, &peticion, flujo);
}

static int completar(as_http *http, const char *url, struct entrega *e)
{
    as_http_stream *flujo;

    int rc = pedir(http, url, e, &flujo);
    if (rc == 0 && as_http_stream_status(flujo) == 416) {
        as_http_stream_close(flujo);
        e->n = 0;
        rc = pedir(http, url, e, &flujo);
    }
    if (rc < 0)
        return rc;
    int estado = as_http_stream_status(flujo);
    if (estado == 200)
        e->n = 0;
    if (estado == 200 || estado == 206)
        rc = leer(flujo, e);
    else
        rc = UV_EPROTO;
    as_http_stream_close(flujo);
    return rc;
}

static struct archivo archivo;

static int probar(as_http *http, const char *url, const char *titulo, struct archivo hoy)
{
    struct entrega e = {"abcdefgh", 8};

    archivo = hoy;
    int rc = completar(http, url, &e);
    if (rc < 0)
        printf("%s: %s\n", titulo, as_strerror(rc));
    else
        printf("%s: %s (%zu)\n", titulo, e.letras, e.n);
    return 0;
}

static int principal(void *url)
{
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    probar(http, url, "sigue", (struct archivo){.bytes = 20, .version = 1, .porcion = 3});
    probar(http, url, "cambió", (struct archivo){.bytes = 20, .version = 2});
    probar(http, url, "sin rangos",
           (struct archivo){.bytes = 12, .version = 1, .sin_rangos = true});
    probar(http, url, "encogió", (struct archivo){.bytes = 5, .version = 1});
    probar(http, url, "no cabe", (struct archivo){.bytes = 900, .version = 1});
    as_http_close(http);
    return 0;
}

int main(void)
{
    return con_archivo(&archivo, principal);
}
