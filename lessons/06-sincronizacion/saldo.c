#include <asinc/asinc.h>
#include <stdio.h>

/* [retirar] */
static int saldo = 100;

static int retirar(void *arg)
{
    const int *cantidad = arg;

    int visto = saldo;
    int rc = as_sleep(50); /* la central */
    if (rc < 0)
        return rc;
    saldo = visto - *cantidad;
    return 0;
}
/* [/retirar] */

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
