#include "visitar.h"

#include <inttypes.h>
#include <stdlib.h>

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

/* [apartar] */
struct apartada {
    struct articulo *articulo;
    bool vendida; /* ya no vuelve al estante */
};

static int apartar(as_web_request *peticion, void *arg, void **recurso)
{
    (void)arg;
    int64_t id = 0;

    int rc = buscar(peticion, &id);
    if (rc < 0)
        return rc;
    struct articulo *a = &articulos[id];
    if (a->quedan == 0)
        return as_web_fail(peticion, 409, "no quedan");
    struct apartada *unidad = calloc(1, sizeof *unidad);
    if (!unidad)
        return UV_ENOMEM;
    unidad->articulo = a;
    a->quedan--;
    *recurso = unidad;
    return 0;
}

static int soltar(void *recurso, void *arg, int rc)
{
    struct apartada *unidad = recurso;

    (void)arg;
    if (rc < 0 && !unidad->vendida) { /* deshacer */
        unidad->articulo->quedan++;
        printf("%s: vuelve al estante\n", unidad->articulo->nombre);
    }
    free(unidad);
    return 0;
}

static const as_web_dependency una_unidad = {.open = apartar,
                                             .close = soltar};
/* [/apartar] */

/* [banco] */
/* El banco solo mira la tarjeta; con más de veinte euros, despacio. */
static int comprobar(int tarjeta, double euros)
{
    (void)tarjeta;
    return as_sleep(euros > 20 ? 2000 : 1000);
}

/* Devuelve UV_EPERM si el banco dice que no. */
static int cobrar(int tarjeta, const struct articulo *a)
{
    (void)tarjeta;
    int rc = as_sleep(1000);
    if (rc == 0)
        printf("%s: cobrada\n", a->nombre);
    return rc;
}
/* [/banco] */

static int anotar(const struct articulo *a)
{
    int rc = as_sleep(1000); /* escribir en la base de datos */
    if (rc == 0)
        printf("%s: venta anotada\n", a->nombre);
    return rc;
}

/* [vender] */
/* Cobrar ya no tiene vuelta atrás: esto no se corta. */
static int vender(struct apartada *unidad, int tarjeta)
{
    as_scope protegido;

    as_shield_enter(&protegido, 5000);
    int rc = cobrar(tarjeta, unidad->articulo);
    unidad->vendida = rc != UV_EPERM; /* ante la duda, vendida */
    if (rc == 0)
        rc = anotar(unidad->articulo);
    return as_scope_leave(&protegido, rc);
}
/* [/vender] */

/* [comprar] */
static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    void *recurso = NULL;
    int tarjeta = 0;

    int rc = leer_tarjeta(peticion, &tarjeta);
    if (rc == 0)
        rc = as_web_depend(peticion, &una_unidad, &recurso);
    if (rc < 0)
        return rc;
    struct apartada *unidad = recurso;
    const struct articulo *a = unidad->articulo;
    rc = comprobar(tarjeta, a->precio);
    if (rc == 0)
        rc = vender(unidad, tarjeta);
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 201,
                             json_pack("{s:i}", "quedan", a->quedan));
}
/* [/comprar] */

static int poner_rutas(as_web *servidor)
{
    int rc = as_web_route(servidor, "GET", "/articulos/{id}", ver,
                          NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "POST", "/articulos/{id}/compras",
                          comprar, NULL);
    return rc;
}

/* [visitas] */
static const char *const visitas[] = {
    "POST /articulos/1/compras {\"tarjeta\": 4}",
    "POST /articulos/1/compras {\"tarjeta\": 5}",
    "POST /articulos/2/compras {\"tarjeta\": 6}",
    NULL,
};
/* [/visitas] */

static int principal(void *arg)
{
    int puerto = *(int *)arg;
    as_web *servidor;

    breve = true;
    /* [servir] */
    as_web_options opciones = {.port = puerto}; /* con 0, uno libre */
    int rc = as_web_new(&opciones, &servidor);
    if (rc < 0)
        return rc;
    rc = poner_rutas(servidor);
    if (rc == 0 && puerto > 0)
        rc = as_web_run(servidor); /* hasta Ctrl+C */
    else if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
    /* [/servir] */
}

int main(int argc, char **argv)
{
    int puerto = argc > 1 ? atoi(argv[1]) : 0;
    int rc = as_run(principal, &puerto);

    for (int i = 1; i < ARTICULOS; i++)
        printf("%s: %d\n", articulos[i].nombre, articulos[i].quedan);
    return rc < 0 &&
           !as_interrupted(); /* acabar con Ctrl+C es acabar bien */
}
