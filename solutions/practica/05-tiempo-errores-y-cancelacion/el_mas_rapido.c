/*
 * 5 · Construir · 15 minutos
 * Tres espejos, y los que pierden se van en cuanto hay ganador.
 *
 * Escribe `bajar`: lanza una tarea por espejo, espera a la primera, cancela a las
 * demás y devuelve la posición del ganador. Debe volver a los 120 ms, no a los
 * 900. Si nadie contesta antes de `ms`, devuelve UV_ETIMEDOUT.
 *
 * Las piezas: un grupo, as_spawn, as_wait_any, as_group_cancel y un ámbito.
 */
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

    int rc = as_sleep(e->ms);
    if (rc == UV_ECANCELED)
        printf("%s se va\n", e->ciudad);
    return rc;
}

static int bajar(struct espejo *espejos, int ms)
{
    as_task *tareas[ESPEJOS];
    int rc = 0;
    as_scope plazo;
    as_group grupo;

    as_scope_enter(&plazo, ms);
    as_group_enter(&grupo);
    for (int i = 0; i < ESPEJOS && rc == 0; i++) {
        tareas[i] = as_spawn(&grupo, espejos[i].ciudad, pedir, &espejos[i]);
        if (!tareas[i])
            rc = UV_ENOMEM;
    }
    if (rc == 0)
        rc = (int)as_wait_any(tareas, ESPEJOS);
    as_group_cancel(&grupo);
    rc = as_group_leave(&grupo, rc);
    return as_scope_leave(&plazo, rc);
}

static int principal(void *arg)
{
    (void)arg;
    struct espejo espejos[ESPEJOS] = {{"Madrid", 300}, {"Lima", 120}, {"Sídney", 900}};
    uint64_t inicio = as_now();

    int gana = bajar(espejos, 1000);
    printf("%d ms: gana %s\n", (int)(as_now() - inicio),
           gana < 0 ? as_error_text(gana) : espejos[gana].ciudad);
    inicio = as_now();
    gana = bajar(espejos, 50);
    printf("%d ms: %s\n", (int)(as_now() - inicio),
           gana < 0 ? as_error_text(gana) : espejos[gana].ciudad);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
