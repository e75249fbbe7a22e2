/* El panel de servicios, una consulta detrás de otra. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4 };

/* [consultar] */
struct servicio {
    const char *nombre;
    int ms; /* lo que tarda en responder */
};

static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_sleep(s->ms); /* aquí habría una petición de red */
    if (rc < 0)
        return rc;
    printf("%s: todo bien\n", s->nombre);
    return 0;
}
/* [/consultar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160},
                                            {"pagos", 40},
                                            {"pedidos", 100},
                                            {"informes", 260}};
    uint64_t inicio = as_now();

    for (int i = 0; i < SERVICIOS; i++) {
        int rc = consultar(&servicios[i]);
        if (rc < 0)
            return rc;
    }
    printf("la ronda duró %d ms\n", (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
/* [/principal] */
