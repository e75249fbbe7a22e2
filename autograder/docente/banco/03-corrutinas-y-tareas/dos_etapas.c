/* Tres viajes de dos etapas cada uno. */
#include <asinc/asinc.h>
#include <stdio.h>

struct viaje {
    const char *nombre;
    int ida, vuelta;
};

static int viajar(void *arg)
{
    const struct viaje *v = arg;
    uint64_t inicio = as_now();

    int rc = as_sleep(v->ida);
    if (rc == 0)
        rc = as_sleep(v->vuelta);
    if (rc < 0)
        return rc;
    printf("%s: %d ms\n", v->nombre, (int)(as_now() - inicio));
    return 0;
}

static int principal(void *arg)
{
    (void)arg;
    struct viaje viajes[] = {
        {"norte", 30, 40}, {"sur", 10, 80}, {"este", 50, 10}};
    uint64_t inicio = as_now();

    int rc = as_gather_each(viajar, viajes, 3, sizeof *viajes, NULL);
    if (rc == 0)
        rc = viajar(&viajes[0]);
    printf("en total: %d ms\n", (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
