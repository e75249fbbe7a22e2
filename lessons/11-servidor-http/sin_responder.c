#include "visitar.h"

/* [rutas] */
static int comprar(as_web_request *peticion, void *arg)
{
    (void)peticion, (void)arg;
    return 0;
}

static int ver_precio(as_web_request *peticion, void *arg)
{
    (void)peticion, (void)arg;
    return as_error_set(UV_EIO, "no hay base de datos");
}
/* [/rutas] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"POST /compras {}",
                                          "GET /precio", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/compras", comprar, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/precio", ver_precio, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
