/* Lo que se abre para una petición, y cuándo se cierra. */
#include "visitar.h"

static int abrir(as_web_request *peticion, void *arg, void **recurso)
{
    (void)peticion;
    printf("abro %s\n", (const char *)arg);
    *recurso = arg;
    return 0;
}

static int cerrar(void *recurso, void *arg, int rc)
{
    (void)arg;
    printf("%s: %s\n", (const char *)recurso,
           rc < 0 ? "deshago" : "confirmo");
    return 0;
}

static const as_web_dependency caja = {.open = abrir,
                                       .close = cerrar,
                                       .arg = "caja"},
                               libro = {.open = abrir,
                                        .close = cerrar,
                                        .arg = "libro"};

static int vender(as_web_request *peticion, void *arg)
{
    void *recurso;
    (void)arg;

    int rc = as_web_depend(peticion, &caja, &recurso);
    if (rc == 0)
        rc = as_web_depend(peticion, &libro, &recurso);
    if (rc == 0)
        rc = as_web_depend(peticion, &caja, &recurso);
    if (rc < 0)
        return rc;
    puts("no quedan");
    return as_web_fail(peticion, 409, "no quedan");
}

static int principal(void *arg)
{
    static const char *const visitas[] = {"POST /ventas", NULL};
    as_web *servidor;
    (void)arg;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/ventas", vender, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
