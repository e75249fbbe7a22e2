/* Tres tareas suman uno en dos contadores. */
#include <asinc/asinc.h>
#include <stdio.h>

static int a, b;

static int sumar(void *arg)
{
    const int *ms = arg;

    int vista = a;
    int rc = as_sleep(*ms);
    if (rc < 0)
        return rc;
    a = vista + 1;
    b = b + 1;
    printf("a = %d, b = %d\n", a, b);
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    int ms[] = {30, 10, 20};

    int rc = as_gather_each(sumar, ms, 3, sizeof(int), NULL);
    if (rc == 0)
        rc = sumar(&ms[0]);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
