/*
 * 3 · Arreglar · 10 minutos
 * La última unidad, que se vende dos veces.
 *
 * Tres clientes compran a la vez, y solo queda una. El banco rechaza la tarjeta del
 * primero (402). El segundo y el tercero tienen buena tarjeta, pero cuando llegan la
 * unidad está apartada para el primero: deben recibir un 409. Y después de todo debe
 * quedar una, la que no se vendió.
 *
 * La idea: aparta la unidad antes de esperar al banco, y devuélvela si no se cobra.
 */
#include "lessons/11-servidor-http/visitar.h"

static int quedan = 1;

/* El banco tarda, y rechaza la primera tarjeta que ve. */
static int cobrar(as_web_request *peticion)
{
    static int tarjetas;
    bool rechaza = tarjetas++ == 0;

    int rc = as_sleep(100);
    if (rc == 0 && rechaza)
        return as_web_fail(peticion, 402, "tarjeta rechazada");
    return rc;
}

static int comprar(as_web_request *peticion, void *arg)
{
    (void)arg;
    if (quedan == 0)
        return as_web_fail(peticion, 409, "ya no quedan");
    quedan--; /* apartada: mientras esperamos al banco, no está */
    int rc = cobrar(peticion);
    if (rc < 0) {
        quedan++; /* también si el cliente se fue y nos cancelan */
        return rc;
    }
    return as_web_reply_json(peticion, 201, json_pack("{s:i}", "quedan", quedan));
}

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"POST /compras {}", "POST /compras {}",
                                          "POST /compras {}", NULL};
    as_web *servidor;

    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/compras", comprar, NULL);
    if (rc == 0)
        rc = visitar_a_la_vez(servidor, visitas);
    as_web_close(servidor);
    printf("queda %d\n", quedan);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
