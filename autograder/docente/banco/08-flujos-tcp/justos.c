/* Un mensaje con su tamaño delante, y lo que va detrás. */
#include "conversacion.h"
#include <stdlib.h>

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char tamano[4] = "", texto[80] = "";

    int rc = as_readexactly(cliente, tamano, 3);
    if (rc == 0)
        rc = as_readexactly(cliente, texto, (size_t)atoi(tamano));
    if (rc < 0)
        return rc;
    printf("mensaje: %s\n", texto);
    ssize_t n = as_readline(cliente, texto, sizeof texto);
    printf("línea de %zd: %s\n", n, texto);
    rc = as_readexactly(cliente, texto, 3);
    puts(rc < 0 ? uv_err_name(rc) : "bien");
    return 0;
}

static int hablar(as_stream *flujo, const char *quien)
{
    return as_writef(flujo, "005mesas,sillas\n%s", quien);
}

static int principal(void *arg)
{
    return conversar(atender, hablar, (const char *[]){arg}, 1);
}

int main(void)
{
    return as_run(principal, "yo") < 0;
}
