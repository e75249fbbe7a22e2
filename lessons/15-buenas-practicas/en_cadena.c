/* Tres pasos, cada uno con lo que dejó el anterior. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [pasos] */
struct compra {
    int cliente, pedido, precio;
};

static int buscar_cliente(void *arg)
{
    struct compra *c = arg;

    c->cliente = 7;
    return as_sleep(100);
}

static int buscar_pedido(void *arg)
{
    struct compra *c = arg;

    c->pedido = c->cliente * 10 + 1; /* sin cliente no hay pedido */
    return as_sleep(200);
}

static int buscar_precio(void *arg)
{
    struct compra *c = arg;

    c->precio = c->pedido / 2; /* y sin pedido no hay precio */
    return as_sleep(300);
}
/* [/pasos] */

/* [formas] */
static int llamando(struct compra *c)
{
    int rc = buscar_cliente(c);

    if (rc == 0)
        rc = buscar_pedido(c);
    if (rc == 0)
        rc = buscar_precio(c);
    return rc;
}

static int con_tareas(struct compra *c)
{
    as_fn *const pasos[] = {buscar_cliente, buscar_pedido,
                            buscar_precio};
    int rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_await(as_spawn(&grupo, NULL, pasos[i], c));
    return as_group_leave(&grupo, rc);
}
/* [/formas] */

static int medir(const char *titulo, int forma(struct compra *))
{
    struct compra c = {0};
    uint64_t inicio = as_now();

    int rc = forma(&c);
    printf("%s: precio %d a los %d ms\n", titulo, c.precio,
           (int)(as_now() - inicio));
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = medir("llamando", llamando);

    return rc < 0 ? rc : medir("con tareas", con_tareas);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
