/* Tres esperas: dos dentro de un ámbito de 100 ms y una fuera. */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static void contar(const char *que, int rc)
{
    printf("%s: %s a los %d ms\n", que,
           rc < 0 ? uv_err_name(rc) : "bien", (int)(as_now() - inicio));
}

static int principal(void *arg)
{
    (void)arg;
    as_scope plazo;

    inicio = as_now();
    as_scope_enter(&plazo, 100);
    int rc = as_sleep(60);
    contar("primera", rc);
    rc = as_sleep(60);
    contar("segunda", rc);
    rc = as_scope_leave(&plazo, rc);
    contar("salida", rc);
    rc = as_sleep(60);
    contar("tercera", rc);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
