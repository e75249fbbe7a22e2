/* Un archivo grande, leído a trozos: memoria fija y tanto por ciento. */
#include "archivo_local.h"

enum { BLOQUE = 16 * 1024, SILENCIO_MS = 200 };

static struct archivo archivo = {
    .bytes = 1000000, .version = 1, .porcion = 50000, .ms = 15};

/* [leer] */
static int leer(as_http_stream *flujo, char *bloque)
{
    as_scope plazo;

    as_scope_enter(&plazo, SILENCIO_MS);
    return as_scope_leave(&plazo,
                          (int)as_http_read(flujo, bloque, BLOQUE));
}
/* [/leer] */

/* [copiar] */
static int copiar(as_http_stream *flujo, as_file *part, int64_t total)
{
    char bloque[BLOQUE];
    int64_t llevo = 0;
    int n, dicho = 0;

    while ((n = leer(flujo, bloque)) > 0) {
        int rc = as_file_write(part, bloque, (size_t)n);
        if (rc < 0)
            return rc;
        llevo += n;
        while (total > 0 && llevo * 100 / total >= dicho + 20) {
            dicho += 20;
            printf(" %d %%", dicho);
        }
    }
    return n;
}
/* [/copiar] */

/* [bajar] */
static int bajar(as_http *http, const char *url)
{
    const as_http_request peticion = {.url = url,
                                      .timeout_ms = SILENCIO_MS};
    as_http_stream *flujo;
    as_file *part = NULL;

    int rc = as_http_open(http, &peticion, &flujo);
    if (rc < 0)
        return rc;
    if (as_http_stream_status(flujo) != 200)
        rc = as_error_set(UV_EPROTO, "estado %d",
                          as_http_stream_status(flujo));
    if (rc == 0)
        rc = as_file_open("datos.part", "w", &part);
    if (rc == 0) {
        const char *largo = as_http_stream_header(flujo,
                                                  "Content-Length");
        rc = copiar(flujo, part, largo ? strtoll(largo, NULL, 10) : -1);
        if (rc == 0)
            rc = as_file_sync(part);
    }
    int cierre = as_file_close(part);
    if (rc == 0)
        rc = cierre;
    if (rc == 0)
        rc = as_file_rename("datos.part", "datos");
    as_http_stream_close(flujo);
    return rc;
}
/* [/bajar] */

/* [principal] */
static int probar(as_http *http, const char *url, const char *titulo)
{
    struct stat info;

    printf("%s:", titulo);
    int rc = bajar(http, url);
    printf(" %s\n", rc < 0 ? as_strerror(rc) : "entero");
    rc = as_file_stat("datos.part", &info);
    if (rc == 0)
        printf("  datos.part: %ld bytes\n", (long)info.st_size);
    return rc == UV_ENOENT ? 0 : rc;
}

static int principal(void *url)
{
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    rc = probar(http, url, "despacio");
    archivo.ms = 0;
    archivo.corte = 700000;
    if (rc == 0)
        rc = probar(http, url, "se corta");
    archivo.silencio = 500000;
    if (rc == 0)
        rc = probar(http, url, "se calla");
    as_http_close(http);
    return rc;
}
/* [/principal] */

int main(void)
{
    return con_archivo(&archivo, principal);
}
