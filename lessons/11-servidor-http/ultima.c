#include "visitar.h"

/* [comprar] */
static int quedan = 1;

static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    if (quedan == 0)
        return as_web_fail(peticion, 409, "ya no quedan");
    int rc = as_sleep(100); /* cobrar; mientras, entra otra petición */
    if (rc < 0)
        return rc;
    quedan--; /* mal: lo que se miró ya no es verdad */
    return as_web_reply_json(peticion, 201,
                             json_pack("{s:i}", "quedan", quedan));
}
/* [/comprar] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"POST /compras {}",
                                          "POST /compras {}", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/compras", comprar, NULL);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
