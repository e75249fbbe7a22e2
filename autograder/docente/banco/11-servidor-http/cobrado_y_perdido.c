/* Lo que se cobra se anota siempre. Cada visitante espera un segundo y
 * medio; cobrar lleva un segundo, y anotar, otro. */
#include "visitar.h"

static int cobrar(void)
{
    int rc = as_sleep(1000);
    if (rc == 0)
        puts("cobrado");
    return rc;
}

static int anotar(void)
{
    int rc = as_sleep(1000);
    if (rc == 0)
        puts("anotado");
    return rc;
}

static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    int rc = cobrar();
    if (rc == 0)
        rc = anotar();
    if (rc < 0)
        return rc;
    return as_web_reply_text(peticion, 201, "hecho");
}

static int principal(void *arg)
{
    static const char *const visitas[] = {"POST /compras", NULL};
    as_web *servidor;
    (void)arg;

    breve = true;
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
