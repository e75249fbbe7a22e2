/* Dos hilos tocan la misma variable: TSan lo ve, y la salida no. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

enum { PARTES = 4, TAMANO = 1000 };

/* [sumar] */
static long total;

static int sumar(void *arg)
{
    const int *desde = arg;

    usleep(10000); /* que los cuatro hilos estén en marcha */
    for (int n = *desde; n < *desde + TAMANO; n++)
        total += n; /* mal: la tocan los cuatro hilos */
    return 0;
}
/* [/sumar] */

static int encargar(void *arg)
{
    return as_work(sumar, arg);
}

static int principal(void *arg)
{
    (void)arg;
    int desde[PARTES];

    for (int i = 0; i < PARTES; i++)
        desde[i] = 1 + i * TAMANO;
    int rc = as_gather_each(encargar, desde, PARTES, sizeof *desde,
                            NULL);
    if (rc == 0 && total > 0)
        puts("las cuatro partes han acabado");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
