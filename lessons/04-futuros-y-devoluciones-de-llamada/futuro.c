/* Dos mesas esperan la misma tarta. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { MESAS = 2 };

/* [tareas] */
static int hornear(void *arg)
{
    as_future *tarta = arg;

    int rc = as_sleep(1000);
    if (rc < 0)
        return rc;
    return as_future_set_result(tarta, "de manzana");
}

struct mesa {
    const char *nombre;
    as_future *tarta;
};

static int pedir(void *arg)
{
    const struct mesa *m = arg;
    void *cual;

    printf("%s: ¿está? %s\n", m->nombre,
           as_future_done(m->tarta) ? "sí" : "no");
    int rc = as_future_wait(m->tarta, &cual);
    if (rc == 0)
        printf("%s: tarta %s\n", m->nombre, (const char *)cual);
    return rc;
}
/* [/tareas] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_future tarta;
    struct mesa mesas[MESAS] = {{"mesa 1", &tarta}, {"mesa 2", &tarta}};
    as_group grupo;

    as_future_init(&tarta);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "horno", hornear, &tarta);
    for (int i = 0; i < MESAS && rc == 0; i++)
        rc = as_start_soon(&grupo, mesas[i].nombre, pedir, &mesas[i]);
    return as_group_leave(&grupo, rc);
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
