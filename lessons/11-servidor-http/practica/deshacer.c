/*
 * 4 · Arreglar · 8 minutos
 * Una dependencia que confirma también lo que salió mal.
 *
 * Cada petición anota su venta en un borrador. Al cerrarlo, la venta debe pasar al
 * libro si el manejador acabó bien, y perderse si acabó mal. En el libro solo deben
 * quedar 5 euros. El borrador se libera en los dos casos.
 */
#include "lessons/11-servidor-http/visitar.h"

#include <stdlib.h>

static int libro; /* euros vendidos */

static int abrir_borrador(as_web_request *peticion, void *arg,
                          void **recurso)
{
    (void)peticion, (void)arg;
    *recurso = calloc(1, sizeof(int));
    return *recurso ? 0 : UV_ENOMEM;
}

static int cerrar_borrador(void *recurso, void *arg, int rc)
{
    int *borrador = recurso;

    (void)arg, (void)rc;
    libro += *borrador;
    free(borrador);
    return as_sleep(10); /* escribir el libro */
}

static const as_web_dependency borrador_de_ventas = {
    .open = abrir_borrador, .close = cerrar_borrador};

static int vender(as_web_request *peticion, void *arg)
{
    (void)arg;
    void *borrador;
    int64_t euros;

    int rc = as_web_int(peticion, "euros", &euros);
    if (rc < 0)
        return rc;
    rc = as_web_depend(peticion, &borrador_de_ventas, &borrador);
    if (rc < 0)
        return rc;
    *(int *)borrador += (int)euros;
    if (euros > 100)
        return as_web_fail(peticion, 422, "demasiado para esta tienda");
    return as_web_reply_text(peticion, 201, "vendido");
}

static int principal(void *arg)
{
    (void)arg;
    static const char *const visitas[] = {"POST /ventas/5",
                                          "POST /ventas/900",
                                          "POST /ventas/gratis", NULL};
    as_web *servidor;

    breve = true;
    int rc = as_web_new(NULL, &servidor);
    if (rc < 0)
        return rc;
    rc = as_web_route(servidor, "POST", "/ventas/{euros}", vender,
                      NULL);
    if (rc == 0)
        rc = visitar(servidor, visitas);
    as_web_close(servidor);
    printf("en el libro: %d euros\n", libro);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
