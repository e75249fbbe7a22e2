/* Dos archivos y un cambio de nombre. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

static void ensenar(const char *ruta)
{
    char *datos;

    int rc = as_file_read_all(ruta, &datos, NULL);
    printf("%s: %s\n", ruta, rc < 0 ? uv_err_name(rc) : datos);
    free(datos);
}

static int principal(void *arg)
{
    (void)arg;
    int rc = as_file_write_all("a", "alfa", 4);
    if (rc == 0)
        rc = as_file_write_all("b", "beta", 4);
    if (rc == 0)
        rc = as_file_rename("a", "b");
    if (rc < 0)
        return rc;
    ensenar("a");
    ensenar("b");
    rc = as_file_rename("a", "b");
    printf("otra vez: %s\n", rc < 0 ? uv_err_name(rc) : "bien");
    ensenar("b");
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
