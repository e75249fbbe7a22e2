/*
 * 1 · Predecir · 6 minutos
 * Quién espera a quién, leído en un volcado.
 *
 * A los cien milisegundos, as_dump escribió esto:
 *
 *   asinc: 5 tareas vivas:
 *     - «principal» está corriendo
 *       - «ana» espera: algo en una cola vacía
 *       - «blas» espera: un cerrojo (depende de «ana»)
 *       - «cora» espera: que pase un plazo
 *       - «dan» espera: un evento
 *
 * ¿En qué orden acaban las cuatro? Escribe las cuatro líneas, «cora acaba» y las
 * demás. No necesitas el reloj: basta con ver quién puede avanzar.
 *
 * predicción:
 * cora acaba
 * ana acaba
 * blas acaba
 * dan acaba
 * fin
 */
#include <asinc/asinc.h>
#include <stdio.h>

static as_queue pedidos;
static as_lock caja;
static as_event cierre;

static int acabar(const char *nombre, int rc)
{
    if (rc == 0)
        printf("%s acaba\n", nombre);
    return rc;
}

static int ana(void *arg)
{
    (void)arg;
    void *pedido;

    int rc = as_lock_acquire(&caja);
    if (rc < 0)
        return rc;
    rc = as_queue_get(&pedidos, &pedido);
    as_lock_release(&caja);
    return acabar("ana", rc);
}

static int blas(void *arg)
{
    (void)arg;
    int rc = as_lock_acquire(&caja);

    if (rc < 0)
        return rc;
    as_lock_release(&caja);
    acabar("blas", rc);
    as_event_set(&cierre);
    return 0;
}

static int cora(void *arg)
{
    (void)arg;
    int rc = as_sleep(300);

    if (rc == 0)
        rc = as_queue_put(&pedidos, "un café");
    return acabar("cora", rc);
}

static int dan(void *arg)
{
    (void)arg;
    return acabar("dan", as_event_wait(&cierre));
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = ana, .name = "ana"},
                                {.fn = blas, .name = "blas"},
                                {.fn = cora, .name = "cora"},
                                {.fn = dan, .name = "dan"}};

    as_queue_init(&pedidos, 1);
    as_lock_init(&caja);
    as_event_init(&cierre);
    int rc = as_gather(llamadas, 4, NULL);
    as_queue_destroy(&pedidos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
