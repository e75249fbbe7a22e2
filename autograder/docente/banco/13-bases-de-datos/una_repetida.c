/* Seis registros por dos conexiones. El que ya estaba se salta, y los
 * otros cinco entran. */
#include "falsa.h"

static struct reserva reserva;
static int hechos;

static int registrar(void *arg)
{
    const int *id = arg;
    struct conexion *conexion;

    int rc = tomar(&reserva, &conexion);
    if (rc < 0)
        return rc;
    rc = insertar(conexion, *id);
    devolver(&reserva, conexion);
    if (rc == 0)
        hechos++;
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int ids[] = {1, 2, 3, 4, 5, 6};

    abrir_reserva(&reserva, 2);
    int rc = as_gather_each(registrar, ids, 6, sizeof *ids, NULL);
    printf("%d registrados\n", hechos);
    if (rc < 0)
        printf("fallo: %s\n", as_error_text(rc));
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
