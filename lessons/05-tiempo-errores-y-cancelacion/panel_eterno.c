/* El panel del capítulo 03, el día en que «informes» va mal. */
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
    if (rc == 0)
        printf("%s: todo bien\n", s->nombre);
    return rc;
}

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160},
                                            {"pagos", 40},
                                            {"pedidos", 100},
                                            {"informes", 8000}};
    uint64_t inicio = as_now();

    int rc = as_gather_each(consultar, servicios, SERVICIOS,
                            sizeof *servicios, NULL);
    printf("la ronda duró %d ms\n", (int)(as_now() - inicio));
    return rc;
}
/* [/principal] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
