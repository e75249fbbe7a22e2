/*
 * 2 · Arreglar · 8 minutos
 * Dos consumidores que no acaban nunca.
 *
 * Cuando se han puesto las seis cartas, los dos carteros deben repartir lo que
 * quede, decir que se van y terminar. Hay que decirles que no habrá más, y que lo
 * entiendan.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CARTAS = 6 };

static as_queue saca;

static int repartir(void *arg)
{
    void *carta;
    int rc;

    while ((rc = as_queue_get(&saca, &carta)) == 0) {
        rc = as_sleep(20);
        if (rc < 0)
            return rc;
        printf("%s: carta %d\n", (const char *)arg, *(int *)carta);
    }
    printf("%s se va\n", (const char *)arg);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    static int cartas[CARTAS] = {1, 2, 3, 4, 5, 6};
    as_group correos;

    as_queue_init(&saca, 2);
    as_group_enter(&correos);
    int rc = as_start_soon(&correos, "Ana", repartir, "Ana");
    if (rc == 0)
        rc = as_start_soon(&correos, "Luis", repartir, "Luis");
    for (int i = 0; i < CARTAS && rc == 0; i++)
        rc = as_queue_put(&saca, &cartas[i]);
    rc = as_group_leave(&correos, rc);
    as_queue_destroy(&saca);
    printf("%s\n", rc == 0 ? "todo repartido" : "algo fue mal");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
