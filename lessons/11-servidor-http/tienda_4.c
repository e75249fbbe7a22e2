#include "visitar.h"

#include <inttypes.h>

/* [buscar] */
static struct articulo {
    const char *nombre;
    double precio;
    int quedan;
} articulos[] = {[1] = {"taza", 8.5, 1}, [2] = {"lámpara", 24.0, 1}};

enum { ARTICULOS = sizeof articulos / sizeof *articulos };

/* El artículo que dice la ruta, o un error que ya está respondido. */
static int buscar(as_web_request *peticion, int64_t *id)
{
    int rc = as_web_int(peticion, "id", id);
    if (rc < 0)
        return rc;
    if (*id < 1 || *id >= ARTICULOS)
        return as_web_fail(peticion, 404,
                           "no existe el artículo %" PRId64, *id);
    return 0;
}
/* [/buscar] */

/* [ver] */
static int ver(as_web_request *peticion, void *arg)
{
    (void)arg;
    int64_t id = 0;

    int rc = buscar(peticion, &id);
    if (rc < 0)
        return rc;
    const struct articulo *a = &articulos[id];
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:s, s:f, s:i}", "nombre",
                                       a->nombre, "precio", a->precio,
                                       "quedan", a->quedan));
}
/* [/ver] */

/* [tarjeta] */
static int leer_tarjeta(as_web_request *peticion, int *tarjeta)
{
    json_t *pedido;

    int rc = as_web_json(peticion, &pedido);
    if (rc < 0)
        return rc;
    int leido = json_unpack(pedido, "{s:i}", "tarjeta", tarjeta);
    json_decref(pedido);
    if (leido < 0)
        return as_web_fail(peticion, 422, "di con qué tarjeta pagas");
    return 0;
}
/* [/tarjeta] */

/* [comprar] */
static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    int64_t id = 0;
    int tarjeta = 0;

    int rc = buscar(peticion, &id);
    if (rc == 0)
        rc = leer_tarjeta(peticion, &tarjeta);
    if (rc < 0)
        return rc;
    struct articulo *a = &articulos[id];
    if (a->quedan == 0)
        return as_web_fail(peticion, 409, "no quedan");
    a->quedan--;
    return as_web_reply_json(peticion, 201,
                             json_pack("{s:i}", "quedan", a->quedan));
}
/* [/comprar] */

/* [rutas] */
static int poner_rutas(as_web *servidor)
{
    int rc = as_web_route(servidor, "GET", "/articulos/{id}", ver,
                          NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "POST", "/articulos/{id}/compras",
                          comprar, NULL);
    return rc;
}
/* [/rutas] */

/* [visitas] */
static const char *const visitas[] = {
    "GET /articulos/1",
    "GET /articulos/9",
    "GET /articulos/taza",
    "POST /articulos/1/compras {\"tarjeta\": 4}",
    "POST /articulos/1/compras {\"tarjeta\": 5}",
    "POST /articulos/1/compras {\"tarjeta\": ",
    NULL,
};
/* [/visitas] */

static int principal(void *arg)
{
    (void)arg;
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = poner_rutas(servidor);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
