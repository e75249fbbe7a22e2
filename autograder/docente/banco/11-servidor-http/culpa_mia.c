/* A quien pide un descuento que no vale se le responde un 422. */
#include "visitar.h"

static int descontar(as_web_request *peticion, void *arg)
{
    (void)arg;
    int64_t tanto = 0;

    int rc = as_web_int(peticion, "tanto", &tanto);
    if (rc < 0)
        return rc;
    if (tanto < 0 || tanto > 100)
        return UV_EINVAL;
    return as_web_reply_text(peticion, 200, "pagas el %d %%",
                             100 - (int)tanto);
}

static int principal(void *arg)
{
    static const char *const visitas[] = {"GET /descuento/20",
                                          "GET /descuento/veinte",
                                          "GET /descuento/200", NULL};
    as_web *servidor;
    (void)arg;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/descuento/{tanto}", descontar,
                      NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
