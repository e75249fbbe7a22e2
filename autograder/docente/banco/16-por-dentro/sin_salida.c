/* Dos futuros, y una tarea que cumple el primero. */
#include "mini.h"

#include <stdio.h>

static as_future futuro;

static int cumplir(void *arg)
{
    int rc = as_sleep(40);

    if (rc < 0)
        return rc;
    printf("primera vez: %d\n", as_future_set_result(&futuro, arg));
    rc = as_future_set_result(&futuro, arg);
    puts(rc == UV_EALREADY ? "ya estaba" : "otra vez");
    return 0;
}

static int principal(void *arg)
{
    as_future nunca;
    as_group grupo;

    as_future_init(&futuro);
    as_future_init(&nunca);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, NULL, cumplir, arg);
    if (rc == 0)
        rc = as_future_wait(&futuro, NULL);
    puts("sigo");
    if (rc == 0)
        rc = as_future_wait(&nunca, NULL);
    puts("no llego aquí");
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    puts(as_run(principal, NULL) == AS_EDEADLK ? "interbloqueo"
                                               : "acaba");
    return 0;
}
