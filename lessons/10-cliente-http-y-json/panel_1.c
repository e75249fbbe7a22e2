/* Un panel que no mira lo que le contestan. */
#include "servidor_local.h"

enum { SERVICIOS = 4 };

/* [sitio] */
static const struct pagina paginas[] = {
    {"/usuarios", 160, 200, "{\"pendientes\": 12}"},
    {"/pagos", 40, 500, "se cayó la base de datos"},
    {"/pedidos", 100, 200, "<h1>Página en obras</h1>"},
    {"/informes", 10000, 200, "{\"pendientes\": 3}"},
    {0},
};
/* [/sitio] */

/* [consultar] */
struct servicio {
    as_http *http;
    const char *camino;
    char url[64];
};

static int consultar(void *arg)
{
    const struct servicio *s = arg;
    as_http_response respuesta;

    int rc = as_http_get(s->http, s->url, &respuesta);
    if (rc < 0)
        return rc;
    printf("%s: todo bien\n", s->camino);
    as_http_response_clear(&respuesta);
    return 0;
}
/* [/consultar] */

/* Cada uno con el cliente y con su dirección entera. */
static void preparar(struct servicio *servicios, as_http *http,
                     const char *base)
{
    for (int i = 0; i < SERVICIOS; i++) {
        struct servicio *s = &servicios[i];
        s->http = http;
        s->camino = paginas[i].camino;
        snprintf(s->url, sizeof s->url, "%s%s", base, s->camino);
    }
}

/* [principal] */
static int principal(void *base)
{
    struct servicio servicios[SERVICIOS];
    uint64_t inicio = as_now();
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    preparar(servicios, http, base);
    rc = as_gather_each(consultar, servicios, SERVICIOS,
                        sizeof *servicios, NULL);
    printf("la ronda duró %.1f s\n",
           (double)(as_now() - inicio) / 1000);
    as_http_close(http);
    return rc;
}
/* [/principal] */

int main(void)
{
    return con_servidor(paginas, principal);
}
