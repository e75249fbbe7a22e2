/* Hasta cuándo está cancelado quien abrió un grupo en el que algo falla. */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static void contar(const char *que, int rc)
{
    printf("%4d ms: %s: %s\n", (int)(as_now() - inicio), que,
           rc < 0 ? as_error_text(rc) : "bien");
}

static int rechazar(void *arg)
{
    (void)arg;
    int rc = as_sleep(1000);

    return rc < 0 ? rc : UV_ECONNREFUSED;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_group grupo;

    inicio = as_now();
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "pagos", rechazar, NULL);
    if (rc == 0)
        rc = as_sleep(5000);
    contar("dentro", rc);
    contar("al salir", as_group_leave(&grupo, rc));
    contar("fuera", as_sleep(500));
    return 0;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
