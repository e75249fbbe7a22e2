/* Tres lavadoras de una lavandería, y quien las enciende. */
#include <asinc/asinc.h>
#include <stdio.h>

static uint64_t inicio;

static int ahora(void)
{
    return (int)(as_now() - inicio);
}

/* [lavadora] */
struct lavadora {
    const char *nombre;
    int lavar_ms, secar_ms;
};

static int lavar(void *arg)
{
    const struct lavadora *l = arg;

    printf("%3d: %s empieza\n", ahora(), l->nombre);
    int rc = as_sleep(l->lavar_ms);
    if (rc < 0)
        return rc;
    printf("%3d: %s seca\n", ahora(), l->nombre);
    rc = as_sleep(l->secar_ms);
    if (rc == 0)
        printf("%3d: %s acaba\n", ahora(), l->nombre);
    return rc;
}
/* [/lavadora] */

/* [encender] */
static int encender(void)
{
    struct lavadora roja = {"roja", 300, 200},
                    verde = {"verde", 100, 100},
                    azul = {"azul", 60, 400};
    as_group grupo;

    as_group_enter(&grupo);
    int rc = as_start_soon(&grupo, "roja", lavar, &roja);
    if (rc == 0)
        rc = as_start_soon(&grupo, "verde", lavar, &verde);
    printf("%3d: dos encendidas\n", ahora());
    if (rc == 0)
        rc = as_sleep(250);
    if (rc == 0)
        rc = as_start_soon(&grupo, "azul", lavar, &azul);
    printf("%3d: tres encendidas\n", ahora());
    return as_group_leave(&grupo, rc);
}
/* [/encender] */

static int principal(void *arg)
{
    (void)arg;
    inicio = as_now();
    int rc = encender();
    printf("%3d: cierro\n", ahora());
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
