/* Un futuro que se cumple antes de que nadie lo espere. */
#include <asinc/asinc.h>
#include <stdio.h>

static void avisar(as_future *futuro, void *arg)
{
    void *plato;

    if (as_future_result(futuro, &plato) == 0)
        printf("%s: %s\n", (const char *)arg, (const char *)plato);
}

static int principal(void *arg)
{
    (void)arg;
    as_future futuro;
    void *plato;

    as_future_init(&futuro);
    as_future_set_result(&futuro, "sopa");
    int rc = as_future_add_done_callback(&futuro, avisar, "aviso");
    if (rc < 0)
        return rc;
    puts(as_future_set_result(&futuro, "arroz") < 0 ? "tarde" : "vale");
    rc = as_future_wait(&futuro, &plato);
    if (rc < 0)
        return rc;
    printf("principal: %s\n", (const char *)plato);
    rc = as_sleep(1);
    puts("fin");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
