/* El saldo, con un cerrojo alrededor de lo que no se puede partir. */
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
    int visto = saldo;
    rc = as_sleep(50); /* esperan, y nadie toca el saldo */
    if (rc == 0)
        saldo = visto - *cantidad;
    as_lock_release(&caja); /* también si algo falló */
    return rc;
}
/* [/retirar] */

static int principal(void *arg)
{
    (void)arg;
    int cantidades[] = {30, 50};

    as_lock_init(&caja);
    int rc = as_gather_each(retirar, cantidades, 2, sizeof(int), NULL);
    printf("quedan %d; deberían quedar 20\n", saldo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
