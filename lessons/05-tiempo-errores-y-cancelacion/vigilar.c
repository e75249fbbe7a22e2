/* Una ronda cada treinta segundos, hasta Ctrl+C. */
#include <asinc/asinc.h>
#include <signal.h>
#include <stdio.h>

enum { CADA_MS = 30000 };

static uint64_t inicio;

static double segundos(void)
{
    return (double)(as_now() - inicio) / 1000;
}

static int hacer_ronda(void)
{
    return as_sleep(700); /* la del panel */
}

/* [vigilar] */
static int vigilar(int *rondas)
{
    for (;;) {
        printf("%5.1f s: ronda %d\n", segundos(), *rondas + 1);
        int rc = hacer_ronda();
        if (rc < 0)
            return rc;
        *rondas += 1;
        /* La próxima se cuenta desde el principio, no desde ahora. */
        uint64_t proxima = inicio + (uint64_t)*rondas * CADA_MS;
        rc = as_sleep((int64_t)(proxima - as_now()));
        if (rc < 0)
            return rc;
    }
}
/* [/vigilar] */

/* Para que el ejemplo acabe solo: alguien pulsa Ctrl+C a los 95 s. */
static int pulsar_ctrl_c(void *arg)
{
    (void)arg;
    int rc = as_sleep(95000);
    if (rc == 0)
        raise(SIGINT);
    return rc;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    int rondas = 0;
    as_group grupo;

    inicio = as_now();
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "mano", pulsar_ctrl_c, NULL);
    if (rc == 0)
        rc = vigilar(&rondas);
    rc = as_group_leave(&grupo, rc);
    if (rc == UV_ECANCELED && as_interrupted()) {
        printf("%5.1f s: %d rondas enteras; hasta luego\n", segundos(),
               rondas);
        return 0;
    }
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
