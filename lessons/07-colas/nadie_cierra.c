/* El productor acaba y no lo dice: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
static int producir(void *arg)
{
    static int panes[] = {1, 2};

    for (int i = 0; i < 2; i++) {
        int rc = as_queue_put(arg, &panes[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int consumir(void *arg)
{
    void *pan;
    int rc;

    while ((rc = as_queue_get(arg, &pan)) == 0)
        printf("pan %d\n", *(int *)pan);
    return rc == UV_EOF ? 0 : rc;
}
/* [/tareas] */

static int principal(void *arg)
{
    (void)arg;
    as_queue cola;
    const as_call llamadas[] = {
        {.fn = producir, .arg = &cola, .name = "productor"},
        {.fn = consumir, .arg = &cola, .name = "consumidor"}};

    as_queue_init(&cola, 1);
    int rc = as_gather(llamadas, 2, NULL);
    as_queue_destroy(&cola);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
