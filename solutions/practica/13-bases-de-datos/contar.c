/*
 * 5 · Construir · 12 minutos
 * Diez registros a la vez por tres conexiones, y dos que ya estaban.
 *
 * Escribe `registrar` y lo que falta en `registrar_diez`. Un registro se
 * guarda con «INSERT INTO registros(id) VALUES($1)». El que no se puede
 * insertar escribe «FALLO id motivo» y no detiene a los demás: se cuenta.
 * Solo una cancelación es un error de la tarea. Al final,
 * «insertados=N fallidos=N». La segunda vez, un plazo de 15 ms cancela lo
 * que no haya acabado: lo cancelado no es un fallo, y no se cuenta.
 *
 * Las piezas: as_pg_query, as_error_text y as_gather_each. Es una parte de
 * lo que hará el laboratorio 12.
 */
#include "lessons/13-bases-de-datos/pg_falsa.h"

enum { REGISTROS = 10 };

static as_pg *pool;
static int insertados, fallidos;

/* Tarda 10 ms, y el 3 y el 7 ya están. */
static int responder(const char *sql, const char *const *valores)
{
    (void)sql;
    int id = atoi(valores[0]), rc = as_sleep(10);

    if (rc == 0 && (id == 3 || id == 7))
        rc = as_error_set(UV_EEXIST, "el registro %d ya estaba", id);
    return rc;
}

static int registrar(void *arg)
{
    const int *id = arg;
    char texto[12];

    snprintf(texto, sizeof texto, "%d", *id);
    const char *const valores[] = {texto};
    int rc = as_pg_query(pool, "INSERT INTO registros(id) VALUES($1)", valores, 1, NULL);
    if (rc == UV_ECANCELED)
        return rc;
    if (rc < 0) {
        fallidos++;
        printf("FALLO %d %s\n", *id, as_error_text(rc));
    } else {
        insertados++;
    }
    return 0;
}

static int registrar_diez(void)
{
    int ids[REGISTROS];

    for (int i = 0; i < REGISTROS; i++)
        ids[i] = i + 1;
    return as_gather_each(registrar, ids, REGISTROS, sizeof *ids, NULL);
}

/* ---- Desde aquí no hay que tocar nada ---------------------------- */

/* Los diez, con ese plazo. */
static int tanda(int plazo_ms)
{
    uint64_t inicio = as_now();
    as_scope plazo;

    insertados = fallidos = 0;
    as_scope_enter(&plazo, plazo_ms);
    int rc = as_scope_leave(&plazo, registrar_diez());
    printf("insertados=%d fallidos=%d en %d ms\n", insertados, fallidos,
           (int)(as_now() - inicio));
    return rc;
}

static int principal(void *arg)
{
    (void)arg;
    as_pg_options opciones = {.max_connections = 3};

    int rc = as_pg_new("", &opciones, &pool);
    if (rc < 0)
        return rc;
    rc = tanda(1000);
    if (rc == 0) {
        rc = tanda(15);
        printf("15 ms: %s\n", rc < 0 ? as_error_text(rc) : "han bastado");
    }
    as_pg_close(pool);
    return rc == UV_ETIMEDOUT ? 0 : rc;
}

int main(void)
{
    return as_run(principal, NULL) < 0;
}
