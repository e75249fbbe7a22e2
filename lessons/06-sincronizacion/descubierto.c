/* Mirar si hay dinero antes de la espera, y restarlo después. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saldo = 100;

static int retirar(void *arg)
{
    const int *cantidad = arg;

    /* [retirar] */
    if (saldo < *cantidad) {
        printf("no hay para %d\n", *cantidad);
        return 0;
    }
    int rc = as_sleep(50); /* se pregunta a la central */
    if (rc == 0)
        saldo -= *cantidad;
    return rc;
    /* [/retirar] */
}

static int principal(void *arg)
{
    (void)arg;
    int cantidades[] = {30, 50, 40};

    int rc = as_gather_each(retirar, cantidades, 3, sizeof(int), NULL);
    printf("quedan %d\n", saldo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
