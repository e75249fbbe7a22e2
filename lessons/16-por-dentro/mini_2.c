/* El mismo panel: cada tarea dice cuándo hay que despertarla. */
#include "mini.h"

#include <stdio.h>

enum { SERVICIOS = 4 };

struct servicio {
    const char *nombre;
    int ms;
};

/* [consultar] */
static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_sleep(s->ms);
    if (rc == 0)
        printf("%s: todo bien\n", s->nombre);
    return rc;
}
/* [/consultar] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160},
                                            {"pagos", 40},
                                            {"pedidos", 100},
                                            {"informes", 260}};
    uint64_t inicio = as_now();

    int rc = as_gather_each(consultar, servicios, SERVICIOS,
                            sizeof *servicios, NULL);
    uint64_t duro = as_now() - inicio;
    uint64_t trabajo = (uint64_t)clock() * 1000 / CLOCKS_PER_SEC;
    printf("duró %.1f s; el procesador, %s\n", (double)duro / 1000,
           trabajo > duro / 10 ? "ocupado" : "libre");
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
