#include <asinc/asinc.h>
#include <stdio.h>

/* [cumplir] */
static int cumplir(void *arg)
{
    as_future *futuro = arg;

    int rc = as_sleep(1000);
    if (rc < 0)
        return rc;
    return as_future_set_result(futuro, "Resultado del futuro");
}
/* [/cumplir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_future futuro;
    as_group grupo;
    void *resultado;

    as_future_init(&futuro);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "cumplir", cumplir, &futuro);
    printf("¿Cumplido? %s\n", as_future_done(&futuro) ? "sí" : "no");
    if (rc == 0)
        rc = as_future_wait(&futuro, &resultado);
    if (rc == 0)
        printf("¿Cumplido? sí: %s\n", (char *)resultado);
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
