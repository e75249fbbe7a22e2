/* Las mismas cuentas, y un permiso por cada línea de la central. */
#include "central.h"

/* [consultar] */
static as_semaphore lineas;

static int consultar_con_permiso(void)
{
    int rc = as_semaphore_acquire(&lineas);
    if (rc < 0)
        return rc;
    rc = consultar();
    as_semaphore_release(&lineas);
    return rc;
}
/* [/consultar] */

static int retirar(void *arg)
{
    const struct cliente *quien = arg;
    struct cuenta *c = quien->cuenta;

    int rc = as_lock_acquire(&c->cerrojo);
    if (rc < 0)
        return rc;
    if (c->saldo < RETIRAN)
        rc = as_error_set(UV_EINVAL, "no hay dinero");
    else
        rc = consultar_con_permiso();
    if (rc == 0)
        c->saldo -= RETIRAN; /* sigue habiéndolo: nadie lo tocó */
    as_lock_release(&c->cerrojo);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_semaphore_init(&lineas, LINEAS);
    return retiran_todos(retirar);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
