/* La respuesta a la pregunta 4: un guardián que vigila que otra tarea siga viva. */
#include <asinc/asinc.h>
#include <stdio.h>

/* [dado] */
enum { SILENCIO_MS = 500 };

struct guardian {
    uint64_t ultima; /* la hora de la última señal de vida */
};

static void dar_senal(struct guardian *g)
{
    g->ultima = as_now();
}
/* [/dado] */

/* [guardar] */
static int guardar(void *arg)
{
    const struct guardian *g = arg;

    for (;;) {
        uint64_t vence = g->ultima + SILENCIO_MS;
        if (as_now() >= vence)
            return as_error_set(
                UV_ETIMEDOUT, "lleva %d ms sin dar señal", SILENCIO_MS);
        int rc = as_sleep((int64_t)(vence - as_now()));
        if (rc < 0)
            return rc;
    }
}
/* [/guardar] */

static uint64_t inicio;

/* [trabajo] */
static int trabajar(void *arg)
{
    static const int pausas[] = {200, 400, 499, 2000, 100};
    struct guardian *g = arg;

    for (int i = 0; i < 5; i++) {
        int rc = as_sleep(pausas[i]);
        if (rc < 0)
            return rc;
        dar_senal(g);
        printf("%4d: señal\n", (int)(as_now() - inicio));
    }
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct guardian g;
    as_group grupo;

    inicio = as_now();
    dar_senal(&g);
    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "guardián", guardar, &g);
    if (rc == 0)
        rc = as_start_soon(&grupo, "trabajo", trabajar, &g);
    rc = as_group_leave(&grupo, rc);
    printf("%4d: %s\n", (int)(as_now() - inicio), as_error_text(rc));
    return 0;
}
/* [/trabajo] */

int main(void)
{
    return as_run(principal, NULL) < 0;
}
