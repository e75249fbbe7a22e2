#include "visitar.h"

#include <unistd.h>

/* [manejadores] */
static int ver_informe(as_web_request *peticion, void *arg)
{
    (void)arg;
    usleep(200 * 1000); /* consulta la base de datos */
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:i}", "ventas", 12));
}

static int ver_precio(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_json(
        peticion, 200,
        json_pack("{s:s, s:f}", "nombre", "taza", "precio", 8.5));
}
/* [/manejadores] */

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

int main(void)
{
    return as_run(principal, NULL) < 0;
}
