/* El servidor lee líneas en una memoria pequeña. */
#include "conversacion.h"

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[8];
    ssize_t n = 0;

    while (n != UV_EOF) {
        n = as_readline(cliente, linea, sizeof linea);
        if (n < 0)
            puts(uv_err_name((int)n));
        else
            printf("leo «%s»\n", linea);
    }
    return 0;
}

static int hablar(as_stream *flujo, const char *quien)
{
    int rc = as_writef(flujo, "hola\nme llamo %s\n", quien);

    if (rc == 0)
        rc = as_writef(flujo, "adiós\n");
    return rc;
}

static int principal(void *arg)
{
    return conversar(atender, hablar, (const char *[]){arg}, 1);
}

int main(void)
{
    return as_run(principal, "Ana") < 0;
}
