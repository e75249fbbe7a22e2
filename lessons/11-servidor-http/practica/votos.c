/*
 * 5 · Construir · 18 minutos
 * Una votación: se vota con POST y se cuenta con GET.
 *
 *     POST /votos {"opcion": "te"}   201 y {"votos": 1}, los que lleva esa opción
 *     GET /votos/te                  200 y {"votos": 1}
 *
 * Una opción que no está en la lista es un 404 al preguntar y un 422 al votar. Un
 * cuerpo que no es JSON es un 400, y uno sin «opcion», un 422. El texto de los errores
 * lo eliges tú.
 *
 * Las piezas: as_web_route, as_web_param, as_web_json con json_unpack ("{s:s}" deja un
 * const char * que es del JSON: búscalo en la lista antes de liberarlo), as_web_fail y
 * as_web_reply_json con json_pack.
 */
#include "lessons/11-servidor-http/visitar.h"

static struct opcion {
    const char *nombre;
    int votos;
} opciones[] = {{"te", 0}, {"cafe", 0}};

enum { OPCIONES = sizeof opciones / sizeof *opciones };

/* La opción que se llama así, o NULL. */
static struct opcion *buscar(const char *nombre)
{
    for (int i = 0; i < OPCIONES; i++) {
        if (strcmp(opciones[i].nombre, nombre) == 0)
            return &opciones[i];
    }
    return NULL;
}

static int votar(as_web_request *peticion, void *arg)
{
    /* TODO */
    (void)arg, (void)buscar;
    return as_web_fail(peticion, 500, "por escribir");
}

/* TODO: el manejador de GET /votos/{opcion}, y su ruta. */

static int rutas(as_web *servidor)
{
    return as_web_route(servidor, "POST", "/votos", votar, NULL);
}

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {
        "POST /votos {\"opcion\": \"te\"}",
        "POST /votos {\"opcion\": \"te\"}",
        "POST /votos {\"opcion\": \"agua\"}",
        "POST /votos {\"op",
        "POST /votos {}",
        "GET /votos/te",
        "GET /votos/cafe",
        "GET /votos/agua",
        NULL};
    as_web *servidor;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = rutas(servidor);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    for (int i = 0; i < OPCIONES; i++)
        printf("%s: %d\n", opciones[i].nombre, opciones[i].votos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
