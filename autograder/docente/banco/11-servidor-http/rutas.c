/* Una sola ruta y cinco peticiones. */
#include "visitar.h"

static int duplicar(as_web_request *peticion, void *arg)
{
    (void)arg;
    int64_t n = 0;

    int rc = as_web_int(peticion, "n", &n);
    if (rc < 0)
        return rc;
    if (n > 100)
        return as_web_fail(peticion, 409, "demasiado");
    return as_web_reply_text(peticion, 200, "%d", (int)n * 2);
}

static int principal(void *arg)
{
    static const char *const visitas[] = {
        "GET /doble/4",  "GET /doble/cuatro", "GET /doble/400",
        "POST /doble/4", "GET /triple/4",     NULL};
    as_web *servidor;
    (void)arg;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/doble/{n}", duplicar, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
