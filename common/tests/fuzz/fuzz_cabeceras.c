/*
 * El cliente HTTP ante un servidor que contesta cualquier cosa: la entrada, byte a byte, es
 * la respuesta. Puede salir bien o ser un error, pero lo que devuelva debe sostenerse.
 *
 * El primer byte elige cómo se pide y en qué trozos llega.
 */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CUERPO = 64 * 1024, PLAZO_MS = 2000 };

struct caso {
    const char *respuesta;
    size_t largo;
    uint8_t como;
    as_listener *puerta;
    char url[64];
};

static void exige(bool bien, const char *que)
{
    if (bien)
        return;
    fprintf(stderr, "fuzz_cabeceras: %s\n", que);
    abort();
}

static int contesta(as_stream *cliente, void *arg)
{
    struct caso *c = arg;
    char linea[256];
    ssize_t n;
    int rc = 0;
    size_t trozo = c->como & 1 ? 1 + c->como / 8 : c->largo;

    while ((n = as_readline(cliente, linea, sizeof linea)) > 0)
        ;
    if (n < 0)
        return (int)n;
    for (size_t i = 0; i < c->largo && rc == 0; i += trozo) {
        size_t este = trozo < c->largo - i ? trozo : c->largo - i;
        rc = as_write(cliente, c->respuesta + i, este);
        if (rc == 0 && c->largo / trozo < 64)
            rc = as_yield();
    }
    return rc == UV_EPIPE || rc == UV_ECONNRESET ? 0 : rc;
}

static int sirve(void *arg)
{
    struct caso *c = arg;

    return as_serve(c->puerta, contesta, c);
}

static void usa(const char *texto, size_t *total)
{
    for (; *texto; texto++) /* ASan mira que cada byte sea de la respuesta */
        *total += (unsigned char)*texto;
}

static void pide_entera(struct caso *c, as_http *http)
{
    size_t total = 0;
    as_http_response r;
    as_http_request peticion = {.url = c->url, .method = c->como & 4 ? "HEAD" : NULL};
    int rc = as_http_send(http, &peticion, &r);

    if (rc < 0) {
        exige(!r.body && !r.headers && !r.url,
              "con un error, la respuesta no está vacía");
        exige(*as_strerror(rc) != '\0', "error sin texto");
        return;
    }
    exige(r.body && r.body[r.body_size] == '\0' && r.body_size <= MAX_CUERPO, "cuerpo");
    exige(r.headers && r.url, "faltan las cabeceras o la URL");
    for (char **h = r.headers; *h; h++)
        usa(*h, &total);
    const char *tipo = as_http_header(&r, "Content-Type");
    usa(tipo ? tipo : "", &total);
    total += (size_t)as_http_retry_after(&r);
    __asm__ volatile("" : : "r"(total)); /* que la lectura no se optimice */
    as_http_response_clear(&r);
}

static void pide_flujo(struct caso *c, as_http *http)
{
    as_http_stream *flujo;
    as_http_request peticion = {.url = c->url};
    char trozo[100];
    size_t total = 0;
    ssize_t n;

    if (as_http_open(http, &peticion, &flujo) < 0)
        return;
    exige(as_http_stream_status(flujo) >= 200,
          "un flujo abierto con un estado imposible");
    as_http_stream_header(flujo, "Content-Length");
    while ((n = as_http_read(flujo, trozo, sizeof trozo)) > 0 && total < MAX_CUERPO)
        total += (size_t)n;
    exige(n <= (ssize_t)sizeof trozo, "as_http_read devolvió de más");
    as_http_stream_close(flujo);
}

static int principal(void *arg)
{
    struct caso *c = arg;
    as_http_options opciones = {.max_redirects = -1, .max_body = MAX_CUERPO};
    as_http *http;
    as_group grupo;
    as_scope plazo;

    exige(as_http_new(&opciones, &http) == 0, "as_http_new falló");
    exige(as_listen("127.0.0.1", 0, 0, &c->puerta) == 0, "as_listen falló");
    snprintf(c->url, sizeof c->url, "http://127.0.0.1:%d/", as_listener_port(c->puerta));
    as_group_enter(&grupo);
    exige(as_start_soon(&grupo, "servidor", sirve, c) == 0, "as_start_soon falló");
    as_scope_enter(&plazo, PLAZO_MS);
    if (c->como & 2)
        pide_flujo(c, http);
    else
        pide_entera(c, http);
    exige(as_scope_leave(&plazo, as_yield()) != UV_ETIMEDOUT, "la petición no acababa");
    as_group_cancel(&grupo);
    int rc = as_group_leave(&grupo, 0);
    as_listener_close(c->puerta);
    as_http_close(http);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo);

int LLVMFuzzerTestOneInput(const uint8_t *datos, size_t largo)
{
    if (largo == 0)
        return 0;
    struct caso c = {
        .respuesta = (const char *)datos + 1, .largo = largo - 1, .como = datos[0]};

    exige(as_run_options(principal, &c, &(as_options){.no_sigint = true}) == 0,
          "as_run falló");
    return 0;
}
