/* Una carrera: la línea de salida y el disparo. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CORREDORAS = 3 };

/* [correr] */
struct corredora {
    const char *nombre;
    int calienta_ms, corre_ms;
    as_barrier *linea;
    as_event *disparo;
};

static int correr(void *arg)
{
    const struct corredora *c = arg;

    int rc = as_sleep(c->calienta_ms);
    if (rc == 0)
        rc = as_barrier_wait(c->linea); /* hasta que estén las tres */
    if (rc < 0)
        return rc;
    printf("%s, lista (llegó en el lugar %d)\n", c->nombre, rc + 1);
    rc = as_event_wait(c->disparo);
    if (rc == 0)
        rc = as_sleep(c->corre_ms);
    if (rc == 0)
        printf("%s cruza la meta\n", c->nombre);
    return rc;
}
/* [/correr] */

/* [juez] */
static int disparar(void *arg)
{
    int rc = as_sleep(5000);

    if (rc < 0)
        return rc;
    puts("¡pum!");
    as_event_set(arg);
    return 0;
}
/* [/juez] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_barrier linea;
    as_event disparo;
    struct corredora corredoras[CORREDORAS] = {
        {"Ada", 900, 300, &linea, &disparo},
        {"Eva", 200, 100, &linea, &disparo},
        {"Sol", 500, 200, &linea, &disparo}};
    int rc = 0;
    as_group grupo;

    as_barrier_init(&linea, CORREDORAS);
    as_event_init(&disparo);
    as_group_enter(&grupo);
    for (int i = 0; i < CORREDORAS && rc == 0; i++)
        rc = as_start_soon(&grupo, corredoras[i].nombre, correr,
                           &corredoras[i]);
    if (rc == 0)
        rc = as_start_soon(&grupo, "juez", disparar, &disparo);
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
