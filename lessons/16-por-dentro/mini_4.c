/* El panel del capítulo 01, con una corrutina por servicio. */
#include "mini.h"

#include "../01-por-que-asincronia/servicios.h"

static int consultar(void *arg)
{
    /* [consultar] */
    int fd = preguntar(arg);

    int rc = esperar_lectura(fd);
    if (rc == 0)
        leer_respuesta(fd); /* ya hay datos: no detiene el hilo */
    else
        close(fd);
    return rc;
    /* [/consultar] */
}

static int principal(void *arg)
{
    (void)arg;
    return as_gather_each(consultar, (void *)servicios, SERVICIOS,
                          sizeof *servicios, NULL);
}

int main(void)
{
    double inicio = ahora();

    int rc = as_run(principal, NULL);
    resumen(inicio);
    return rc < 0;
}
