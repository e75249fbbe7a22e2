/*
 * 3 · Arreglar · 8 minutos
 * Dos transferencias cruzadas que se esperan la una a la otra.
 *
 * Arregla `transferir` para que no pueda haber interbloqueo, tampoco con mil
 * cuentas. Pista: basta con que todos tomen los cerrojos en el mismo orden, y
 * las cuentas están en un vector.
 */
#include <asinc/asinc.h>
#include <stdio.h>

struct cuenta {
    as_lock cerrojo;
    int saldo;
};

static struct cuenta cuentas[2] = {{.saldo = 100}, {.saldo = 100}};

struct transferencia {
    int de, a, cantidad;
};

static int transferir(void *arg)
{
    const struct transferencia *t = arg;
    struct cuenta *de = &cuentas[t->de], *a = &cuentas[t->a];

    int rc = as_lock_acquire(&de->cerrojo);
    if (rc < 0)
        return rc;
    rc = as_sleep(10); /* comprueba la firma */
    if (rc == 0)
        rc = as_lock_acquire(&a->cerrojo);
    if (rc == 0) {
        de->saldo -= t->cantidad;
        a->saldo += t->cantidad;
        as_lock_release(&a->cerrojo);
    }
    as_lock_release(&de->cerrojo);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct transferencia transferencias[] = {{0, 1, 30}, {1, 0, 50}};

    for (int i = 0; i < 2; i++)
        as_lock_init(&cuentas[i].cerrojo);
    int rc = as_gather_each(transferir, transferencias, 2,
                            sizeof *transferencias, NULL);
    printf("%d y %d\n", cuentas[0].saldo, cuentas[1].saldo);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
