/* Mirar, esperar y restar, con un cerrojo alrededor de lo que no se puede partir. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saldo = 100;

/* [retirar] */
static as_lock caja;

static int retirar(void *arg)
{
    const int *cantidad = arg;

    int rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    if (saldo < *cantidad) {
        printf("no hay para %d\n", *cantidad);
    } else {
        rc = as_sleep(50); /* y nadie toca el saldo */
        if (rc == 0)
            saldo -= *cantidad;
    }
    as_lock_release(&caja); /* también si algo falló */
    return rc;
}
/* [/retirar] */

static int principal(void *arg)
{
    (void)arg;
    int cantidades[] = {30, 50, 40};

    as_lock_init(&caja);
    int rc = as_gather_each(retirar, cantidades, 3, sizeof(int), NULL);
    printf("quedan %d\n", saldo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
