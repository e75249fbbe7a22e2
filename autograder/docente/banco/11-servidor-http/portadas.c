/* Tres peticiones a la vez, a la misma página y a otra. */
#include "visitar.h"

static int esperar(void *arg)
{
    return as_sleep(*(const int *)arg);
}

static int portada(as_web_request *peticion, void *arg)
{
    int ms[] = {200, 300};
    (void)arg;

    int rc = esperar(&ms[0]);
    if (rc == 0)
        rc = esperar(&ms[1]);
    if (rc < 0)
        return rc;
    return as_web_reply_text(peticion, 200, "portada");
}

static int resumen(as_web_request *peticion, void *arg)
{
    int ms[] = {200, 400, 300};
    (void)arg;

    int rc = as_gather_each(esperar, ms, 3, sizeof *ms, NULL);
    if (rc == 0)
        rc = esperar(&ms[0]);
    if (rc < 0)
        return rc;
    return as_web_reply_text(peticion, 200, "resumen");
}

static int principal(void *arg)
{
    static const char *const visitas[] = {
        "GET /portada", "GET /resumen", "GET /portada", NULL};
    as_web *servidor;
    (void)arg;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/portada", portada, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/resumen", resumen, NULL);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
