#include "visitar.h"

/* [rutas] */
static int con_espera(as_web_request *peticion, void *arg)
{
    (void)arg;
    int rc = as_sleep(100); /* una base de datos, otra API... */
    if (rc < 0)
        return rc;
    return as_web_reply_json(
        peticion, 200, json_pack("{s:s}", "mensaje", "tras esperar"));
}

static int sin_espera(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_json(
        peticion, 200, json_pack("{s:s}", "mensaje", "al momento"));
}
/* [/rutas] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /con-espera",
                                          "GET /sin-espera", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/con-espera", con_espera, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/sin-espera", sin_espera,
                          NULL);
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
