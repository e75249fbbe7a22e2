/* El panel, con un plazo para cada consulta. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4, PLAZO_MS = 1000 };

struct servicio {
    const char *nombre;
    int ms;
};

/* [consultar] */
static int pedir(const struct servicio *s)
{
    int rc = as_sleep(s->ms); /* aquí habría una petición de red */

    if (rc == 0)
        printf("%s: todo bien\n", s->nombre);
    return rc;
}

static int consultar(void *arg)
{
    const struct servicio *s = arg;
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS);
    int rc = pedir(s);
    return as_scope_leave(&plazo, rc);
}
/* [/consultar] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160},
                                            {"pagos", 40},
                                            {"pedidos", 100},
                                            {"informes", 8000}};
    as_call llamadas[SERVICIOS];
    uint64_t inicio = as_now();

    for (int i = 0; i < SERVICIOS; i++)
        llamadas[i] = (as_call){.fn = consultar,
                                .arg = &servicios[i],
                                .name = servicios[i].nombre};
    int rc = as_gather(llamadas, SERVICIOS, NULL);
    if (rc < 0)
        printf("la ronda falla: %s\n", as_error_text(rc));
    printf("la ronda duró %d ms\n", (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
