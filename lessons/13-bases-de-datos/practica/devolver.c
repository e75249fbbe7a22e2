/*
 * 2 · Arreglar · 8 minutos
 * Una consulta que falla y se lleva la conexión.
 *
 * Hay dos conexiones y cuatro consultas, y dos están mal. Las cuatro deben
 * escribir su línea; las que fallan, con su motivo.
 */
#include "lessons/13-bases-de-datos/falsa.h"

static struct reserva reserva;

static int preguntar(void *arg)
{
    const char *sql = arg;
    struct conexion *conexion;

    int rc = tomar(&reserva, &conexion);
    if (rc < 0)
        return rc;
    rc = consultar(conexion, sql, 10);
    if (rc == UV_EINVAL) {
        printf("falla: %s\n", as_error_text(rc));
        return 0;
    }
    devolver(&reserva, conexion);
    if (rc == 0)
        printf("bien: %s\n", sql);
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    const as_call llamadas[] = {
        {.fn = preguntar, .arg = "SELECT mal"},
        {.fn = preguntar, .arg = "SELECT 1"},
        {.fn = preguntar, .arg = "mal SELECT"},
        {.fn = preguntar, .arg = "SELECT 2"},
    };

    abrir_reserva(&reserva, 2);
    return as_gather(llamadas, 4, NULL);
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
