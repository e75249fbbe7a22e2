/* El saldo, leído y escrito al mismo lado de la espera. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saldo = 100;

static int retirar(void *arg)
{
    const int *cantidad = arg;

    /* [retirar] */
    int rc = as_sleep(50);
    if (rc < 0)
        return rc;
    saldo -= *cantidad; /* lee y escribe: en medio no se espera */
    return 0;
    /* [/retirar] */
}

static int principal(void *arg)
{
    (void)arg;
    int cantidades[] = {30, 50};

    int rc = as_gather_each(retirar, cantidades, 2, sizeof(int), NULL);
    printf("quedan %d; deberían quedar 20\n", saldo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
