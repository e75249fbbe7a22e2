#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
static int tarea1(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000);
    if (rc == 0)
        puts("Tarea 1 completada");
    return rc;
}

static int tarea2(void *arg)
{
    (void)arg;
    int rc = as_sleep(2000);
    if (rc == 0)
        puts("Tarea 2 completada");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {
        {.fn = tarea1, .name = "uno"},
        {.fn = tarea2, .name = "dos"},
    };

    int rc = as_gather(llamadas, 2, NULL);
    if (rc == 0)
        puts("Todas las tareas completadas");
    return rc;
}
/* [/tareas] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
