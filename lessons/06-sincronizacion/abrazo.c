/* Dos cerrojos, tomados en distinto orden: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_lock caja, libro;

static int tomar(as_lock *primero, as_lock *segundo)
{
    int rc = as_lock_acquire(primero);

    if (rc < 0)
        return rc;
    rc = as_sleep(10); /* los dos tienen uno... */
    if (rc == 0)
        rc = as_lock_acquire(segundo); /* ...y esperan el otro */
    if (rc == 0)
        as_lock_release(segundo);
    as_lock_release(primero);
    return rc;
}

/* [cruzados] */
static int cobrar(void *arg)
{
    (void)arg;
    return tomar(&caja, &libro);
}

static int anotar(void *arg)
{
    (void)arg;
    return tomar(&libro, &caja);
}
/* [/cruzados] */

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = cobrar, .name = "cobrar"},
                                {.fn = anotar, .name = "anotar"}};

    as_lock_init(&caja);
    as_lock_init(&libro);
    return as_gather(llamadas, 2, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
