/* La misma pregunta, hecha tres veces. */
#include <asinc/asinc.h>
#include <stdio.h>

static int dormir(void *arg)
{
    return as_sleep(*(const int *)arg);
}

static int principal(void *arg)
{
    (void)arg;
    int ms[] = {300, 120, 700};
    as_task *tareas[3];
    uint64_t inicio = as_now();
    as_group grupo;
    int rc = 0;

    as_group_enter(&grupo);
    for (int i = 0; i < 3; i++)
        tareas[i] = as_spawn(&grupo, NULL, dormir, &ms[i]);
    for (int i = 0; i < 3 && rc == 0; i++) {
        int cual = (int)as_wait_any(tareas, 3);
        printf("la %d, a los %d ms\n", cual, (int)(as_now() - inicio));
        if (i == 1)
            rc = as_sleep(200);
    }
    rc = as_group_leave(&grupo, rc);
    printf("fin, a los %d ms\n", (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
