#include "visitar.h"

/* [sesion] */
static int abrir_sesion(as_web_request *peticion, void *arg,
                        void **sesion)
{
    (void)peticion;
    puts("Abriendo la sesión...");
    *sesion = arg;
    return as_sleep(100);
}

static int cerrar_sesion(void *sesion, void *arg, int rc)
{
    (void)sesion;
    (void)arg;
    printf("Cerrando la sesión (%s)\n",
           rc < 0 ? "deshago" : "confirmo");
    return 0;
}

static const as_web_dependency dependencia_sesion = {
    .open = abrir_sesion, .close = cerrar_sesion, .arg = "sesión 1"};
/* [/sesion] */

/* [usuarios] */
static int listar_usuarios(as_web_request *peticion, void *arg)
{
    (void)arg;
    void *sesion;

    int rc = as_web_depend(peticion, &dependencia_sesion, &sesion);
    if (rc == 0)
        rc = as_sleep(200); /* la consulta */
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:[s,s], s:s}", "usuarios",
                                       "Ana", "Luis", "con",
                                       (char *)sesion));
}

static int borrar_usuarios(as_web_request *peticion, void *arg)
{
    (void)arg;
    void *sesion;

    int rc = as_web_depend(peticion, &dependencia_sesion, &sesion);
    if (rc < 0)
        return rc;
    return as_web_fail(peticion, 403, "no puedes borrarlos");
}
/* [/usuarios] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /usuarios",
                                          "GET /borrar", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/usuarios", listar_usuarios,
                      NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/borrar", borrar_usuarios,
                          NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
