/*
 * La base de datos de los ejemplos de este capítulo. Cada programa hace
 * las tablas que necesita en un esquema aparte, leccion_13, y no toca
 * nada más. El servidor es el que digan PGHOST, PGUSER...
 */
#ifndef BASE_H
#define BASE_H

#include <asinc/asinc.h>
#include <stdio.h>
#include <stdlib.h>

/* Todas las conexiones del programa miran en ese esquema. */
#define BASE "options='-c search_path=leccion_13'"

/* Deja el esquema solo con las tablas que haga `sql`. */
static inline int preparar(as_pg *pool, const char *sql)
{
    int rc = as_pg_query(pool,
                         "SET client_min_messages TO warning; "
                         "DROP SCHEMA IF EXISTS leccion_13 CASCADE; "
                         "CREATE SCHEMA leccion_13",
                         NULL, 0, NULL);

    if (rc == 0)
        rc = as_pg_query(pool, sql, NULL, 0, NULL);
    return rc;
}

/* as_run, y una explicación si no se pudo. */
static inline int correr(int principal(void *), void *arg)
{
    int rc = as_run(principal, arg);

    if (rc < 0)
        fprintf(stderr, "%s\n", as_error_text(rc));
    return rc < 0;
}

#endif
