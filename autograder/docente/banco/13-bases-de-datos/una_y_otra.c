/* Cada tarea lee de una tabla y escribe en otra. Hay dos conexiones. */
#include "falsa.h"

static struct reserva reserva;

static int escribir(int n)
{
    struct conexion *conexion;

    int rc = tomar(&reserva, &conexion);
    if (rc < 0)
        return rc;
    rc = insertar(conexion, n);
    devolver(&reserva, conexion);
    return rc;
}

static int copiar(void *arg)
{
    const int *n = arg;
    struct conexion *conexion;

    int rc = tomar(&reserva, &conexion);
    if (rc < 0)
        return rc;
    rc = consultar(conexion, "SELECT dato", 10);
    if (rc == 0)
        rc = escribir(*n);
    devolver(&reserva, conexion);
    if (rc == 0)
        printf("copiado el %d\n", *n);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    int numeros[] = {1, 2};

    abrir_reserva(&reserva, 2);
    return as_gather_each(copiar, numeros, 2, sizeof *numeros, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
