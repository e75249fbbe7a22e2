/* Un camino de error que se va con el cerrojo puesto: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_lock caja;

static int retirar(void *arg)
{
    const int *cantidad = arg;

    /* [retirar] */
    int rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    if (*cantidad > 100)
        return UV_EINVAL;
    printf("retiro %d\n", *cantidad);
    as_lock_release(&caja);
    /* [/retirar] */
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int cantidades[] = {500, 30};
    const as_call llamadas[] = {
        {.fn = retirar, .arg = &cantidades[0], .name = "retirar 500"},
        {.fn = retirar, .arg = &cantidades[1], .name = "retirar 30"},
    };

    as_lock_init(&caja);
    return as_gather(llamadas, 2, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
