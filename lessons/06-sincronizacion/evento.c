#include <asinc/asinc.h>
#include <stdio.h>

/* [esperar] */
struct esperador {
    const char *nombre;
    as_event *evento;
};

static int esperar(void *arg)
{
    const struct esperador *e = arg;

    printf("Esperador %s: espero el evento...\n", e->nombre);
    int rc = as_event_wait(e->evento);
    if (rc == 0)
        printf("Esperador %s: ¡ha llegado!\n", e->nombre);
    return rc;
}
/* [/esperar] */

/* [avisar] */
static int avisar(void *arg)
{
    as_event *evento = arg;

    int rc = as_sleep(2000);
    if (rc < 0)
        return rc;
    puts("Doy la señal");
    as_event_set(evento);
    return 0;
}
/* [/avisar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_event evento;
    struct esperador a = {"A", &evento}, b = {"B", &evento};
    const as_call llamadas[] = {
        {.fn = esperar, .arg = &a},
        {.fn = esperar, .arg = &b},
        {.fn = avisar, .arg = &evento},
    };

    as_event_init(&evento);
    return as_gather(llamadas, 3, NULL);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
