#include "visitar.h"

/* [rutas] */
static int guardar(as_web_request *peticion, void *arg)
{
    (void)peticion, (void)arg;
    return 0; /* mal: nadie ha respondido */
}

static int leer(as_web_request *peticion, void *arg)
{
    (void)peticion, (void)arg;
    return as_error_set(UV_EIO, "el disco no gira");
}
/* [/rutas] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /guardar", "GET /leer",
                                          NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/guardar", guardar, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/leer", leer, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
