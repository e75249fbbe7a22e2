#include <asinc/asinc.h>
#include <stdio.h>

struct trabajador {
    const char *nombre;
    as_lock *cerrojo;
};

/* [trabajar] */
static int trabajar(void *arg)
{
    const struct trabajador *t = arg;

    printf("Trabajador %s intenta tomar el cerrojo...\n", t->nombre);
    int rc = as_lock_acquire(t->cerrojo);
    if (rc < 0)
        return rc;
    printf("Trabajador %s tiene el cerrojo\n", t->nombre);
    rc = as_sleep(2000); /* usa lo compartido: nadie más entra aquí */
    as_lock_release(t->cerrojo); /* también si hubo un error */
    printf("Trabajador %s lo ha soltado\n", t->nombre);
    return rc;
}
/* [/trabajar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_lock cerrojo;
    struct trabajador trabajadores[] = {{"A", &cerrojo},
                                        {"B", &cerrojo}};

    as_lock_init(&cerrojo);
    return as_gather_each(trabajar, trabajadores, 2,
                          sizeof *trabajadores, NULL);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
