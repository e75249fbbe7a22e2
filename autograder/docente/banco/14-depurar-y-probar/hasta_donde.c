/* Deja que todo llegue hasta donde pueda, y entonces mira. */
#include <asinc/asinc.h>
#include <stdio.h>

static int larga(void *arg)
{
    (void)arg;
    puts("larga: empieza");
    return as_sleep(60000);
}

static int corta(void *arg)
{
    (void)arg;
    puts("corta: acaba");
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    uint64_t inicio = as_now();
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "larga", larga, NULL);
    if (rc == 0)
        rc = as_start_soon(&grupo, "corta", corta, NULL);
    printf("hay %zu tareas\n", as_task_count());
    if (rc == 0)
        rc = as_wait_all_blocked();
    printf("a los %d ms hay %zu\n", (int)(as_now() - inicio),
           as_task_count());
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
