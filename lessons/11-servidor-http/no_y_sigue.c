#include "visitar.h"

static int quedan; /* ninguna */

/* [comprar] */
static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    if (quedan == 0) {
        int rc = as_web_fail(peticion, 409, "no quedan");
        (void)rc;
    }
    quedan--;
    return as_web_reply_json(peticion, 201,
                             json_pack("{s:i}", "quedan", quedan));
}
/* [/comprar] */

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"POST /compras {}", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/compras", comprar, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
