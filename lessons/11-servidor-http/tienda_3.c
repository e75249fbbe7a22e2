#include "visitar.h"

enum { CLIENTES = 2 };

/* [datos] */
struct cliente {
    int id;
    const char *nombre;
    double gastado; /* lo rellena sumar_pedidos */
};

static int sumar_pedidos(void *arg)
{
    struct cliente *c = arg;

    int rc = as_sleep(300); /* la base de datos */
    if (rc < 0)
        return rc;
    c->gastado = 125.5 * c->id;
    return 0;
}
/* [/datos] */

static int leer_clientes(struct cliente *clientes)
{
    clientes[0] = (struct cliente){1, "Ana", 0};
    clientes[1] = (struct cliente){2, "Luis", 0};
    return as_sleep(500);
}

/* [formas] */
static int uno_tras_otro(struct cliente *clientes)
{
    int rc = 0;

    for (int i = 0; i < CLIENTES && rc == 0; i++)
        rc = sumar_pedidos(&clientes[i]);
    return rc;
}

static int a_la_vez(struct cliente *clientes)
{
    return as_gather_each(sumar_pedidos, clientes, CLIENTES,
                          sizeof *clientes, NULL);
}
/* [/formas] */

/* [informe] */
struct forma {
    int (*sumar)(struct cliente *clientes);
};

static int ver_informe(as_web_request *peticion, void *arg)
{
    const struct forma *forma = arg;
    struct cliente c[CLIENTES];

    int rc = leer_clientes(c);
    if (rc == 0)
        rc = forma->sumar(c);
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:f, s:f}", c[0].nombre,
                                       c[0].gastado, c[1].nombre,
                                       c[1].gastado));
}
/* [/informe] */

/* [rutas] */
static int poner_rutas(as_web *servidor)
{
    static struct forma lento = {uno_tras_otro}, rapido = {a_la_vez};

    int rc = as_web_route(servidor, "GET", "/informe-lento",
                          ver_informe, &lento);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/informe-rapido",
                          ver_informe, &rapido);
    return rc;
}
/* [/rutas] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /informe-lento",
                                          "GET /informe-rapido", NULL};
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
