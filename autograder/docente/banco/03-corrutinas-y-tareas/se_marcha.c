/* Suma lo que traen dos tareas, o se marcha con el primer error. */
#include <asinc/asinc.h>
#include <stdio.h>

static int traer(void *arg)
{
    const int *cuanto = arg;

    int rc = as_sleep(10);
    return rc < 0 ? rc : *cuanto;
}

static int sumar(int *a, int *b)
{
    as_group grupo;

    as_group_enter(&grupo);
    as_task *una = as_spawn(&grupo, "una", traer, a);
    as_task *otra = as_spawn(&grupo, "otra", traer, b);
    int x = as_await(una);
    int y = as_await(otra);
    if (x < 0 || y < 0)
        return x < 0 ? x : y;
    return as_group_leave(&grupo, x + y);
}

static int principal(void *arg)
{
    (void)arg;
    int dos = 2, tres = 3, roto = UV_ECONNREFUSED;

    printf("%d\n", sumar(&dos, &tres));
    puts(sumar(&dos, &roto) < 0 ? "no se pudo" : "se pudo");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
