/* Dos retiradas de una cuenta con 100 euros: deben quedar 20. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saldo = 100;

static int retirar(void *arg)
{
    const int *cantidad = arg;
    as_lock caja;

    as_lock_init(&caja);
    int rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    int visto = saldo;
    rc = as_sleep(50);
    if (rc == 0)
        saldo = visto - *cantidad;
    as_lock_release(&caja);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int cantidades[] = {30, 50};

    int rc = as_gather_each(retirar, cantidades, 2, sizeof(int), NULL);
    printf("quedan %d\n", saldo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
