/*
 * 2 · Arreglar · 8 minutos
 * Que cenen los cinco.
 *
 * No quites tenedores ni el as_sleep, y que nadie coma con menos de dos. Hay
 * varias maneras: cambiar el orden de alguien, o dejar que se sienten menos.
 */
#include <asinc/asinc.h>
#include <stdio.h>

enum { COMENSALES = 5 };

static as_lock tenedores[COMENSALES];
static int cenaron;

static int cenar(void *arg)
{
    const int *silla = arg;
    as_lock *primero = &tenedores[*silla];
    as_lock *segundo = &tenedores[(*silla + 1) % COMENSALES];

    if (*silla == COMENSALES - 1) { /* el último, al revés */
        primero = &tenedores[0];
        segundo = &tenedores[*silla];
    }
    int rc = as_lock_acquire(primero);
    if (rc < 0)
        return rc;
    rc = as_sleep(100); /* piensa un momento */
    if (rc == 0)
        rc = as_lock_acquire(segundo);
    if (rc == 0) {
        cenaron++;
        as_lock_release(segundo);
    }
    as_lock_release(primero);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int sillas[COMENSALES] = {0, 1, 2, 3, 4};

    for (int i = 0; i < COMENSALES; i++)
        as_lock_init(&tenedores[i]);
    int rc = as_gather_each(cenar, sillas, COMENSALES, sizeof *sillas, NULL);
    printf("cenaron %d\n", cenaron);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
