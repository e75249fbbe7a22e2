/* Las mismas dos mesas, con una tarea por mesa. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { PLATOS = 3 };

/* [mesa] */
struct mesa {
    const char *nombre;
    int ms[PLATOS];
};

static int atender(void *arg)
{
    const struct mesa *m = arg;

    for (int plato = 0; plato < PLATOS; plato++) {
        int rc = as_sleep(m->ms[plato]);
        if (rc < 0)
            return rc;
        printf("%s: plato %d servido\n", m->nombre, plato + 1);
    }
    return 0;
}
/* [/mesa] */

static int principal(void *arg)
{
    (void)arg;
    struct mesa mesas[] = {{"mesa 1", {20, 60, 60}},
                           {"mesa 2", {50, 60, 60}}};

    return as_gather_each(atender, mesas, 2, sizeof *mesas, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
