#include "visitar.h"

#include <unistd.h>

/* [rutas] */
static int responder_informe(as_web_request *peticion, void *arg)
{
    (void)arg;
    usleep(200 * 1000); /* mal: una biblioteca que bloquea */
    return as_web_reply_text(peticion, 200, "12 ventas");
}

static int responder_precio(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_text(peticion, 200, "3 euros");
}
/* [/rutas] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /informe", "GET /precio",
                                          NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/informe", responder_informe,
                      NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/precio", responder_precio,
                          NULL);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
