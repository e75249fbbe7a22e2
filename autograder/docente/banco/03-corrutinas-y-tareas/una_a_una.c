/* Tres consultas de 200 ms, que deben hacerse a la vez. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CONSULTAS = 3 };

static int consultar(void *arg)
{
    (void)arg;
    int rc = as_sleep(200);
    return rc < 0 ? rc : 5;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    int total = 0;
    as_task *tareas[CONSULTAS];
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < CONSULTAS; i++) {
        tareas[i] = as_spawn(&grupo, NULL, consultar, NULL);
        int n = as_await(tareas[i]);
        if (n < 0)
            return as_group_leave(&grupo, n);
        total += n;
    }
    int rc = as_group_leave(&grupo, 0);
    printf("%d filas en %d ms\n", total, (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
