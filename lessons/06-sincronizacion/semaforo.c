#include <asinc/asinc.h>
#include <stdio.h>

enum { TRABAJADORES = 5, PERMISOS = 2 };

struct trabajador {
    char nombre;
    as_semaphore *semaforo;
};

static uint64_t inicio;

static int segundos(void)
{
    return (int)((as_now() - inicio + 500) / 1000);
}

/* [trabajar] */
static int trabajar(void *arg)
{
    const struct trabajador *t = arg;

    int rc = as_semaphore_acquire(t->semaforo);
    if (rc < 0)
        return rc;
    printf("%d s: el trabajador %c entra\n", segundos(), t->nombre);
    rc = as_sleep(2000);
    printf("%d s: el trabajador %c sale\n", segundos(), t->nombre);
    as_semaphore_release(t->semaforo);
    return rc;
}
/* [/trabajar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_semaphore semaforo;
    struct trabajador trabajadores[TRABAJADORES];

    as_semaphore_init(&semaforo, PERMISOS);
    for (int i = 0; i < TRABAJADORES; i++)
        trabajadores[i] = (struct trabajador){"ABCDE"[i], &semaforo};
    inicio = as_now();
    return as_gather_each(trabajar, trabajadores, TRABAJADORES,
                          sizeof *trabajadores, NULL);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
