#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
struct encargo {
    const char *nombre;
    int segundos;
};

static int tarea(void *arg)
{
    const struct encargo *e = arg;

    int rc = as_sleep(e->segundos * 1000);
    if (rc == 0)
        printf("La tarea %s terminó a los %d s\n", e->nombre,
               e->segundos);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    struct encargo encargos[] = {{"A", 2}, {"B", 1}, {"C", 3}};

    return as_gather_each(tarea, encargos, 3, sizeof *encargos, NULL);
}
/* [/tareas] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
