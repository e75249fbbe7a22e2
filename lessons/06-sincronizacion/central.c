/* Cuatro cuentas, cada una con su cerrojo, y una central con dos líneas. */
#include "central.h"

static int retirar(void *arg)
{
    const struct cliente *quien = arg;
    struct cuenta *c = quien->cuenta;

    int rc = as_lock_acquire(&c->cerrojo);
    if (rc < 0)
        return rc;
    /* [retirar] */
    if (c->saldo < RETIRAN)
        rc = as_error_set(UV_EINVAL, "no hay dinero");
    else
        rc = consultar();
    if (rc == 0)
        c->saldo -= RETIRAN; /* sigue habiéndolo: nadie lo tocó */
    /* [/retirar] */
    as_lock_release(&c->cerrojo);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    return retiran_todos(retirar);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
