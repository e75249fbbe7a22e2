/* Quedan cuatro plazas. Lo que no cabe se rechaza con un 409. */
#include "visitar.h"

static int plazas = 4;

static int reservar(as_web_request *peticion, void *arg)
{
    (void)arg;
    int64_t n = 0;

    int rc = as_web_int(peticion, "n", &n);
    if (rc == 0 && n > plazas)
        rc = as_web_fail(peticion, 409, "no caben");
    plazas -= (int)n;
    if (rc < 0)
        return rc;
    return as_web_reply_text(peticion, 201, "hecho");
}

static int ver_plazas(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_text(peticion, 200, "quedan %d", plazas);
}

static int principal(void *arg)
{
    static const char *const visitas[] = {
        "POST /reservas/3", "POST /reservas/2", "GET /plazas", NULL};
    as_web *servidor;
    (void)arg;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/reservas/{n}", reservar,
                      NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/plazas", ver_plazas, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
