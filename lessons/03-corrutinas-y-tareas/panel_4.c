/* El panel de servicios con as_gather_each, y un servicio caído. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4 };

/* [consultar] */
struct servicio {
    const char *nombre;
    int ms;
    int error; /* 0, o el error con que responde */
};

static int consultar(void *arg)
{
    const struct servicio *s = arg;

    int rc = as_sleep(s->ms);
    if (rc == 0)
        rc = s->error;
    if (rc == 0)
        printf("%s: todo bien\n", s->nombre);
    return rc;
}
/* [/consultar] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {
        {"usuarios", 160, 0},
        {"pagos", 40, 0},
        {"pedidos", 100, UV_ECONNREFUSED},
        {"informes", 260, 0}};
    uint64_t inicio = as_now();

    /* [principal] */
    int rc = as_gather_each(consultar, servicios, SERVICIOS,
                            sizeof *servicios, NULL);
    if (rc < 0)
        printf("la ronda falla: %s\n", as_error_text(rc));
    /* [/principal] */
    printf("la ronda duró %d ms\n", (int)(as_now() - inicio));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
