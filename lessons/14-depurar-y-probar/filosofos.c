/* Cinco filósofos, cinco tenedores y ninguna cena: acaba mal. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { COMENSALES = 5 };

/* [cenar] */
static as_lock tenedores[COMENSALES];
static int cenaron;

struct filosofo {
    const char *nombre;
    int silla;
};

static int cenar(void *arg)
{
    const struct filosofo *f = arg;
    as_lock *izquierdo = &tenedores[f->silla];
    as_lock *derecho = &tenedores[(f->silla + 1) % COMENSALES];

    int rc = as_lock_acquire(izquierdo);
    if (rc < 0)
        return rc;
    rc = as_sleep(100); /* piensa un momento */
    if (rc == 0)
        rc = as_lock_acquire(derecho);
    if (rc == 0) {
        cenaron++;
        as_lock_release(derecho);
    }
    as_lock_release(izquierdo);
    return rc;
}
/* [/cenar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct filosofo mesa[COMENSALES] = {{"Hipatia", 0},
                                        {"Platón", 1},
                                        {"Confucio", 2},
                                        {"Averroes", 3},
                                        {"Sor Juana", 4}};
    as_group grupo;
    int rc = 0;

    for (int i = 0; i < COMENSALES; i++)
        as_lock_init(&tenedores[i]);
    as_group_enter(&grupo);
    for (int i = 0; i < COMENSALES && rc == 0; i++)
        rc = as_start_soon(&grupo, mesa[i].nombre, cenar, &mesa[i]);
    rc = as_group_leave(&grupo, rc);
    printf("cenaron %d\n", cenaron);
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
