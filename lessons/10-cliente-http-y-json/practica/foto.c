/*
 * 2 · Arreglar · 6 minutos
 * Un álbum que guarda errores.
 *
 * De los cuatro retratos, uno no existe y de otro el servidor se cayó. El álbum dice
 * que los tiene todos. Debe guardar solo los que llegaron y decir de los demás
 * «falta NOMBRE: estado N».
 */
#include "../../../lessons/10-cliente-http-y-json/servidor_local.h"

enum { RETRATOS = 4 };

static const struct pagina paginas[] = {
    {"/ana", 300, 200, "retrato de Ana"},
    {"/luis", 100, 404, "no existe"},
    {"/eva", 200, 200, "retrato de Eva"},
    {"/pepe", 400, 500, "vuelve mañana"},
    {0},
};

struct retrato {
    as_http *http;
    const char *nombre;
    char url[64];
};

static int guardados;

static int bajar(void *arg)
{
    const struct retrato *r = arg;
    as_http_response respuesta;

    int rc = as_http_get(r->http, r->url, &respuesta);
    if (rc < 0)
        return rc;
    printf("guardo %s: %s\n", r->nombre, respuesta.body);
    guardados++;
    as_http_response_clear(&respuesta);
    return 0;
}

static int principal(void *base)
{
    struct retrato retratos[RETRATOS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < RETRATOS; i++) {
        retratos[i].http = http;
        retratos[i].nombre = paginas[i].camino + 1;
        snprintf(retratos[i].url, sizeof retratos[i].url, "%s%s",
                 (char *)base, paginas[i].camino);
    }
    rc = as_gather_each(bajar, retratos, RETRATOS, sizeof *retratos,
                        NULL);
    printf("en el álbum: %d de %d\n", guardados, RETRATOS);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
