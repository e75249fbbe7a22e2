/* sleep, sin as_ delante, detiene el hilo entero. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

static uint64_t inicio;

static int segundos(void)
{
    return (int)((as_now() - inicio + 500) / 1000);
}

/* [tareas] */
static int latir(void *arg)
{
    (void)arg;
    for (int i = 1; i <= 2; i++) {
        int rc = as_sleep(1000);
        if (rc < 0)
            return rc;
        printf("%d s: latido %d\n", segundos(), i);
    }
    return 0;
}

static int siesta(void *arg)
{
    (void)arg;
    sleep(2);
    printf("%d s: siesta terminada\n", segundos());
    return 0;
}
/* [/tareas] */

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = latir}, {.fn = siesta}};

    inicio = as_now();
    return as_gather(llamadas, 2, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
