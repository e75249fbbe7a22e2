/* Siete inserciones de 10 ms por tres conexiones. El 3 y el 7 ya
 * estaban. */
#include "falsa.h"

static struct reserva reserva;
static int hechas;

static int guardar(void *arg)
{
    const int *id = arg;
    struct conexion *conexion;

    int rc = tomar(&reserva, &conexion);
    if (rc < 0)
        return rc;
    rc = insertar(conexion, *id);
    devolver(&reserva, conexion);
    if (rc == UV_EEXIST) {
        printf("el %d ya estaba, y van %d\n", *id, hechas);
        return 0;
    }
    if (rc == 0)
        hechas++;
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int ids[] = {1, 2, 3, 4, 5, 6, 7};
    uint64_t inicio = as_now();

    abrir_reserva(&reserva, 3);
    int rc = as_gather_each(guardar, ids, 7, sizeof *ids, NULL);
    printf("%d en %d ms\n", hechas, (int)(as_now() - inicio));
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
