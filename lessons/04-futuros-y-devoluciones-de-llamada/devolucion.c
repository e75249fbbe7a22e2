/* Dos recados para cuando esté la tarta, y quien la espera. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [avisar] */
static void avisar(as_future *tarta, void *arg)
{
    const char *quien = arg;
    void *cual;

    int rc = as_future_result(tarta, &cual); /* ya está: no espera */
    printf("%s: %s\n", quien,
           rc < 0 ? as_error_text(rc) : (const char *)cual);
}
/* [/avisar] */

static int hornear(void *arg)
{
    int rc = as_sleep(1000);

    return rc < 0 ? rc : as_future_set_result(arg, "tarta de manzana");
}

/* [tareas] */
static char pizarra[] = "Pizarra", caja[] = "Caja";

static int dejar_recados(void *arg)
{
    as_future *tarta = arg;

    int rc = as_sleep(500); /* la mesa 1 ya espera */
    if (rc == 0)
        rc = as_future_add_done_callback(tarta, avisar, pizarra);
    if (rc == 0)
        rc = as_future_add_done_callback(tarta, avisar, caja);
    return rc;
}

static int esperar(void *arg)
{
    int rc = as_future_wait(arg, NULL);
    if (rc == 0)
        puts("Mesa 1: sigue");
    return rc;
}
/* [/tareas] */

static int principal(void *arg)
{
    (void)arg;
    as_future tarta;
    const as_call llamadas[] = {
        {.fn = hornear, .arg = &tarta, .name = "horno"},
        {.fn = esperar, .arg = &tarta, .name = "mesa 1"},
        {.fn = dejar_recados, .arg = &tarta, .name = "recados"},
    };

    as_future_init(&tarta);
    /* [retirar] */
    int rc = as_gather(llamadas, 3, NULL);
    if (rc < 0) {
        as_future_remove_done_callback(&tarta, avisar, pizarra);
        as_future_remove_done_callback(&tarta, avisar, caja);
    }
    /* [/retirar] */
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
