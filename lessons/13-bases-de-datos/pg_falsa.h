/*
 * Una base de datos de mentira, para practicar sin servidor. Sus
 * funciones son las as_pg_* del capítulo, con los mismos argumentos. Lo
 * que tarda y lo que contesta cada consulta lo dice el ejercicio, en
 * `responder`.
 */
#ifndef PG_FALSA_H
#define PG_FALSA_H

#include <asinc/asinc.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CONEXIONES = 4, CASILLAS = 4 };

/* Todo lo que guarda esta base de datos. */
static int tabla[CASILLAS];

struct as_pg_connection {
    as_pg *pool;
    int numero; /* 1, 2... */
    bool prestada, en_transaccion;
    int antes[CASILLAS]; /* la tabla al empezar la transacción */
};

struct as_pg {
    as_semaphore libres;
    struct as_pg_connection conexiones[MAX_CONEXIONES];
};

/* Hace una consulta: suspende, y devuelve 0 o un error. */
static int responder(const char *sql, const char *const *valores);

/* ---- La reserva --------------------------------------------------- */

int as_pg_new(const char *conninfo, const as_pg_options *options,
              as_pg **pool)
{
    size_t cuantas = options ? options->max_connections : 0;
    as_pg *p = calloc(1, sizeof *p);

    (void)conninfo;
    *pool = p;
    if (!p)
        return UV_ENOMEM;
    if (cuantas == 0 || cuantas > MAX_CONEXIONES)
        cuantas = MAX_CONEXIONES;
    as_semaphore_init(&p->libres, cuantas);
    for (int i = 0; i < MAX_CONEXIONES; i++) {
        p->conexiones[i].pool = p;
        p->conexiones[i].numero = i + 1;
    }
    return 0;
}

void as_pg_close(as_pg *pool)
{
    for (int i = 0; pool && i < MAX_CONEXIONES; i++) {
        if (pool->conexiones[i].prestada)
            errx(1, "as_pg_close: quedan conexiones sin devolver");
    }
    free(pool);
}

/* Da la libre de menor número. */
int as_pg_acquire(as_pg *pool, as_pg_connection **connection)
{
    int rc = as_semaphore_acquire(&pool->libres);

    if (rc < 0)
        return rc;
    as_pg_connection *c = pool->conexiones;
    while (c->prestada)
        c++;
    c->prestada = true;
    *connection = c;
    return 0;
}

void as_pg_release(as_pg_connection *connection)
{
    connection->prestada = false;
    as_semaphore_release(&connection->pool->libres);
}

/* ---- Consultas y transacciones ------------------------------------ */

int as_pg_query_on(as_pg_connection *connection, const char *sql,
                   const char *const *params, size_t n,
                   as_pg_result **result)
{
    (void)connection, (void)n;
    if (result)
        *result = NULL;
    return responder(sql, params);
}

int as_pg_query(as_pg *pool, const char *sql, const char *const *params,
                size_t n, as_pg_result **result)
{
    as_pg_connection *conexion;

    int rc = as_pg_acquire(pool, &conexion);
    if (rc < 0)
        return rc;
    rc = as_pg_query_on(conexion, sql, params, n, result);
    as_pg_release(conexion);
    return rc;
}

/* Tarda 5 ms. */
int as_pg_begin(as_pg_connection *connection)
{
    int rc = connection->en_transaccion ? UV_EALREADY : as_sleep(5);

    if (rc < 0)
        return rc;
    connection->en_transaccion = true;
    memcpy(connection->antes, tabla, sizeof tabla);
    return 0;
}

/* Tarda 5 ms en confirmar, y otros 5 en deshacer. */
int as_pg_end(as_pg_connection *connection, int rc)
{
    int fin = rc < 0 ? rc : as_sleep(5);

    if (fin < 0) {
        as_scope protegido;
        as_shield_enter(&protegido, 1000);
        (void)as_scope_leave(&protegido, as_sleep(5));
        memcpy(tabla, connection->antes, sizeof tabla);
    }
    connection->en_transaccion = false;
    return fin < 0 ? fin : rc;
}

#endif
