/*
 * 2 · Arreglar · 8 minutos
 * Una consulta que falla y se lleva la conexión.
 *
 * Hay dos conexiones y cuatro consultas, y dos están mal. Las cuatro deben
 * escribir su línea; las que fallan, con su motivo.
 */
#include "lessons/13-bases-de-datos/pg_falsa.h"

static as_pg *pool;

/* Falla si la consulta dice «mal». */
static int responder(const char *sql, const char *const *valores)
{
    (void)valores;
    int rc = as_sleep(10);

    if (rc == 0 && strstr(sql, "mal"))
        rc = as_error_set(UV_EINVAL, "no entiendo «%s»", sql);
    return rc;
}

static int preguntar(void *arg)
{
    const char *sql = arg;
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(conexion, sql, NULL, 0, NULL);
    as_pg_release(conexion); /* haya ido bien o mal */
    if (rc == UV_EINVAL) {
        printf("falla: %s\n", as_error_text(rc));
        return 0;
    }
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
    as_pg_options opciones = {.max_connections = 2};

    int rc = as_pg_new("", &opciones, &pool);
    if (rc < 0)
        return rc;
    rc = as_gather(llamadas, 4, NULL);
    as_pg_close(pool);
    return rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
