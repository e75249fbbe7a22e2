/* Seis trabajos y dos trabajadores, uno más lento que otro. */
#include <asinc/asinc.h>
#include <stdio.h>

struct trabajador {
    const char *nombre;
    int ms; /* lo que le cuesta cada trabajo */
};

static as_queue cola;

static int trabajar(void *arg)
{
    const struct trabajador *t = arg;
    void *trabajo;
    int rc;

    while ((rc = as_queue_get(&cola, &trabajo)) == 0) {
        printf("%s empieza el %d\n", t->nombre, *(int *)trabajo);
        rc = as_sleep(t->ms);
        if (rc < 0)
            return rc;
    }
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    int trabajos[] = {1, 2, 3, 4, 5, 6};
    struct trabajador dos[] = {{"rápida", 10}, {"lento", 25}};
    int rc = 0;

    as_queue_init(&cola, 0);
    for (int i = 0; i < 6 && rc == 0; i++)
        rc = as_queue_put(&cola, &trabajos[i]);
    as_queue_close(&cola);
    if (rc == 0)
        rc = as_gather_each(trabajar, dos, 2, sizeof *dos, NULL);
    as_queue_destroy(&cola);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
