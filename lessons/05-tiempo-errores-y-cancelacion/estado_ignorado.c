/* Sin mirar lo que devuelve as_sleep, un «basta» no se oye. */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

/* [latir] */
static int latir(void *arg)
{
    (void)arg;
    for (int i = 1; i <= 5; i++) {
        int rc = as_sleep(1000);
        (void)rc;
        printf("%4d ms: latido %d\n", (int)(as_now() - inicio), i);
    }
    return 0;
}
/* [/latir] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    inicio = as_now();
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "pulso", latir, NULL);
    if (rc == 0)
        rc = as_sleep(2500);
    puts("Basta de latidos");
    as_group_cancel(&grupo);
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
