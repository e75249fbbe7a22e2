/* El panel de servicios, con una tarea por consulta. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4 };

struct servicio {
    const char *nombre;
    int ms;
};

static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_sleep(s->ms);
    if (rc < 0)
        return rc;
    printf("%s: todo bien\n", s->nombre);
    return 0;
}

/* [ronda] */
static int hacer_ronda(struct servicio *servicios)
{
    int rc = 0;
    as_group grupo;

    as_group_enter(&grupo);
    for (int i = 0; i < SERVICIOS && rc == 0; i++) {
        if (!as_spawn(&grupo, servicios[i].nombre, consultar,
                      &servicios[i]))
            rc = UV_ENOMEM;
    }
    puts("ronda lanzada");
    return as_group_leave(&grupo, rc);
}
/* [/ronda] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160},
                                            {"pagos", 40},
                                            {"pedidos", 100},
                                            {"informes", 260}};
    uint64_t inicio = as_now();

    int rc = hacer_ronda(servicios);
    if (rc == 0)
        printf("la ronda duró %d ms\n", (int)(as_now() - inicio));
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
