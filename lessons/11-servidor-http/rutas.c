#include "visitar.h"

/* [rutas] */
static int con_espera(as_http_server_request *peticion, void *arg)
{
    (void)arg;
    int rc = as_sleep(100); /* una base de datos, otra API... */
    if (rc < 0)
        return rc;
    return as_http_reply_json(
        peticion, 200, json_pack("{s:s}", "mensaje", "tras esperar"));
}

static int sin_espera(as_http_server_request *peticion, void *arg)
{
    (void)arg;
    return as_http_reply_json(
        peticion, 200, json_pack("{s:s}", "mensaje", "al momento"));
}
/* [/rutas] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_http_server *servidor;

    int rc = as_http_server_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_http_route(servidor, "GET", "/con-espera", con_espera,
                       NULL);
    if (rc == 0)
        rc = as_http_route(servidor, "GET", "/sin-espera", sin_espera,
                           NULL);
    if (rc == 0)
        rc = visitar(servidor, (const char *const[]){
                                   "/con-espera", "/sin-espera", NULL});
    as_http_server_close(servidor);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
