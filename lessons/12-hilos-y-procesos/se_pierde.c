/* Dos hilos que ingresan en la misma caja. */
#include <asinc/asinc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_int han_mirado;

/* Para verlo siempre: que los dos hilos miren antes de que uno escriba. */
static void esperar_al_otro(void)
{
    for (han_mirado++; han_mirado < 2;)
        usleep(1000);
}

/* [ingresar] */
static int caja = 100;

/* Corre en otro hilo: es caja += 10, paso a paso. */
static int ingresar(void *arg)
{
    (void)arg;
    int habia = caja;
    esperar_al_otro();
    caja = habia + 10;
    return 0;
}
/* [/ingresar] */

static int encargar(void *arg)
{
    return as_work(ingresar, arg);
}

static int principal(void *arg)
{
    (void)arg;
    int hilos[2];

    int rc = as_gather_each(encargar, hilos, 2, sizeof *hilos, NULL);
    printf("100 + 10 + 10 = %d\n", caja);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
