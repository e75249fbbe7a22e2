/* Un hilo y el bucle suman a la vez en la misma variable, protegida con un cerrojo. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { VECES = 1000 };

struct suma {
    as_lock cerrojo;
    int total;
};

static int sumar(void *arg)
{
    struct suma *s = arg;
    int rc = 0;

    for (int i = 0; i < VECES && rc == 0; i++) {
        rc = as_lock_acquire(&s->cerrojo);
        if (rc < 0)
            break;
        s->total++;
        as_lock_release(&s->cerrojo);
    }
    return rc;
}

static int encargar(void *arg)
{
    return as_work(sumar, arg);
}

static int principal(void *arg)
{
    (void)arg;
    struct suma hilo = {0}, bucle = {0};

    as_lock_init(&hilo.cerrojo);
    const as_call llamadas[] = {{.fn = encargar, .arg = &hilo},
                                {.fn = sumar, .arg = &hilo}};
    int rc = as_gather(llamadas, 2, NULL);
    printf("%d\n", hilo.total + bucle.total);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
