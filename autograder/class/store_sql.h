/* La base por dentro: las órdenes de SQL, para quien guarda algo en ella. Lo que hay, en store.h. */
#ifndef CL_STORE_SQL_H
#define CL_STORE_SQL_H

#include "class/store.h"

#include <sqlite3.h>

struct cl_store {
    sqlite3 *db;
    char *path;
    int found; /* la versión que tenía al abrirla; 0 si es nueva */
};

/* La orden que lleva de la versión `version` a la siguiente. */
const char *cl_schema_step(int version);

/* El motivo de SQLite en `err`. Siempre -1. */
int cl_sql_broken(const struct cl_store *store, struct gr_error *err);

/* Las tres toman la orden y sus valores: t texto o NULL, i entero, d real, D puntero a real o NULL,
 * b bytes y su tamaño. -1 con el motivo si algo falla.
 * La primera, una que no devuelve filas; la segunda, una pregunta: 1 si da alguna fila, o 0; la
 * tercera llama a `each` con cada fila hasta que devuelva otra cosa que 0, y devuelve eso. */
int cl_sql_run(struct cl_store *store, struct gr_error *err, const char *sql,
               const char *types, ...);
int cl_sql_asks(struct cl_store *store, struct gr_error *err, const char *sql,
                const char *types, ...);
int cl_sql_each(struct cl_store *store, struct gr_error *err,
                int (*each)(sqlite3_stmt *row, void *context), void *context,
                const char *sql, const char *types, ...);

/* Un texto de la fila, que vale hasta la siguiente; o NULL. */
const char *cl_sql_text(sqlite3_stmt *row, int column);

#endif
