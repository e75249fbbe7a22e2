/* Suspenderse donde no hay ninguna tarea: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [avisar] */
static void avisar(as_future *futuro, void *arg)
{
    (void)futuro, (void)arg;
    puts("aviso: espero un momento");
    if (as_sleep(10) < 0)
        return;
    puts("aviso: sigo");
}
/* [/avisar] */

static int principal(void *arg)
{
    (void)arg;
    as_future futuro;

    as_future_init(&futuro);
    int rc = as_future_add_done_callback(&futuro, avisar, NULL);
    if (rc < 0)
        return rc;
    rc = as_future_set_result(&futuro, NULL);
    return rc < 0 ? rc : as_sleep(100);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
