/* Tres descargas seguidas. Cada una puede tardar un segundo. */
#include <asinc/asinc.h>
#include <stdio.h>

static int descargar(int n)
{
    int rc = as_sleep(400);

    if (rc == 0)
        printf("descarga %d: hecha\n", n);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int rc = 0;
    as_scope plazo;

    as_scope_enter(&plazo, 1000);
    for (int n = 1; n <= 3 && rc == 0; n++) {
        rc = descargar(n);
    }
    rc = as_scope_leave(&plazo, rc);
    puts(rc < 0 ? uv_err_name(rc) : "todas hechas");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
