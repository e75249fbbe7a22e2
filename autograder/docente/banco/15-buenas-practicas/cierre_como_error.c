/* Cuando llega la hora de cerrar se anota todo lo que hay en la cola. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_queue cola;
static int anotados;

static int anotar(void *arg)
{
    void *numero;
    int rc;
    (void)arg;

    while ((rc = as_queue_get(&cola, &numero)) == 0) {
        rc = as_sleep(50);
        if (rc < 0)
            return rc;
        anotados++;
    }
    return rc == UV_EOF ? 0 : rc;
}

static int servir(void)
{
    static int numeros[] = {1, 2, 3};
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_queue_put(&cola, &numeros[i]);
    if (rc == 0)
        rc = as_sleep(60); /* hasta que llegue SIGTERM */
    return rc < 0 ? rc : UV_ECANCELED;
}

static int principal(void *arg)
{
    (void)arg;
    as_group escritura;

    as_queue_init(&cola, 3);
    as_group_enter(&escritura);
    int rc = as_start_soon(&escritura, "anotador", anotar, NULL);
    if (rc == 0)
        rc = servir();
    as_queue_close(&cola);
    rc = as_group_leave(&escritura, rc);
    printf("anotados %d de 3\n", anotados);
    as_queue_destroy(&cola);
    return rc == UV_ECANCELED ? 0 : rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
