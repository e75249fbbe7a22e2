/* Abre tres cosas y, pase lo que pase, cierra las que abrió. */
#include <asinc/asinc.h>
#include <stdio.h>

static int abiertas;

static int abrir(const char *que, int rc)
{
    printf("%s: %s\n", que, rc < 0 ? uv_err_name(rc) : "abierta");
    abiertas += rc == 0;
    return rc;
}

static int usar(void)
{
    int rc = abrir("base", 0);
    if (rc < 0)
        return rc;
    rc = abrir("cola", 0);
    if (rc < 0)
        goto cerrar_base;
    rc = abrir("red", UV_ECONNREFUSED);
    if (rc < 0)
        goto cerrar_base;

    abiertas--; /* la red */
    abiertas--; /* la cola */
cerrar_base:
    abiertas--;
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = usar();
    printf("%s, y quedan %d abiertas\n", uv_err_name(rc), abiertas);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
