/* Dos tareas toman dos cerrojos en distinto orden. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_lock caja, libro;
static uint64_t inicio;

struct orden {
    const char *nombre;
    as_lock *primero, *segundo;
    int llega;
};

static int trabajar(void *arg)
{
    const struct orden *o = arg;

    int rc = as_sleep(o->llega);
    if (rc == 0)
        rc = as_lock_acquire(o->primero);
    if (rc < 0)
        return rc;
    rc = as_sleep(10);
    if (rc == 0)
        rc = as_lock_acquire(o->segundo);
    if (rc == 0) {
        printf("%s tiene los dos a los %d ms\n", o->nombre,
               (int)(as_now() - inicio));
        rc = as_sleep(10);
        as_lock_release(o->segundo);
    }
    as_lock_release(o->primero);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct orden ordenes[] = {{"Ana", &caja, &libro, 0},
                              {"Blas", &libro, &caja, 15}};

    inicio = as_now();
    as_lock_init(&caja);
    as_lock_init(&libro);
    int rc = as_gather_each(trabajar, ordenes, 2, sizeof *ordenes,
                            NULL);
    puts(rc == AS_EDEADLK ? "interbloqueo" : "acaban");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
