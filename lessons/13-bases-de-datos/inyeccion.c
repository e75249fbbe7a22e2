#include "base.h"

/* [buscar] */
static int buscar(as_pg *pool, const char *nombre)
{
    char sql[200];

    snprintf(sql, sizeof sql,
             "SELECT nota FROM alumnos WHERE nombre = '%s'", nombre);
    printf("%s\n", sql);
    return as_pg_query(pool, sql, NULL, 0, NULL);
}
/* [/buscar] */

static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = preparar(pool,
                  "CREATE TABLE alumnos (nombre text, nota text)");
    if (rc == 0)
        rc = buscar(pool, "Ana");
    if (rc == 0)
        rc = buscar(pool, "Roberto'; DROP TABLE alumnos; --");
    if (rc == 0)
        rc = buscar(pool, "Ana");
    if (rc < 0)
        printf("%s\n", as_error_text(rc));
    as_pg_close(pool);
    return 0;
}

int main(void)
{
    return correr(principal, NULL);
}
