#include "visitar.h"

/* [informe] */
static int ver_informe(as_web_request *peticion, void *arg)
{
    (void)arg;
    int rc = as_sleep(200); /* la base de datos */
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:i}", "ventas", 12));
}
/* [/informe] */

static int ver_precio(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_json(
        peticion, 200,
        json_pack("{s:s, s:f}", "nombre", "taza", "precio", 8.5));
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /informe", "GET /precio",
                                          NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/informe", ver_informe, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/precio", ver_precio, NULL);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
