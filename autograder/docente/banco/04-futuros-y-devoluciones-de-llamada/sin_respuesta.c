/* El almacén contesta con un futuro. Si no hay, debe decirlo. */
#include <asinc/asinc.h>
#include <stdio.h>

struct pedido {
    int existencias;
    as_future respuesta;
};

static int almacen(void *arg)
{
    struct pedido *p = arg;

    int rc = as_sleep(100);
    if (rc < 0)
        return rc;
    if (p->existencias == 0) {
        puts("almacén: no queda");
        return 0;
    }
    return as_future_set_result(&p->respuesta, "en camino");
}

static int principal(void *arg)
{
    (void)arg;
    struct pedido pedido = {.existencias = 0};
    as_group grupo;
    void *texto;

    as_future_init(&pedido.respuesta);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "almacén", almacen, &pedido);
    if (rc == 0)
        rc = as_future_wait(&pedido.respuesta, &texto);
    puts(rc < 0 ? "tienda: sin existencias" : (const char *)texto);
    return as_group_leave(&grupo, 0);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
