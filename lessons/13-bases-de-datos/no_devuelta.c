#include "base.h"

#include <string.h>

/* [saludar] */
static int saludar(void *arg)
{
    as_pg *pool = arg;
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(conexion, "SELECT hola", NULL, 0, NULL);
    if (rc < 0)
        return rc; /* mal: se va con la conexión en la mano */
    as_pg_release(conexion);
    return 0;
}
/* [/saludar] */

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
        as_scope_enter(&plazo, 200);
        rc = as_scope_leave(&plazo, saludar(pool));
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
