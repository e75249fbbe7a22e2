/* Un cálculo cortado en trozos, que se cancela a la mitad. */
#include <asinc/asinc.h>
#include <stdio.h>

static int trozos;

static int calcular(void *arg)
{
    (void)arg;
    int rc = 0;

    for (int i = 0; i < 10; i++) {
        trozos++;
        rc = as_yield();
    }
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    as_task *tarea = as_spawn(&grupo, "calcular", calcular, NULL);
    for (int i = 0; i < 3 && rc == 0; i++)
        rc = as_yield();
    printf("basta: lleva %d\n", trozos);
    as_cancel(tarea);
    rc = as_group_leave(&grupo, rc);
    printf("acaba con %d\n", trozos);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
