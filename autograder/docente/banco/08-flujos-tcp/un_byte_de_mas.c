/* El cliente dice dos líneas y el servidor las escribe. */
#include "conversacion.h"

static int atender(as_stream *cliente, void *arg)
{
    (void)arg;
    char linea[80];
    ssize_t n;

    while ((n = as_readline(cliente, linea, sizeof linea)) >= 0)
        printf("%zd bytes: «%s»\n", n, linea);
    return 0;
}

static int hablar(as_stream *flujo, const char *quien)
{
    const char hola[] = "hola\n", adios[] = "hasta luego\n";
    (void)quien;

    int rc = as_write(flujo, hola, sizeof hola);
    if (rc == 0)
        rc = as_write(flujo, adios, sizeof adios - 1);
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
