/* Poner en la cola la dirección de una variable que se vuelve a usar. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
static int pedir(void *arg)
{
    int numero, rc = 0;

    for (numero = 1; numero <= 3 && rc == 0; numero++)
        rc = as_queue_put(arg, &numero);
    if (rc == 0)
        rc = as_sleep(100); /* hasta que los lean */
    as_queue_close(arg);
    return rc;
}

static int servir(void *arg)
{
    void *pedido;
    int rc = as_sleep(10);

    while (rc == 0 && (rc = as_queue_get(arg, &pedido)) == 0)
        printf("pedido %d\n", *(int *)pedido);
    return rc == UV_EOF ? 0 : rc;
}
/* [/tareas] */

static int principal(void *arg)
{
    (void)arg;
    as_queue cola;
    const as_call llamadas[] = {{.fn = pedir, .arg = &cola},
                                {.fn = servir, .arg = &cola}};

    as_queue_init(&cola, 0);
    int rc = as_gather(llamadas, 2, NULL);
    as_queue_destroy(&cola);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
