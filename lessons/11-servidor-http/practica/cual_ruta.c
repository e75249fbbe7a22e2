/*
 * 1 · Predecir · 6 minutos
 * ¿Qué manejador atiende cada petición? ¿Y si no la atiende ninguno?
 *
 * De cada petición sale su estado y, si la atiende alguien, quién. La primera línea es
 * «GET /usuarios/7/pedidos: 200 pedidos de 7». Escribe las cinco.
 *
 * predicción:
 *
 * fin
 */
#include "lessons/11-servidor-http/visitar.h"

static int usuario(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_text(peticion, 200, "usuario %s",
                             as_web_param(peticion, "id"));
}

static int pedidos(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_text(peticion, 200, "pedidos de %s",
                             as_web_param(peticion, "id"));
}

static int yo(as_web_request *peticion, void *arg)
{
    (void)arg;
    return as_web_reply_text(peticion, 200, "yo");
}

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {
        "GET /usuarios/7/pedidos", "GET /usuarios/yo",
        "GET /usuarios/7",         "GET /usuarios/",
        "DELETE /usuarios/7",      NULL};
    as_web *servidor;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "GET", "/usuarios/{id}", usuario, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/usuarios/{id}/pedidos",
                          pedidos, NULL);
    if (rc == 0)
        rc = as_web_route(servidor, "GET", "/usuarios/yo", yo, NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
