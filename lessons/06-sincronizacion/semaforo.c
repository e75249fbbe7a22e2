#include <asinc/asinc.h>
#include <stdio.h>

enum { TRABAJADORES = 5, PERMISOS = 2 };

struct trabajador {
    const char *nombre;
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
    printf("%d s: el trabajador %s entra\n", segundos(), t->nombre);
    rc = as_sleep(2000);
    printf("%d s: el trabajador %s sale\n", segundos(), t->nombre);
    as_semaphore_release(t->semaforo);
    return rc;
}
/* [/trabajar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_semaphore semaforo;
    static const char *const nombres[] = {"A", "B", "C", "D", "E"};
    struct trabajador trabajadores[TRABAJADORES];
    as_call llamadas[TRABAJADORES];

    as_semaphore_init(&semaforo, PERMISOS);
    for (int i = 0; i < TRABAJADORES; i++) {
        trabajadores[i] = (struct trabajador){nombres[i], &semaforo};
        llamadas[i] = (as_call){.fn = trabajar,
                                .arg = &trabajadores[i],
                                .name = nombres[i]};
    }
    inicio = as_now();
    return as_gather(llamadas, TRABAJADORES, NULL);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
