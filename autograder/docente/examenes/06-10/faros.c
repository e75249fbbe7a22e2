/* Qué se entiende de lo que responde cada faro. */
#include "lessons/10-cliente-http-y-json/servidor_local.h"

enum { FAROS = 6, PLAZO_MS = 500 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/norte", 100, 200, "{\"luz\": {\"alcance\": 12}}"},
    {"/sur", 100, 404, "{\"luz\": {\"alcance\": 30}}"},
    {"/este", 100, 200, "{\"luz\": {\"alcance\": \"9\"}}"},
    {"/oeste", 9000, 200, "{\"luz\": {\"alcance\": 7}}"},
    {"/isla", 100, 200, "{\"luz\": [12]}"},
    {"/cabo", 100, 200, "{\"luz\": {\"alcance\": 0}}"},
    {0},
};
/* [/sitio] */

struct faro {
    as_http *http;
    char url[64];
};

/* [leer] */
static int leer(const as_http_response *r)
{
    if (r->status < 200 || r->status > 299)
        return as_error_set(UV_EPROTO, "estado %d", r->status);
    json_t *raiz = json_loadb(r->body, r->body_size, 0, NULL);
    json_t *luz = json_object_get(raiz, "luz");
    json_t *alcance = json_object_get(luz, "alcance");
    int rc = json_is_number(alcance)
                 ? (int)json_number_value(alcance)
                 : as_error_set(UV_EPROTO, "sin alcance");
    json_decref(raiz);
    return rc;
}

static int consultar(void *arg)
{
    const struct faro *f = arg;
    const as_http_request peticion = {.url = f->url,
                                      .timeout_ms = PLAZO_MS};
    as_http_response respuesta;

    int rc = as_http_send(f->http, &peticion, &respuesta);
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = leer(&respuesta);
    as_http_response_clear(&respuesta);
    return rc;
}
/* [/leer] */

/* [ronda] */
static int ronda(struct faro *faros)
{
    as_outcome casillas[FAROS];
    int suma = 0, buenos = 0;

    int fallos = as_gather_each(consultar, faros, FAROS, sizeof *faros,
                                casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < FAROS; i++) {
        if (casillas[i].rc < 0) {
            printf("%s: %s\n", paginas[i].camino, casillas[i].text);
            continue;
        }
        suma += casillas[i].rc;
        buenos++;
    }
    printf("%d faros, alcance medio %d\n", buenos,
           buenos ? suma / buenos : 0);
    return 0;
}
/* [/ronda] */

static int principal(void *base)
{
    struct faro faros[FAROS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < FAROS; i++) {
        faros[i].http = http;
        snprintf(faros[i].url, sizeof faros[i].url, "%s%s",
                 (char *)base, paginas[i].camino);
    }
    rc = ronda(faros);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
