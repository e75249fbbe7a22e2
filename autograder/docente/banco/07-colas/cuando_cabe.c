/* Cuándo vuelve cada as_queue_put, con sitio para dos. */
#include <asinc/asinc.h>
#include <stdio.h>

static as_queue cola;

static int sacar(void *arg)
{
    (void)arg;
    void *cosa;
    int rc = as_sleep(100);

    while (rc == 0 && (rc = as_queue_get(&cola, &cosa)) == 0)
        rc = as_sleep(50);
    return rc == UV_EOF ? 0 : rc;
}

static int principal(void *arg)
{
    (void)arg;
    static int cosas[] = {1, 2, 3, 4};
    uint64_t inicio = as_now();
    as_group grupo;

    as_queue_init(&cola, 2);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "sacar", sacar, NULL);
    for (int i = 0; i < 4 && rc == 0; i++) {
        rc = as_queue_put(&cola, &cosas[i]);
        printf("puesta la %d a los %d ms\n", cosas[i],
               (int)(as_now() - inicio));
    }
    as_queue_close(&cola);
    rc = as_group_leave(&grupo, rc);
    printf("fin a los %d ms\n", (int)(as_now() - inicio));
    as_queue_destroy(&cola);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
