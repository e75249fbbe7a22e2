#include "visitar.h"

enum { USUARIOS = 2 };

/* [datos] */
struct usuario {
    int id;
    const char *nombre;
};

struct reporte {
    struct usuario usuario;
    json_t *pedidos; /* lo rellena obtener_pedidos */
};

/* Las dos consultas tardan lo que tardaría una base de datos. */
static int obtener_usuarios(struct reporte *reportes)
{
    reportes[0].usuario = (struct usuario){1, "Ana"};
    reportes[1].usuario = (struct usuario){2, "Luis"};
    return as_sleep(500);
}

static int obtener_pedidos(void *arg)
{
    struct reporte *r = arg;

    int rc = as_sleep(300);
    if (rc < 0)
        return rc;
    r->pedidos = json_pack("[f,f]", 50.0 * r->usuario.id,
                           75.5 * r->usuario.id);
    return r->pedidos ? 0 : UV_ENOMEM;
}
/* [/datos] */

/* [pedidos] */
static int uno_tras_otro(struct reporte *reportes)
{
    int rc = 0;

    for (int i = 0; i < USUARIOS && rc == 0; i++)
        rc = obtener_pedidos(&reportes[i]);
    return rc;
}

static int a_la_vez(struct reporte *reportes)
{
    return as_gather_each(obtener_pedidos, reportes, USUARIOS,
                          sizeof *reportes, NULL);
}
/* [/pedidos] */

/* [reporte] */
struct forma {
    int (*pedidos)(struct reporte *reportes);
};

static int responder_reporte(as_web_request *peticion, void *arg)
{
    const struct forma *forma = arg;
    struct reporte reportes[USUARIOS] = {0};
    json_t *lista = json_array();

    int rc = obtener_usuarios(reportes);
    if (rc == 0)
        rc = forma->pedidos(reportes);
    for (int i = 0; i < USUARIOS; i++) {
        if (rc == 0)
            json_array_append_new(
                lista, json_pack("{s:s, s:O}", "usuario",
                                 reportes[i].usuario.nombre, "pedidos",
                                 reportes[i].pedidos));
        json_decref(reportes[i].pedidos);
    }
    if (rc < 0) {
        json_decref(lista);
        return rc;
    }
    return as_web_reply_json(peticion, 200, lista);
}
/* [/reporte] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /reporte-lento",
                                          "GET /reporte-rapido", NULL};
    struct forma lento = {uno_tras_otro}, rapido = {a_la_vez};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/reporte-lento",
                      responder_reporte, &lento);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/reporte-rapido",
                          responder_reporte, &rapido);
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
