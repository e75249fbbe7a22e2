/* El mismo archivo está en tres servidores: gana el primero. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { ESPEJOS = 3 };

struct espejo {
    const char *ciudad;
    int ms;
};

static int pedir(void *arg)
{
    const struct espejo *e = arg;

    return as_sleep(e->ms);
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct espejo espejos[ESPEJOS] = {
        {"Madrid", 300}, {"Lima", 120}, {"Sídney", 900}};
    as_task *tareas[ESPEJOS];
    uint64_t inicio = as_now();
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < ESPEJOS; i++) {
        tareas[i] = as_spawn(&grupo, espejos[i].ciudad, pedir,
                             &espejos[i]);
        if (!tareas[i])
            return as_group_leave(&grupo, UV_ENOMEM);
    }
    int gana = (int)as_wait_any(tareas, ESPEJOS);
    if (gana >= 0)
        printf("%d ms: responde %s\n", (int)(as_now() - inicio),
               espejos[gana].ciudad);
    int rc = as_group_leave(&grupo, gana < 0 ? gana : 0);
    printf("%d ms: fin\n", (int)(as_now() - inicio));
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
