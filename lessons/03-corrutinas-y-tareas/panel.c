#include <asinc/asinc.h>
#include <stdio.h>

enum { PLAZO_MS = 1000, SERVICIOS = 4 };

/* [servicio] */
struct servicio {
    const char *nombre;
    int demora_ms; /* lo que tardará en contestar */
    int respuesta; /* 0, o el error con que contestará */
    int medido_ms; /* lo rellena consultar */
};

static int pedir(const struct servicio *s)
{
    int rc = as_sleep(s->demora_ms);
    return rc < 0 ? rc : s->respuesta;
}

static int consultar(void *arg)
{
    struct servicio *s = arg;
    uint64_t inicio = as_now();
    as_scope plazo;

    as_scope_enter(&plazo, PLAZO_MS, 0);
    int rc = as_scope_leave(&plazo, pedir(s));
    s->medido_ms = (int)(as_now() - inicio);
    return rc;
}
/* [/servicio] */

/* [ronda] */
static int hacer_ronda(struct servicio *servicios)
{
    int estados[SERVICIOS];
    uint64_t inicio = as_now();
    int fallos = as_gather_each(consultar, servicios, SERVICIOS,
                                sizeof *servicios, estados);
    if (fallos < 0)
        return fallos;

    for (int i = 0; i < SERVICIOS; i++)
        printf("%-10s %5d ms  %s\n", servicios[i].nombre,
               servicios[i].medido_ms,
               estados[i] < 0 ? as_strerror(estados[i]) : "bien");
    printf("%d de %d fallan; la ronda tardó %d ms\n", fallos, SERVICIOS,
           (int)(as_now() - inicio));
    return 0;
}
/* [/ronda] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    struct servicio servicios[SERVICIOS] = {
        {"web", 120, 0, 0},
        {"pagos", 40, UV_ECONNREFUSED, 0},
        {"informes", 8000, 0, 0},
        {"correo", 310, 0, 0},
    };

    return hacer_ronda(servicios);
}
/* [/principal] */

/* [main] */
int main(void)
{
    int rc = as_run(principal, NULL);

    if (rc < 0)
        fprintf(stderr, "panel: %s\n", as_strerror(rc));
    return rc < 0;
}
/* [/main] */
