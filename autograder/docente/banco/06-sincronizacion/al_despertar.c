/* Dos pagos esperan dinero. El saldo no debe quedar por debajo de 0. */
#include <asinc/asinc.h>
#include <stdio.h>

static int saldo;
static as_lock caja;
static as_condition hay_cambio;

static int pagar(void *arg)
{
    const int *cantidad = arg;

    int rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    if (saldo < *cantidad)
        rc = as_condition_wait(&hay_cambio);
    if (rc == 0) {
        saldo -= *cantidad;
        printf("salen %d; quedan %d\n", *cantidad, saldo);
    }
    as_lock_release(&caja);
    return rc;
}

static int ingresar(int cantidad)
{
    int rc = as_sleep(100);
    if (rc == 0)
        rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    saldo += cantidad;
    printf("entran %d; quedan %d\n", cantidad, saldo);
    as_condition_notify_all(&hay_cambio);
    as_lock_release(&caja);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int pagos[] = {90, 80};
    as_group grupo;

    as_lock_init(&caja);
    as_condition_init(&hay_cambio, &caja);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "luz", pagar, &pagos[0]);
    if (rc == 0)
        rc = as_start_soon(&grupo, "agua", pagar, &pagos[1]);
    for (int i = 0; i < 2 && rc == 0; i++)
        rc = ingresar(100);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
