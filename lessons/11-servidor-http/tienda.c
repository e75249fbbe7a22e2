#include "visitar.h"

#include <stdlib.h>

/* [articulos] */
static struct articulo {
    const char *nombre;
    double precio;
    int quedan;
} articulos[] = {{"taza", 8.5, 3}, {"lámpara", 24.0, 1}};

enum { ARTICULOS = sizeof articulos / sizeof *articulos };

/* El artículo que dice la ruta, o un error que ya está respondido. */
static int buscar(as_web_request *peticion, struct articulo **articulo)
{
    int64_t id;

    int rc = as_web_int(peticion, "id", &id);
    if (rc < 0)
        return rc;
    if (id < 1 || id > ARTICULOS)
        return as_web_fail(peticion, 404, "no existe el artículo %d",
                           (int)id);
    *articulo = &articulos[id - 1];
    return 0;
}
/* [/articulos] */

/* [ver] */
static int ver(as_web_request *peticion, void *arg)
{
    (void)arg;
    struct articulo *a = NULL;

    int rc = buscar(peticion, &a);
    if (!a) /* rc es un error, ya respondido */
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:s, s:f, s:i}", "nombre",
                                       a->nombre, "precio", a->precio,
                                       "quedan", a->quedan));
}
/* [/ver] */

/* [comprar] */
static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    struct articulo *a = NULL;
    json_t *pedido;
    int unidades;

    int rc = buscar(peticion, &a);
    if (!a) /* rc es un error, ya respondido */
        return rc;
    rc = as_web_json(peticion, &pedido);
    if (rc < 0)
        return rc;
    int leido = json_unpack(pedido, "{s:i}", "unidades", &unidades);
    json_decref(pedido);
    if (leido < 0 || unidades < 1)
        return as_web_fail(peticion, 422, "di cuántas unidades");
    if (unidades > a->quedan)
        return as_web_fail(peticion, 409, "solo hay %d", a->quedan);
    a->quedan -= unidades;
    return as_web_reply_json(peticion, 201,
                             json_pack("{s:i}", "quedan", a->quedan));
}
/* [/comprar] */

/* [abrir] */
static int abrir_tienda(int puerto, as_web **servidor)
{
    as_web_options opciones = {.port = puerto};

    int rc = as_web_new(&opciones, servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(*servidor, "GET", "/articulos/{id}", ver, NULL);
    if (rc == 0)
        rc = as_web_route(*servidor, "POST", "/articulos/{id}/compras",
                          comprar, NULL);
    if (rc < 0)
        as_web_close(*servidor);
    return rc;
}
/* [/abrir] */

static const char *const visitas[] = {
    "GET /articulos/1",
    "GET /articulos/9",
    "GET /articulos/taza",
    "POST /articulos/1/compras {\"unidades\": 2}",
    "POST /articulos/1/compras {\"unidades\": 2}",
    "POST /articulos/1/compras {\"unidades\": ",
    NULL,
};

/* [principal] */
static int principal(void *arg)
{
    const int *puerto = arg;
    as_web *servidor;

    int rc = abrir_tienda(*puerto, &servidor);
    if (rc < 0)
        return rc;
    if (*puerto > 0) /* ./tienda 8080: hasta Ctrl+C */
        rc = as_web_run(servidor);
    else
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}
/* [/principal] */

int main(int argc, char **argv)
{
    int puerto = argc > 1 ? atoi(argv[1]) : 0;

    return as_run(principal, &puerto) < 0;
}
