/* Acaba mal: quedan conexiones sin devolver. */
#include "base.h"

#include <string.h>

/* [contar] */
static int contar_ventas(void *arg)
{
    as_pg *pool = arg;
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(conexion, "SELECT count(*) FROM vetnas", NULL,
                        0, NULL);
    if (rc < 0)
        return rc;
    as_pg_release(conexion);
    return 0;
}
/* [/contar] */

/* [principal] */
static int principal(void *arg)
{
    (void)arg;
    as_pg_options opciones = {.max_connections = 2};
    as_pg *pool;

    int rc = as_pg_new(BASE, &opciones, &pool);
    if (rc < 0)
        return rc;
    for (int vez = 1; vez <= 3; vez++) {
        as_scope plazo;
        as_scope_enter(&plazo, 1000);
        rc = as_scope_leave(&plazo, contar_ventas(pool));
        const char *texto = as_error_text(rc); /* su primera línea */
        printf("vez %d: %.*s\n", vez, (int)strcspn(texto, "\n"), texto);
    }
    as_pg_close(pool);
    return 0;
}
/* [/principal] */

int main(void)
{
    return correr(principal, NULL);
}
