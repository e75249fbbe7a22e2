/*
 * 3 · Arreglar · 8 minutos
 * Una transferencia que se queda a medias.
 *
 * Entre las dos cuentas hay siempre 100 euros, y así debe seguir aunque
 * la transferencia falle o la corte un plazo. Convierte `transferir` en
 * una transacción.
 */
#include "lessons/13-bases-de-datos/pg_falsa.h"

enum { ANA, LUIS }; /* sus casillas en la tabla */

/* Suma a una cuenta, que no puede quedar por debajo de cero. */
static int responder(const char *sql, const char *const *valores)
{
    (void)sql;
    int euros = atoi(valores[0]);
    int cuenta = strcmp(valores[1], "Ana") == 0 ? ANA : LUIS;

    int rc = as_sleep(10);
    if (rc < 0)
        return rc;
    if (tabla[cuenta] + euros < 0)
        return as_error_set(UV_EINVAL, "no hay %d euros", -euros);
    tabla[cuenta] += euros;
    return 0;
}

static int sumar(as_pg_connection *conexion, const char *quien,
                 int euros)
{
    char cuantos[12];

    snprintf(cuantos, sizeof cuantos, "%d", euros);
    const char *const valores[] = {cuantos, quien};
    return as_pg_query_on(
        conexion, "UPDATE cuentas SET euros = euros + $1 WHERE de = $2",
        valores, 2, NULL);
}

static int transferir(as_pg *pool, int euros)
{
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    rc = sumar(conexion, "Luis", euros);
    if (rc == 0)
        rc = sumar(conexion, "Ana", -euros);
    as_pg_release(conexion);
    return rc;
}

/* Con un plazo, que en la tercera vence a la mitad. */
static void probar(as_pg *pool, int euros, int ms)
{
    as_scope plazo;

    as_scope_enter(&plazo, ms);
    int rc = as_scope_leave(&plazo, transferir(pool, euros));
    printf("%d: %s; Ana %d, Luis %d, entre los dos %d\n", euros,
           rc < 0 ? as_error_text(rc) : "hecha", tabla[ANA],
           tabla[LUIS], tabla[ANA] + tabla[LUIS]);
}

static int principal(void *arg)
{
    (void)arg;
    as_pg *pool;

    int rc = as_pg_new("", NULL, &pool);
    if (rc < 0)
        return rc;
    tabla[ANA] = 100;
    probar(pool, 30, 1000);
    probar(pool, 500, 1000);
    probar(pool, 20, 18);
    as_pg_close(pool);
    return 0;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
