/*
 * 4 · Construir · 15 minutos
 * La media de los que respondieron.
 *
 * Cinco tiendas dicen a cuánto está el kilo de café: {"precio": 12.5}. Escribe
 * `consultar`, con un plazo de un segundo y un cuerpo de 1024 bytes como mucho, y
 * `resumir`, que escribe una línea por tienda en el orden de la tabla y después la
 * media: «media: 12.50 (2 de 5)». Los fallos dicen su motivo: «estado N», «no es
 * JSON», «no trae el precio» o el de as_strerror. Es la mitad del laboratorio 10.
 */
#include "../../../lessons/10-cliente-http-y-json/servidor_local.h"

enum { TIENDAS = 5, PLAZO_MS = 1000, CUERPO_MAXIMO = 1024 };

static const struct pagina paginas[] = {
    {"/norte", 300, 200, "{\"precio\": 12.5, \"moneda\": \"euro\"}"},
    {"/sur", 20, 503, "{\"precio\": 1}"},
    {"/este", 80, 200, "{\"precio\": \"doce\"}"},
    {"/oeste", 5000, 200, "{\"precio\": 11}"},
    {"/centro", 10, 200, "{\"precio\": 14}"},
    {0},
};

struct tienda {
    as_http *http;
    const char *camino;
    char url[64];
    double precio; /* si fue bien */
};

static int consultar(void *arg)
{
    /* TODO: pedir, mirar el estado, leer el JSON y mirar el tipo. */
    (void)arg;
    return 0;
}

static void resumir(const struct tienda *tiendas,
                    const as_outcome *casillas)
{
    /* TODO: «/norte: 12.50» o «/norte: motivo», y la media. */
    (void)tiendas, (void)casillas;
}

static int principal(void *base)
{
    struct tienda tiendas[TIENDAS];
    as_outcome casillas[TIENDAS];
    as_http *http;

    int rc = as_http_new(NULL, &http);
    if (rc < 0)
        return rc;
    for (int i = 0; i < TIENDAS; i++) {
        tiendas[i] = (struct tienda){.http = http,
                                     .camino = paginas[i].camino};
        snprintf(tiendas[i].url, sizeof tiendas[i].url, "%s%s",
                 (char *)base, paginas[i].camino);
    }
    rc = as_gather_each(consultar, tiendas, TIENDAS, sizeof *tiendas,
                        casillas);
    if (rc >= 0)
        resumir(tiendas, casillas);
    as_http_close(http);
    return rc;
}

int main(void)
{
    return con_servidor(paginas, principal);
}
