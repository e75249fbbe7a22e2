#include "base.h"

/* [tareas] */
static int contar(void *arg)
{
    return as_pg_query_on(arg, "SELECT count(*) FROM pg_class", NULL, 0,
                          NULL);
}
/* [/tareas] */

static int a_la_vez(as_pg_connection *conexion)
{
    const as_call llamadas[] = {{.fn = contar, .arg = conexion},
                                {.fn = contar, .arg = conexion}};
    as_outcome casillas[2];

    int fallos = as_gather(llamadas, 2, casillas);
    for (int i = 0; i < 2 && fallos >= 0; i++)
        printf("tarea %d: %s\n", i + 1,
               casillas[i].rc < 0 ? casillas[i].text : "bien");
    return fallos < 0 ? fallos : 0;
}

static int principal(void *arg)
{
    (void)arg;
    as_pg_connection *conexion;
    as_pg *pool;

    int rc = as_pg_new(BASE, NULL, &pool);
    if (rc < 0)
        return rc;
    rc = as_pg_acquire(pool, &conexion);
    if (rc == 0) {
        rc = a_la_vez(conexion);
        as_pg_release(conexion);
    }
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return correr(principal, NULL);
}
