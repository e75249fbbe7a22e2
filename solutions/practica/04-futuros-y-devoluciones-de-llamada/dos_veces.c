/*
 * 2 · Arreglar · 8 minutos
 * Dos proveedores cumplen el mismo futuro.
 *
 * Gana el más rápido, y el otro debe decir quién es y que llega tarde («harinas
 * Ruiz: llego tarde»), y terminar bien. Hoy el programa acaba sin decir quién gana.
 * Un futuro se cumple una sola vez: la segunda, as_future_set_result devuelve
 * UV_EALREADY.
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct proveedor {
    const char *nombre;
    int ms;
    as_future *oferta;
};

static int ofrecer(void *arg)
{
    const struct proveedor *p = arg;

    int rc = as_sleep(p->ms);
    if (rc < 0)
        return rc;
    rc = as_future_set_result(p->oferta, (void *)p->nombre);
    if (rc != UV_EALREADY)
        return rc;
    printf("%s: llego tarde\n", p->nombre);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    as_future oferta;
    struct proveedor proveedores[] = {{"harinas Ruiz", 40, &oferta},
                                      {"molino Sur", 20, &oferta}};
    void *nombre;

    as_future_init(&oferta);
    int rc = as_gather_each(ofrecer, proveedores, 2, sizeof *proveedores, NULL);
    if (rc == 0)
        rc = as_future_wait(&oferta, &nombre);
    if (rc == 0)
        printf("gana %s\n", (const char *)nombre);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
