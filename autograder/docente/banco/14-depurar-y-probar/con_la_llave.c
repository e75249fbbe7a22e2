/* Quien saca protege la cuenta con el mismo cerrojo que quien pone. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_lock cerrojo;
static as_queue cola;
static int puestos, sacados;

static int poner(void *arg)
{
    int rc = as_sleep(10);

    if (rc == 0)
        rc = as_lock_acquire(&cerrojo);
    if (rc < 0)
        return rc;
    puestos++;
    rc = as_queue_put(&cola, arg);
    as_lock_release(&cerrojo);
    return rc;
}

static int sacar(void *arg)
{
    void *cosa;
    (void)arg;

    int rc = as_lock_acquire(&cerrojo);
    if (rc < 0)
        return rc;
    rc = as_queue_get(&cola, &cosa);
    if (rc == 0)
        sacados++;
    as_lock_release(&cerrojo);
    return rc;
}

static int principal(void *arg)
{
    const as_call llamadas[] = {
        {.fn = poner, .arg = arg, .name = "poner"},
        {.fn = sacar, .name = "sacar"}};

    as_lock_init(&cerrojo);
    as_queue_init(&cola, 1);
    int rc = as_gather(llamadas, 2, NULL);
    printf("%d puestos, %d sacados\n", puestos, sacados);
    as_queue_destroy(&cola);
    return rc;
}

int main(void)
{
    int cosa = 0;

    return as_run(principal, &cosa) < 0;
}
