#include <asinc/asinc.h>
#include <stdio.h>

/* [tareas] */
static int presentarse(void *arg)
{
    const int *numero = arg;

    printf("Soy la tarea %d\n", *numero);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = 0, numero;
    as_group grupo;

    as_group_enter(&grupo);
    for (numero = 1; numero <= 3 && rc == 0; numero++)
        rc = as_start_soon(&grupo, NULL, presentarse, &numero);
    return as_group_leave(&grupo, rc);
}
/* [/tareas] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
