/* Una cinta con sitio para dos cajas, un estibador que pone y dos camiones que sacan. */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static int ahora(void)
{
    return (int)(as_now() - inicio);
}

/* [cinta] */
static as_queue cinta; /* con tope de dos */

static int poner(void)
{
    static int cajas[] = {1, 2, 3, 4, 5, 6};
    int rc = 0;

    for (int i = 0; i < 6 && rc == 0; i++) {
        rc = as_queue_put(&cinta, &cajas[i]);
        if (rc == 0)
            printf("%3d: puesta la %d\n", ahora(), cajas[i]);
    }
    return rc;
}

struct camion {
    const char *nombre;
    int ms; /* lo que tarda en cargar una caja */
};

static int cargar(void *arg)
{
    const struct camion *c = arg;
    void *caja;
    int rc, cuantas = 0;

    while ((rc = as_queue_get(&cinta, &caja)) == 0) {
        rc = as_sleep(c->ms);
        if (rc < 0)
            return rc;
        cuantas++;
    }
    printf("%3d: el camión %s sale con %d\n", ahora(), c->nombre,
           cuantas);
    return rc == UV_EOF ? 0 : rc;
}
/* [/cinta] */

/* [turno] */
static int turno(void)
{
    struct camion rojo = {"rojo", 100}, verde = {"verde", 250};
    as_group camiones;

    as_group_enter(&camiones);
    int rc = as_start_soon(&camiones, "rojo", cargar, &rojo);
    if (rc == 0)
        rc = as_start_soon(&camiones, "verde", cargar, &verde);
    if (rc == 0)
        rc = poner();
    as_queue_close(&cinta);
    return as_group_leave(&camiones, rc);
}
/* [/turno] */

static int principal(void *arg)
{
    (void)arg;
    inicio = as_now();
    as_queue_init(&cinta, 2);
    int rc = turno();
    as_queue_destroy(&cinta);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
