/* Una tarea, en cuatro momentos de su vida. */
#include "mini.h"

#include <stdio.h>

static as_future futuro;

static int vivir(void *arg)
{
    int rc = as_sleep(50);

    return rc < 0 ? rc : as_future_wait(&futuro, arg);
}

static void mirar(const as_task *t)
{
    if (t->en == &turno)
        puts("en turno");
    else if (t->en == &dormidas)
        puts("en dormidas");
    else
        puts(t->en == &futuro.esperan ? "en el futuro" : "en ninguna");
}

static int principal(void *arg)
{
    as_group grupo;
    (void)arg;

    as_future_init(&futuro);
    as_group_enter(&grupo);
    as_task *t = as_spawn(&grupo, NULL, vivir, NULL);
    if (!t)
        return as_group_leave(&grupo, UV_ENOMEM);
    mirar(t);
    int rc = as_sleep(10);
    mirar(t);
    if (rc == 0)
        rc = as_sleep(100);
    mirar(t);
    as_future_set_result(&futuro, NULL);
    mirar(t);
    if (rc == 0)
        rc = as_sleep(10);
    mirar(t);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
