/* El panel, con un resultado para cada servicio. */
#include <asinc/asinc.h>
#include <stdio.h>

enum { SERVICIOS = 4, PLAZO_MS = 1000 };

struct servicio {
    const char *nombre;
    int ms;
    int error; /* 0, o el número que responde */
};

/* [pedir] */
static int pedir(const struct servicio *s)
{
    int rc = as_sleep(s->ms);

    if (rc == 0 && s->error > 0)
        return as_error_set(UV_EIO, "respondió con el error %d",
                            s->error);
    return rc;
}
/* [/pedir] */

static int consultar(void *arg)
{
    const struct servicio *s = arg;
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS);
    return as_scope_leave(&plazo, pedir(s));
}

/* [ronda] */
static int hacer_ronda(struct servicio *servicios)
{
    as_outcome casillas[SERVICIOS];
    uint64_t inicio = as_now();

    int fallos = as_gather_each(consultar, servicios, SERVICIOS,
                                sizeof *servicios, casillas);
    if (fallos < 0)
        return fallos;
    for (int i = 0; i < SERVICIOS; i++)
        printf("%s: %s\n", servicios[i].nombre,
               casillas[i].rc < 0 ? casillas[i].text : "todo bien");
    printf("%d fallos; la ronda duró %d ms\n", fallos,
           (int)(as_now() - inicio));
    return 0;
}
/* [/ronda] */

static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {{"usuarios", 160, 0},
                                            {"pagos", 40, 503},
                                            {"pedidos", 100, 0},
                                            {"informes", 8000, 0}};

    return hacer_ronda(servicios);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
