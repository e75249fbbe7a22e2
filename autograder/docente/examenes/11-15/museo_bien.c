/* La respuesta a la pregunta 1: las tres salas, a la vez. */
#include "lessons/11-servidor-http/visitar.h"

/* [consultas] */
enum { SALAS = 3 };

struct sala {
    int numero, obras; /* las obras las rellena contar_obras */
};

/* Las dos funciones tardan lo que tardaría una base de datos. */
static int leer_salas(struct sala *salas)
{
    for (int i = 0; i < SALAS; i++)
        salas[i] = (struct sala){i + 1, 0};
    return as_sleep(200);
}

static int contar_obras(void *arg)
{
    struct sala *s = arg;

    int rc = as_sleep(100);
    if (rc == 0)
        s->obras = 10 * s->numero;
    return rc;
}
/* [/consultas] */

/* [arreglo] */
static int ver_catalogo(as_web_request *peticion, void *arg)
{
    (void)arg;
    struct sala salas[SALAS];
    int obras = 0;

    int rc = leer_salas(salas);
    if (rc == 0)
        rc = as_gather_each(contar_obras, salas, SALAS, sizeof *salas,
                            NULL);
    for (int i = 0; i < SALAS; i++)
        obras += salas[i].obras;
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:i}", "obras", obras));
}

/* [/arreglo] */

static int ver_sala(as_web_request *peticion, void *arg)
{
    (void)arg;
    int64_t id = 0;

    int rc = as_web_int(peticion, "id", &id);
    if (rc < 0)
        return rc;
    if (id < 1 || id > SALAS)
        return as_web_fail(peticion, 404, "no hay sala %d", (int)id);
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:i}", "sala", (int)id));
}

/* [visitas] */
static const char *const visitas[] = {"GET /catalogo", NULL};
/* [/visitas] */

static int principal(void *arg)
{
    (void)arg;
    as_web *servidor;

    breve = false;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/catalogo", ver_catalogo, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/salas/{id}", ver_sala,
                          NULL);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
