/* Una función de asinc en un hilo que no tiene bucle: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [trabajo] */
static int calcular(void *arg)
{
    (void)arg;
    puts("calculo un poco y descanso");
    return as_sleep(10);
}

static int principal(void *arg)
{
    return as_work(calcular, arg);
}
/* [/trabajo] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
