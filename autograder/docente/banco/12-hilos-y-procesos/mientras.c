/* Un encargo a otro hilo y una tarea que no lo espera. */
#include <asinc/asinc.h>
#include <stdio.h>
#include <unistd.h>

static int cocer(void *arg)
{
    (void)arg;
    usleep(600 * 1000);
    return 3;
}

static int encargar(void *arg)
{
    puts("encargo");
    int rc = as_work(cocer, arg);
    printf("encargo: %d\n", rc);
    return 0;
}

static int seguir(void *arg)
{
    (void)arg;
    puts("sigo");
    int rc = as_sleep(50);
    puts("sigo otra vez");
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {{.fn = encargar}, {.fn = seguir}};

    int rc = as_gather(llamadas, 2, NULL);
    printf("a la vez: %d\n", rc);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
