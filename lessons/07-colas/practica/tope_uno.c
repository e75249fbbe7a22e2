/*
 * 1 · Predecir · 6 minutos
 * Una cola en la que solo cabe uno.
 *
 * El panadero tarda 10 ms en hacer un pan y el cliente 30 en comérselo. ¿A qué
 * hora deja el panadero cada pan en el mostrador? Escribe las cuatro líneas.
 *
 * predicción:
 *
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { PANES = 4 };

static uint64_t inicio;

static int hornear(void *arg)
{
    static int panes[PANES] = {1, 2, 3, 4};
    int rc = 0;

    for (int i = 0; i < PANES && rc == 0; i++) {
        rc = as_sleep(10);
        if (rc == 0)
            rc = as_queue_put(arg, &panes[i]);
        if (rc == 0)
            printf("%d ms: pan %d\n", (int)(as_now() - inicio),
                   panes[i]);
    }
    as_queue_close(arg);
    return rc;
}

static int comer(void *arg)
{
    void *pan;
    int rc;

    while ((rc = as_queue_get(arg, &pan)) == 0) {
        rc = as_sleep(30);
        if (rc < 0)
            return rc;
    }
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_queue mostrador;
    const as_call llamadas[] = {{.fn = hornear, .arg = &mostrador},
                                {.fn = comer, .arg = &mostrador}};

    inicio = as_now();
    as_queue_init(&mostrador, 1);
    int rc = as_gather(llamadas, 2, NULL);
    as_queue_destroy(&mostrador);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
