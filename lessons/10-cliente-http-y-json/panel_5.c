/* El panel entero: insiste cuando sirve de algo. */
#include "servidor_local.h"

enum { SERVICIOS = 6, PLAZO_MS = 1000, CUERPO_MAXIMO = 1024 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/usuarios", 160, 200, "{\"pendientes\": 12}"},
    {"/pagos", 40, 500, "se cayó la base de datos"},
    {"/pagos", 40, 200, "{\"pendientes\": 7}"},
    {"/pedidos", 50, 404, "no existe"},
    {"/informes", 10000, 200, "{\"pendientes\": 3}"},
    {"/informes", 300, 200, "{\"pendientes\": 3}"},
    {"/correo", 80, 503, "vuelve luego"},
    {"/almacen", 60, 408, "tardaste"},
    {"/almacen", 60, 200, "{\"pendientes\": 9}"},
    {0},
};
/* [/sitio] */

static const char *const caminos[SERVICIOS] = {"/usuarios", "/pagos",
                                               "/pedidos",  "/informes",
                                               "/correo",   "/almacen"};

struct servicio {
    as_http *http;
    const char *camino;
    char url[64];
    double pendientes; /* si fue bien */
    int intentos;
};

/* [leer] */
static int leer_pendientes(json_t *raiz, double *pendientes)
{
    json_t *valor = json_object_get(raiz, "pendientes");
    json_t *cola = json_object_get(raiz, "cola");

    if (!valor)
        valor = json_object_get(cola, "pendientes");
    if (!json_is_number(valor))
        return as_error_set(UV_EPROTO, "no dice cuántos");
    *pendientes = json_number_value(valor);
    return 0;
}
/* [/leer] */

/* [juzgar] */
static int juzgar(int estado)
{
    if (estado >= 200 && estado <= 299)
        return 0;
    if (estado >= 500 || estado == 408 || estado == 429)
        return as_error_set(UV_EIO, "estado %d", estado); /* quizá */
    return as_error_set(UV_EPROTO, "estado %d", estado);  /* no */
}
/* [/juzgar] */

static int entender(const as_http_response *respuesta,
                    double *pendientes)
{
    int rc = juzgar(respuesta->status);
    if (rc < 0)
        return rc;
    json_t *raiz = json_loadb(respuesta->body, respuesta->body_size, 0,
                              NULL);
    if (!raiz)
        return as_error_set(UV_EPROTO, "no es JSON");
    rc = leer_pendientes(raiz, pendientes);
    json_decref(raiz);
    return rc;
}

/* Un intento. */
static int consultar(struct servicio *s)
{
    const as_http_request peticion = {.url = s->url,
                                      .timeout_ms = PLAZO_MS,
                                      .max_body = CUERPO_MAXIMO};
    as_http_response respuesta;

    int rc = as_http_send(s->http, &peticion, &respuesta);
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0)
        return as_error_set(rc, "%s", as_strerror(rc));
    rc = entender(&respuesta, &s->pendientes);
    as_http_response_clear(&respuesta);
    return rc;
}

/* [insistir] */
static int insistir(void *arg)
{
    struct servicio *s = arg;
    as_retry serie;
    int rc;

    as_retry_init(&serie, &(as_retry_options){.attempts = 3,
                                              .base_ms = 500,
                                              .cap_ms = 4000});
    do
        rc = consultar(s);
    while (as_retry_again(&serie, &rc));
    s->intentos = serie.attempt;
    return rc;
}
/* [/insistir] */

static int hacer_ronda(struct servicio *servicios)
{
    as_outcome casillas[SERVICIOS];

    int fallos = as_gather_each(insistir, servicios, SERVICIOS,
                                sizeof *servicios, casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < SERVICIOS; i++) {
        printf("%s: ", servicios[i].camino);
        if (casillas[i].rc < 0)
            printf("%s", casillas[i].text);
        else
            printf("%g pendientes", servicios[i].pendientes);
        printf(" (intento %d)\n", servicios[i].intentos);
    }
    return 0;
}

static int principal(void *base)
{
    struct servicio servicios[SERVICIOS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < SERVICIOS; i++) {
        struct servicio *s = &servicios[i];
        *s = (struct servicio){.http = http, .camino = caminos[i]};
        snprintf(s->url, sizeof s->url, "%s%s", (char *)base,
                 s->camino);
    }
    rc = hacer_ronda(servicios);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
