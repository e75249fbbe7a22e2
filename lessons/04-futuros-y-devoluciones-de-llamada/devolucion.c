#include <asinc/asinc.h>
#include <stdio.h>

/* [avisar] */
static void avisar(as_future *futuro, void *arg)
{
    const char *quien = arg;
    void *resultado;

    int rc = as_future_result(futuro,
                              &resultado); /* ya está: no espera */
    printf("%s: %s\n", quien,
           rc < 0 ? as_error_text(rc) : (const char *)resultado);
}
/* [/avisar] */

static int cumplir(void *arg)
{
    int rc = as_sleep(1000);

    return rc < 0 ? rc : as_future_set_result(arg, "hay resultado");
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_future futuro;
    as_group grupo;

    as_future_init(&futuro);
    int rc = as_future_add_done_callback(&futuro, avisar, "Registro");
    if (rc == 0)
        rc = as_future_add_done_callback(&futuro, avisar, "Pantalla");
    if (rc < 0)
        return rc;

    as_group_enter(&grupo);
    rc = as_start_soon(&grupo, "cumplir", cumplir, &futuro);
    if (rc == 0)
        rc = as_future_wait(&futuro, NULL);
    puts("Principal: sigue");
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
