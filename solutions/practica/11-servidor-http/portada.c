/*
 * 2 · Arreglar · 8 minutos
 * Una portada que tarda lo que suman sus tres consultas.
 *
 * Las ofertas, las novedades y el tiempo que hace no dependen unas de otras. La
 * portada debe tardar lo que tarda la más lenta, tres décimas, y responder lo mismo.
 */
#include "lessons/11-servidor-http/visitar.h"

enum { CONSULTAS = 3 };

struct consulta {
    const char *que;
    int ms;
    int cuantas; /* la respuesta */
};

static int consultar(void *arg)
{
    struct consulta *c = arg;

    int rc = as_sleep(c->ms);
    if (rc == 0)
        c->cuantas = c->ms / 10;
    return rc;
}

static int portada(as_web_request *peticion, void *arg)
{
    (void)arg;
    struct consulta consultas[CONSULTAS] = {
        {"ofertas", 300, 0}, {"novedades", 200, 0}, {"grados", 180, 0}};

    int rc = as_gather_each(consultar, consultas, CONSULTAS, sizeof *consultas, NULL);
    if (rc < 0)
        return rc;
    return as_web_reply_json(peticion, 200,
                             json_pack("{s:i, s:i, s:i}", consultas[0].que,
                                       consultas[0].cuantas, consultas[1].que,
                                       consultas[1].cuantas, consultas[2].que,
                                       consultas[2].cuantas));
}

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"GET /", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/", portada, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
