/* Un pedido se cobra y se envía. Si el cobro falla, no se envía. */
#include <asinc/asinc.h>
#include <stdio.h>

static int cobrar(void *arg)
{
    (void)arg;
    int rc = as_sleep(50);
    if (rc < 0)
        return rc;
    puts("cobro rechazado");
    return UV_ECONNREFUSED;
}

static int enviar(void *arg)
{
    (void)arg;
    int rc = as_sleep(200); /* lo que se tarda en embalar */
    puts("paquete enviado");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = cobrar}, {.fn = enviar}};
    uint64_t inicio = as_now();

    int rc = as_gather(llamadas, 2, NULL);
    printf("%s a los %d ms\n",
           rc < 0 ? "pedido anulado" : "pedido hecho",
           (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
