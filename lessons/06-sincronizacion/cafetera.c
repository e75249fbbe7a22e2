/* Una cafetera de dos tazas: quien quiere café espera a que haya. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { CLIENTES = 4, JARRA = 2, SERVIRSE_MS = 5000 };

/* [servir] */
static int tazas; /* las que quedan en la jarra */
static as_lock cerrojo;
static as_condition hay_cafe; /* avisa de que cambió `tazas` */

static int servir(void *arg)
{
    int rc = as_lock_acquire(&cerrojo);

    if (rc < 0)
        return rc;
    while (rc == 0 && tazas == 0)
        rc = as_condition_wait(&hay_cafe);
    if (rc == 0)
        rc = as_sleep(SERVIRSE_MS); /* con la jarra en la mano */
    if (rc == 0) {
        tazas--;
        printf("%s toma café; quedan %d\n", (const char *)arg, tazas);
    }
    as_lock_release(&cerrojo);
    return rc;
}
/* [/servir] */

/* [rellenar] */
static int rellenar(void *arg)
{
    (void)arg;
    for (int jarra = 1; jarra <= CLIENTES / JARRA; jarra++) {
        int rc = as_sleep(60000); /* se hace el café */
        if (rc == 0)
            rc = as_lock_acquire(&cerrojo);
        if (rc < 0)
            return rc;
        tazas += JARRA;
        printf("jarra %d llena\n", jarra);
        as_condition_notify(&hay_cafe, JARRA);
        as_lock_release(&cerrojo);
    }
    return 0;
}
/* [/rellenar] */

static int principal(void *arg)
{
    (void)arg;
    static char *const nombres[CLIENTES] = {"Ana", "Blas", "Cora",
                                            "Dan"};
    int rc = 0;
    as_group grupo;

    as_lock_init(&cerrojo);
    as_condition_init(&hay_cafe, &cerrojo);
    as_group_enter(&grupo);
    for (int i = 0; i < CLIENTES && rc == 0; i++)
        rc = as_start_soon(&grupo, nombres[i], servir, nombres[i]);
    if (rc == 0)
        rc = as_start_soon(&grupo, "cafetera", rellenar, NULL);
    return as_group_leave(&grupo, rc);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
