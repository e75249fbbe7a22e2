/* Un trabajo que no mira si lo han cancelado, con un plazo. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

static int trabajar(void *arg)
{
    int *hechos = arg;

    for (int i = 0; i < 5; i++) {
        usleep(120 * 1000);
        *hechos += 1;
    }
    return *hechos;
}

static int principal(void *arg)
{
    (void)arg;
    int hechos = 0;
    uint64_t inicio = as_now();
    as_scope plazo;

    as_scope_enter(&plazo, 300);
    int rc = as_work(trabajar, &hechos);
    puts(as_now() - inicio < 500 ? "pronto" : "tarde");
    rc = as_scope_leave(&plazo, rc);
    printf("rc: %s\n", rc < 0 ? uv_err_name(rc) : "bien");
    printf("hechos: %d\n", hechos);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
