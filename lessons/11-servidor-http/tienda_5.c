#include "visitar.h"

static struct articulo {
    const char *nombre;
    double precio;
    int quedan;
} taza = {"taza", 8.5, 1};

/* [comprar] */
static int cobrar(void)
{
    return as_sleep(1000); /* lo que tarda el banco */
}

static int comprar(as_web_request *peticion, void *arg)
{
    struct articulo *a = arg;

    if (a->quedan == 0)
        return as_web_fail(peticion, 409, "no quedan");
    int rc = cobrar();
    if (rc < 0)
        return rc;
    a->quedan--;
    return as_web_reply_json(peticion, 201,
                             json_pack("{s:i}", "quedan", a->quedan));
}
/* [/comprar] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"POST /compras {}",
                                          "POST /compras {}", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/compras", comprar, &taza);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
