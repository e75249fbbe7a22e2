#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

enum { ELEMENTOS = 5 };

/* [productor] */
static int productor(void *arg)
{
    as_queue *cola = arg;

    for (int i = 0; i < ELEMENTOS; i++) {
        char *elemento;
        if (asprintf(&elemento, "elemento_%d", i) < 0)
            return UV_ENOMEM;
        printf("Productor pone: %s\n", elemento);
        int rc = as_queue_put(cola, elemento); /* ya no es mío */
        if (rc == 0)
            rc = as_sleep(1000);
        else
            free(elemento);
        if (rc < 0)
            return rc;
    }
    return as_queue_put(cola, NULL); /* no habrá más */
}
/* [/productor] */

/* [consumidor] */
static int consumidor(void *arg)
{
    as_queue *cola = arg;

    for (void *elemento;;) {
        int rc = as_queue_get(cola, &elemento);
        if (rc < 0)
            return rc;
        if (!elemento)
            break;
        printf("  Consumidor procesa: %s\n", (char *)elemento);
        free(elemento);
        rc = as_sleep(2500);
        if (rc < 0)
            return rc;
    }
    puts("  El consumidor ha terminado");
    return 0;
}
/* [/consumidor] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_queue cola;
    const as_call llamadas[] = {
        {.fn = consumidor, .arg = &cola, .name = "consumidor"},
        {.fn = productor, .arg = &cola, .name = "productor"},
    };

    as_queue_init(&cola, 0); /* sin tope: nunca hace esperar */
    int rc = as_gather(llamadas, 2, NULL);
    void *resto;
    while (as_queue_get_nowait(&cola, &resto) == 0)
        free(resto); /* solo si algo falló a mitad */
    as_queue_destroy(&cola);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
